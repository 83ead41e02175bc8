"""Text to packed tokens: a tokenizer of frequent words, and all texts cut by it once, kept for pre-training.

Knows words and pieces; nothing of models, of training or of where the text comes from.
"""

from __future__ import annotations

import collections
import lzma
import math
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..text.characters import HAN
from ..text.sentences import words

PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL = [PAD, UNK, CLS, SEP, MASK]
WORD_START = 1 << 15  # top bit of a packed uint16: this token begins a word
PART = 16_000_000  # tokens in one compressed part: about 17 MB


def build_tokenizer(counts: collections.Counter[str], size: int):
    """A Unigram tokenizer whose pieces are the most frequent words and all Han characters seen.

    ``counts`` are word frequencies; GB2312's characters are always in. At run time it needs no
    jieba: the most probable cut of each run of characters is found from the frequencies alone.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    gb2312 = (bytes([a, b]).decode("gb2312", "ignore") for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    characters = collections.Counter({c: 1 for c in gb2312 if c})
    characters.update({c: 1 for c in map(chr, range(33, 127)) if not c.isupper()})
    for word, n in counts.items():
        for character in word:
            characters[character] += n if len(word) == 1 else 0
    # A character outside GB2312 is kept if it stands alone at least three times.
    pieces = {c: max(n, 1) for c, n in characters.items() if n >= 3 or re.fullmatch(f"[{HAN}]|[!-~]", c)}
    frequent = [w for w, _ in counts.most_common() if 1 < len(w) <= 6 and not re.search(r"\s", w)]
    pieces.update({w: counts[w] for w in frequent[: size - len(SPECIAL) - len(pieces)]})
    total = sum(pieces.values())
    ranked = sorted(pieces.items(), key=lambda item: (-item[1], item[0]))
    scores = [(s, -20.0) for s in SPECIAL] + [(p, math.log(n / total)) for p, n in ranked]

    tokenizer = Tokenizer(models.Unigram(scores, unk_id=1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    runs = Regex(rf"[{HAN}]+|[a-z]+|[0-9]+(?:\.[0-9]+)?|.")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(runs, "isolated")]
    )
    tokenizer.decoder = decoders.Fuse()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLS} $A {SEP}", pair=f"{CLS} $A {SEP} $B:1 {SEP}:1", special_tokens=[(CLS, 2), (SEP, 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, unk_token=UNK, cls_token=CLS, sep_token=SEP,
        mask_token=MASK, model_max_length=512, padding_side="right", truncation_side="right",
    )  # fmt: skip


def _segment(text: str) -> list[str]:
    """The words of a text in the tokenizer's normal form (module level, so that processes can run it)."""
    import unicodedata

    return words(unicodedata.normalize("NFKC", text).lower())


def pack(texts: Iterable[str], folder: Path, vocabulary: int, seed: int = 13, start: Path | None = None):
    """Segment, tokenise and pack all texts once, with the tokenizer of ``start`` if given; return (tokenizer, tokens).

    ``tokens``: uint16 [n], piece ids with ``WORD_START`` set on the first piece of each word;
    documents shuffled and separated by [SEP]. Kept in ``folder``, where a second call finds it, also as the
    parts that ``compress`` made of it.
    """
    from transformers import AutoTokenizer

    if (folder / "tokens.npy").exists():
        return AutoTokenizer.from_pretrained(folder), np.load(folder / "tokens.npy")
    if parts := sorted(folder.glob("tokens-*.xz")):
        tokens = np.frombuffer(b"".join(lzma.decompress(part.read_bytes()) for part in parts), dtype="<u2")
        return AutoTokenizer.from_pretrained(folder), tokens
    import multiprocessing

    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    with multiprocessing.Pool() as pool:
        documents = list(tqdm(pool.imap(_segment, texts, chunksize=64), desc="segment", unit="doc"))
    np.random.default_rng(seed).shuffle(documents)
    if start:
        tokenizer = AutoTokenizer.from_pretrained(start)
    else:
        counts = collections.Counter(word for document in documents for word in document)
        tokenizer = build_tokenizer(counts, vocabulary)
    parts = []
    for start in tqdm(range(0, len(documents), 1000), desc="tokenise", unit="k doc"):
        batch = documents[start : start + 1000]
        encoded = tokenizer.backend_tokenizer.encode_batch(["".join(d) for d in batch], add_special_tokens=False)
        for document, encoding in zip(batch, encoded, strict=True):
            starts = np.cumsum([0] + [len(word) for word in document])
            ids = np.array(encoding.ids, dtype=np.uint16)
            begins = np.isin([start for start, _ in encoding.offsets], starts)
            parts.append(np.append(ids | np.where(begins, WORD_START, 0).astype(np.uint16), np.uint16(3)))
    tokens = np.concatenate(parts)
    tokenizer.save_pretrained(folder)
    np.save(folder / "tokens.npy", tokens)
    return tokenizer, tokens


def compress(folder: Path) -> list[Path]:
    """Write the packed tokens as parts of about 17 MB that can travel to another machine; return them."""
    tokens, parts = np.load(folder / "tokens.npy", mmap_mode="r"), []
    for number, start in enumerate(range(0, len(tokens), PART)):
        parts.append(folder / f"tokens-{number:02}.xz")
        parts[-1].write_bytes(lzma.compress(tokens[start : start + PART].astype("<u2").tobytes(), preset=3))
    return parts
