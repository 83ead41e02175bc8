"""Two passages of one text, for many texts at a time: what belongs together must look alike to the encoder.

Knows packed tokens and vectors; nothing of the model between them.
"""

from __future__ import annotations

import numpy as np

from .tokenizer import WORD_START

CLS, SEP = 2, 3  # piece ids of packed text
SHORTEST_TEXT = 40  # tokens
SHORTEST = 8  # tokens of the first passage, which stands for a title
SHARPNESS = 20.0  # the cosine of two passages times this is the logit that they are of one text


class Texts:
    """The texts in packed tokens that are long enough for two passages."""

    def __init__(self, tokens: np.ndarray) -> None:
        """``tokens``: uint16 [n] as ``tokenizer.pack`` gives them, texts separated by [SEP]."""
        ends = np.flatnonzero(tokens & (WORD_START - 1) == SEP)
        starts = np.concatenate([[0], ends[:-1] + 1])
        long = ends - starts >= SHORTEST_TEXT
        self.tokens, self.starts, self.lengths = tokens, starts[long], (ends - starts)[long]

    def __len__(self) -> int:
        return len(self.starts)

    def draw(self, number: int, short: int, long: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Two blocks [number, length] of [CLS] passage [SEP]: row by row of one text, without overlap.

        The first passage has at most ``short`` tokens and every second time begins the text, as its title does; the
        other has at most ``long`` and lies before or after it, where there is more room. Fewer rows if there are
        fewer texts.
        """
        one, other = [], []
        for text in random.choice(len(self.starts), min(number, len(self.starts)), replace=False):
            begin, room = self.starts[text], self.lengths[text]
            length = int(random.integers(SHORTEST, short + 1))
            at = 0 if random.random() < 0.5 else int(random.integers(0, room - length + 1))
            before, after = at, room - length - at
            size = min(long, max(before, after))
            begins = at + length + int(random.integers(0, after - size + 1)) if after >= before else int(random.integers(0, before - size + 1))
            one.append(self.tokens[begin + at : begin + at + length])
            other.append(self.tokens[begin + begins : begin + begins + size])
        return _block(one), _block(other)


def _block(passages: list[np.ndarray]) -> np.ndarray:
    block = np.zeros((len(passages), max(map(len, passages)) + 2), dtype=np.uint16)
    for row, passage in zip(block, passages, strict=True):
        row[0], row[1 : len(passage) + 1], row[len(passage) + 1] = CLS, passage, SEP
    return block


def contrastive_loss(one, other):
    """InfoNCE both ways over in-batch negatives (van den Oord et al. 2018, as CLIP has it), by cosine, of [texts, hidden] (torch).

    Two passages of a text are a positive pair, as in DeCLUTR (Giorgi et al. 2021). Alike vectors lose nothing:
    ``contrastive_loss(one, one) -> 0`` for vectors at right angles.
    """
    import torch

    cosine = torch.nn.functional.normalize(one, dim=-1) @ torch.nn.functional.normalize(other, dim=-1).T
    truth = torch.arange(len(one), device=one.device)
    loss = torch.nn.functional.cross_entropy
    return (loss(SHARPNESS * cosine, truth) + loss(SHARPNESS * cosine.T, truth)) / 2
