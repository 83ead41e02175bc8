"""Office files are zips of XML: what may be wrong with one, found before a parser opens it.

It reads the zip's directory first and unpacks only what the directory has shown to be small.
"""

from __future__ import annotations

import io
import re
import zipfile
from itertools import islice

from ..errors import UnreadableFile

ENTRIES, PART, TOTAL, RATIO = 2_000, 64 << 20, 128 << 20, 200
RATIO_FROM = 1 << 20  # small parts may shrink as they like
TAGS = 1_000_000  # "<" in one part: a 500-page document has some 500,000
PARAGRAPHS = 50_000

_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_PARAGRAPH = re.compile(rb"<(?:\w+:)?p[\s/>]")


def check_archive(data: bytes, name: str) -> None:
    """Refuse a .docx or .xlsx that is encrypted, a bomb, or hides text behind XML declarations.

    What zipfile says of a damaged one is left to the guard this runs under.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        check_directory(infos, name)
        for info in infos:
            if not info.is_dir() and _is_xml(archive, info):
                _check_part(archive.read(info), info.filename, name)


def _is_xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Tell XML by its first sign: a part may have any name, and a parser opens what the relations point to."""
    if info.filename.endswith((".xml", ".rels")):
        return True
    with archive.open(info) as part:
        return part.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def check_directory(infos: list[zipfile.ZipInfo], name: str, total: int = TOTAL) -> None:
    """Refuse a zip whose directory shows a bomb, a password, or names that lie outside or twice."""
    names = [info.filename for info in infos]
    if len(infos) > ENTRIES or sum(info.file_size for info in infos) > total:
        raise UnreadableFile(name, "解压后过大，像是压缩炸弹，没有打开")
    if len({n.lower() for n in names}) < len(names) or any(_is_outside(n) for n in names):
        raise UnreadableFile(name, "内部文件名重复或越界，没有打开")
    for info in infos:
        if info.flag_bits & 1:
            raise UnreadableFile(name, "有密码", "请去掉密码后另存")
        swollen = info.file_size > RATIO_FROM and info.file_size > RATIO * max(info.compress_size, 1)
        if info.file_size > PART or swollen:
            raise UnreadableFile(name, "解压后过大，像是压缩炸弹，没有打开")


def _check_part(xml: bytes, part: str, name: str) -> None:
    if any(word in xml for word in _DECLARATIONS):
        raise UnreadableFile(name, f"内部文件 {part} 含有 DOCTYPE 或 ENTITY 声明，没有打开", "请用 Word 打开后另存")
    if xml.count(b"<") > TAGS:
        raise UnreadableFile(name, "内容元素过多，没有打开", "请只留正文后另存")
    if any(islice(_PARAGRAPH.finditer(xml), PARAGRAPHS, None)):
        raise UnreadableFile(name, f"段落超过 {PARAGRAPHS:,} 个，没有打开", "请只留正文后另存")


def _is_outside(entry: str) -> bool:
    path = entry.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or ".." in path.split("/")
