"""What the encoder makes of an article: a vector of the whole, and one of each sentence, title and article read together.

A vector is the mean of its tokens' states at the last layer. Knows sentences as text; it refuses to judge them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .classifier import ColumnClassifier
from .encoder import Encoder
from .folder import shipped_model

WINDOW = 512  # tokens read at once; what does not fit is read under the same title in the next window
GLANCE = 192  # tokens that say what an article is: its title and its beginning


class Reader:
    """Reads articles with an encoder that answers with states."""

    def __init__(self, encoder: Encoder, window: int = WINDOW) -> None:
        self.encoder, self.window = encoder, window

    def wholes(self, texts: Sequence[tuple[str, str]]) -> np.ndarray:
        """A vector of each (title, body), read as far as ``GLANCE``: float32 [texts, hidden]."""
        states = self.encoder.states([self.encoder.ids(title, body, GLANCE) for title, body in texts])
        return np.stack([state.mean(axis=0) for state in states]) if states else np.zeros((0, 0), np.float32)

    def sentences(self, articles: Sequence[tuple[str, Sequence[str]]]) -> list[np.ndarray]:
        """Of each (title, sentences) the vectors [1 + sentences, hidden], the title's first."""
        windows = [(i, *window) for i, (title, lines) in enumerate(articles) for window in self._windows(title, lines)]
        states = self.encoder.states([(tokens, second) for _, tokens, second, _ in windows])
        found: list[list[np.ndarray]] = [[] for _ in articles]
        for (i, _, second, stops), state in zip(windows, states, strict=True):
            if not found[i]:
                found[i].append(state[:second].mean(axis=0))
            begin = second
            for stop in stops:
                found[i].append(state[begin:stop].mean(axis=0) if begin < stop else state[:second].mean(axis=0))
                begin = stop
        return [np.stack(vectors) for vectors in found]

    def _windows(self, title: str, lines: Sequence[str]) -> list[tuple[list[int], int, list[int]]]:
        """Token ids, where the sentences begin, and where each of them ends; no sentence is cut in two."""
        head, second = self.encoder.ids(title, "", self.window)
        head, end = head[:second], head[second:]
        room = self.window - len(head) - len(end)
        windows: list[tuple[list[int], int, list[int]]] = [(list(head), second, [])]
        for line in lines:
            ids = self.encoder.tokenizer.encode(line, add_special_tokens=False).ids[:room]
            if len(windows[-1][0]) + len(ids) + len(end) > self.window:
                windows.append((list(head), second, []))
            tokens, _, stops = windows[-1]
            tokens += ids
            stops.append(len(tokens))
        return [(tokens + end, second, stops) for tokens, second, stops in windows]


def reader_of(classifier: ColumnClassifier | None) -> Reader | None:
    """The shipped model's encoder, for which the choices were learnt; None without a classifier, or where it gives no states."""
    if classifier is None:
        return None
    encoder = classifier.encoder
    if classifier.folder != shipped_model() and shipped_model().is_dir():
        encoder = type(classifier).load(shipped_model(), classifier.house).encoder
    return Reader(encoder) if encoder.has_states else None
