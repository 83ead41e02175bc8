"""Bytes to text: which encoding, and does what came out look like Chinese. It knows nothing of files or articles.

Strict UTF-8, then strict GB18030 is right for Chinese where statistical guessing is often wrong; but GB18030
accepts almost anything (Big5, Shift-JIS, UTF-16), so what comes out of it is weighed by how common its characters are.
"""

from __future__ import annotations

import codecs
import functools

from ..errors import UnreadableFile

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DECLARABLE = {"big5", "big5-hkscs", "shift_jis", "shift-jis", "euc-jp", "euc-kr"}  # what decoding cannot settle
PLAUSIBLE = 0.7  # real simplified text is above .95, Big5 read as GB18030 near .35, Shift-JIS near 0
SAMPLE = 20_000  # characters weighed
GARBLED = "文字像是乱码（可能是 Big5 或日文编码），请核对原文"
DAMAGED = "个别字符无法识别，请核对原文"


def decode(data: bytes, name: str, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """Decode a file's bytes and remark on what looks wrong; ``declared`` is what a web page says of itself.

    >>> decode("常州".encode("gbk"), "a.txt")
    ('常州', ())
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"), name)
    text = _strict(data, "utf-8")
    if text is not None and not _is_binary(text):
        return text, ()
    for encoding, needed in (("gb18030", PLAUSIBLE), ("utf-16-le", 0.85), ("utf-16-be", 0.85)):
        text = _strict(data, encoding)
        if text is not None and not _is_binary(text) and plausibility(text) >= needed:
            return text, ()
    if declared.lower() in DECLARABLE and (text := _strict(data, declared)) is not None and not _is_binary(text):
        return text, ()
    for encoding in ("utf-8", "gb18030"):  # a byte lost here and there, as in a file cut off
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") <= 2 + len(text) // 100 and plausibility(text.replace("\ufffd", "")) >= PLAUSIBLE:
            return _checked(text, name)
    text = _strict(data, "gb18030")
    if text is not None and not _is_binary(text):
        return text, (GARBLED,)
    raise UnreadableFile(name, "不是文字文件，或认不出文字编码", "请用记事本打开，另存为 UTF-8 编码的 .txt")


def plausibility(text: str) -> float:
    """Share of common simplified characters and Chinese punctuation among what is not ASCII, 0–1 (1 if all is).

    >>> plausibility("常州abc")
    1.0
    """
    common = rare = 0
    for character in text[:SAMPLE]:
        if character < "\x7f":
            rare += character < " " and character not in "\t\n\r\f\v\x1a"
        elif _is_common(character):
            common += 1
        else:
            rare += 1
    return common / (common + rare) if common + rare else 1.0


@functools.cache
def _is_common(character: str) -> bool:
    try:
        row = character.encode("gb2312")[0]  # GB 2312 sorts its characters: punctuation, then level 1, then rarer ones
    except UnicodeEncodeError:
        return character in "—…·“”‘’€•\u00a0"
    return row in (0xA1, 0xA3) or 0xB0 <= row <= 0xD7


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _checked(text: str, name: str) -> tuple[str, tuple[str, ...]]:
    if _is_binary(text) or text.count("\ufffd") > 2 + len(text) // 20:
        raise UnreadableFile(name, "不是文字文件", "请用记事本打开，另存为 UTF-8 编码的 .txt")
    return text, (DAMAGED,) if "\ufffd" in text else ()


def _is_binary(text: str) -> bool:
    control = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f\v\x1a")
    return control > 2 + len(text) // 100
