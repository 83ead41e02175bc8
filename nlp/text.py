"""Chinese text: normalise, sentences, words. The one module that imports jieba.

It knows characters and punctuation, nothing of articles, files or models.
"""

from __future__ import annotations

import functools
import logging
import re
import tempfile
import unicodedata

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffc]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000]+")
_HAN_GAP = re.compile(rf"(?<=[{HAN}，。；：、！？）》”]) (?=[{HAN}，。；：、！？（《“])")


def normalise(text: str) -> str:
    """Give text one form: NFC, ``\\n`` line ends, no control characters, single spaces, stripped lines.

    >>> normalise("常州\\u3000市\\r\\n  智造 ")
    '常州 市\\n智造'
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _SPACES.sub(" ", _CONTROL.sub("", text))
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


def without_han_gaps(text: str) -> str:
    """Remove single spaces that typesetting left between Chinese characters (``"常 州" -> "常州"``)."""
    return _HAN_GAP.sub("", text)


_SENTENCE = re.compile(r"[^。！？!?；;…\n]*(?:[。！？!?；;]+|…+|\n|$)[”’」』）)》\"]*")


def split_sentences(text: str) -> list[str]:
    """Cut text after 。！？；… and at line ends; closing quotation marks stay with their sentence.

    >>> split_sentences("好。行！")
    ['好。', '行！']
    """
    return [piece for match in _SENTENCE.findall(text) if (piece := match.strip())]


def words(text: str) -> list[str]:
    """Cut text into words with jieba's dictionary; joined again they are the text.

    >>> words("常州科技")
    ['常州', '科技']
    """
    return _segmenter().lcut(text, HMM=False)


@functools.cache
def _segmenter():
    import jieba

    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    with tempfile.TemporaryDirectory(prefix="subao-", ignore_cleanup_errors=True) as folder:
        segmenter.tmp_dir = folder  # never the predictable shared cache
        segmenter.initialize()
    return segmenter


def han_share(text: str) -> float:
    """Share of Han characters among the characters that are not white space, 0–1 (0 for empty text)."""
    visible = [c for c in text if not c.isspace()]
    return len(re.findall(f"[{HAN}]", text)) / len(visible) if visible else 0.0


def width(text: str) -> int:
    """Columns that text takes on a terminal: ``width("栏目 F1") -> 7``."""
    shown = (c for c in text if not unicodedata.combining(c))
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)


def pad(text: str, columns: int, right: bool = False) -> str:
    """Fill text with spaces to so many columns: ``pad("栏", 4) -> "栏  "``; ``right`` puts them before it."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def shorten(text: str, columns: int) -> str:
    """Cut text to so many terminal columns, with … where something was left out: ``shorten("常州市", 5) -> "常州…"``."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept + "…"
