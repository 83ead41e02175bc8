"""Chinese characters: normalised, counted, read as numbers.

It knows characters and punctuation, nothing of articles, files or models.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"

_NEVER = "\ufdd0-\ufdef" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_CONTROL = re.compile(
    rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffc{_NEVER}]"
)
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


_DIGITS = {digit: value for value, row in enumerate(("〇零○", *"一二三四五六七八九")) for digit in row}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = f"[{''.join((*_DIGITS, *_UNITS))}]"
_COUNTED = re.compile(rf"(?<!{_NUMERAL}){_NUMERAL}{{1,8}}(?=\s*[年月日期])")
_NUMBER = re.compile(r"第\s*([0-9]{1,6})\s*期")
_WHOLE_NUMBER = re.compile(r"总\s*第?\s*([0-9]{1,6})\s*期")  # beside the number within the year


def with_figures(text: str) -> str:
    """Write the Chinese numerals before 年, 月, 日 and 期 in figures, and full width (NFKC) as half width.

    >>> with_figures("二〇二一年十月十五日 第一百零二期")
    '2021年10月15日 第102期'
    """
    return _COUNTED.sub(lambda match: str(_value(match[0])), unicodedata.normalize("NFKC", text))


def _value(numeral: str) -> int:
    value = digits = 0
    for character in numeral:
        if character in _UNITS:
            value, digits = value + (digits or 1) * _UNITS[character], 0
        else:
            digits = 10 * digits + _DIGITS[character]
    return value + digits


def read_number(text: str) -> str:
    """The number of an issue in a name or a line, "" if none; the number in all wins over the one within the year.

    >>> read_number("第 46 期"), read_number("第十二期"), read_number("2021年第２期（总第12期）"), read_number("../46")
    ('46', '12', '12', '')
    """
    text = with_figures(text)
    number = _WHOLE_NUMBER.search(text) or _NUMBER.search(text)
    return number[1] if number else ""


def without_han_gaps(text: str) -> str:
    """Remove single spaces that typesetting left between Chinese characters (``"常 州" -> "常州"``)."""
    return _HAN_GAP.sub("", text)


def han_share(text: str) -> float:
    """Share of Han characters among the characters that are not white space, 0–1 (0 for empty text)."""
    visible = [c for c in text if not c.isspace()]
    return len(re.findall(f"[{HAN}]", text)) / len(visible) if visible else 0.0


def fingerprint(texts: Iterable[str]) -> str:
    """Seven hex digits that tell these texts, in whatever order, from any others."""
    digests = sorted(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return hashlib.sha256(b"".join(digests)).hexdigest()[:7]
