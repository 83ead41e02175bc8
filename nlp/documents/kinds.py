"""What a file really is, told from its first bytes, and whether its suffix says the same.

It opens nothing beyond a zip's directory and never reads an article.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from ..errors import UnreadableFile

SUFFIXES = {
    ".txt": "txt", ".docx": "docx", ".html": "html", ".htm": "html", ".shtml": "html", ".xhtml": "html", ".pdf": "pdf",
    ".jsonl": "jsonl", ".csv": "csv", ".xlsx": "xlsx", ".ofd": "ofd", ".eml": "eml", ".mht": "mht", ".mhtml": "mht", ".zip": "zip",
}  # fmt: skip
OLD_OFFICE = {".doc", ".wps", ".rtf", ".odt", ".dot", ".wpt", ".docm", ".dotx"}  # LibreOffice opens them, where it is installed
READABLE = "可用：.txt .docx .html .pdf .ofd .eml .mht .zip .jsonl .csv .xlsx；装有 LibreOffice 时还有 .doc .wps .rtf"
SAVE_AS = {
    **dict.fromkeys((".xls", ".et", ".ods", ".xlsm"), ".xlsx"),
    ".json": ".jsonl（每行一篇）",
}
NAMES = {
    "docx": "Word 文档", "xlsx": "Excel 表格", "pdf": "PDF", "html": "网页", "image": "图片", "zip": "压缩包",
    "doc": "旧版 Word（.doc/.wps）文件", "xls": "旧版 Excel（.xls/.et）文件", "rtf": "RTF 文档", "odt": "ODT 文档",
    "pptx": "演示文稿", "media": "音视频", "locked": "有密码的 Office 文件", "rar": "RAR 或 7z 压缩包",
    "program": "程序文件", "ofd": "OFD 版式文件", "mht": "单文件网页（.mht）",
}  # fmt: skip
REMEDIES = {
    "docx": "请把后缀改为 .docx", "xlsx": "请把后缀改为 .xlsx", "pdf": "请把后缀改为 .pdf",
    "html": "请把后缀改为 .html", "image": "请改用文字稿", "zip": "请把后缀改为 .zip", "rar": "请先解压，再放入其中的文件", "media": "请改用文字稿",
    "program": "请删去此文件",
    "doc": "请用 Word 或 WPS 打开，另存为 .docx", "rtf": "请用 Word 或 WPS 打开，另存为 .docx",
    "odt": "请用 Word 或 WPS 打开，另存为 .docx", "xls": "请用 Excel 或 WPS 打开，另存为 .xlsx",
    "pptx": "请把文字另存为 .docx 或 .txt", "locked": "请去掉密码后另存", "mht": "请把后缀改为 .mht",
    "ofd": "请把后缀改为 .ofd",
}  # fmt: skip

_MAGIC = (
    (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
    (b"II*\0", "image"), (b"MM\0*", "image"), (b"Rar!", "rar"), (b"7z\xbc\xaf", "rar"), (b"\x1f\x8b\x08", "rar"),
    (b"ID3", "media"), (b"MZ\x90", "program"), (b"\x7fELF", "program"),
)  # fmt: skip
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:[^-]|-(?!->))*-->\s*)*<(?:!doctype\s+html|html|head|body|meta)\b", re.I
)


def kind_of(data: bytes) -> str:
    """Name the kind of file its bytes show, "" for what may be text.

    >>> kind_of(b"%PDF-1.7")
    'pdf'
    """
    head = data[:4096]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image"
    if head.startswith(b"RIFF"):
        return "image" if head[8:12] == b"WEBP" else "media"
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in (b"heic", b"mif1", b"avif") else "media"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _kind_of_zip(data)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "locked"
        return "xls" if "Workbook".encode("utf-16-le") in data else "doc"
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")  # also under UTF-16
    if plain.lstrip().startswith((b"MIME-Version:", b"From: <Saved by")):
        return "mht"
    if b"%PDF-" in head[:1024] and not plain[:20].isascii():
        return "pdf"
    return "html" if _HTML.match(plain) else ""


def check_kind(data: bytes, name: str) -> str:
    """Return what to read a file as (a value of ``SUFFIXES``), or refuse it where suffix and bytes do not agree."""
    suffix = PurePosixPath(name).suffix.lower()
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(name, "是空文件", "请重新下载或另存一份")
    expected, found = SUFFIXES.get(suffix), kind_of(data)
    if expected and (found == expected or (not found and expected in ("txt", "html", "csv", "jsonl"))):
        return expected
    if expected in ("eml", "mht") and found in ("", "mht"):
        return expected  # a message begins with whatever heads it has
    if suffix in OLD_OFFICE:
        if found in ("doc", "rtf", "odt") or (found == "docx" and suffix in (".docm", ".dotx")):
            return "office"
        if found in ("html", "mht", "docx", "pdf", "ofd"):  # a page from a web mail, a .docx renamed
            return found
        if not found and suffix in (".wps", ".doc", ".rtf"):
            return "txt"
    if suffix in SAVE_AS and found in ("", "doc", "docx", "xls", "xlsx", "rtf", "odt", "html", "mht"):
        wanted = SAVE_AS[suffix]
        program = " Excel 或 WPS " if wanted == ".xlsx" else "原来的软件"
        raise UnreadableFile(name, f"{suffix} 文件读不了", f"请用{program}打开，另存为 {wanted}")
    if expected and found:
        raise UnreadableFile(name, f"后缀是 {suffix}，内容其实是{NAMES[found]}", REMEDIES[found])
    if expected:
        raise UnreadableFile(name, f"不是完整的 {suffix} 文件（损坏，或是改过后缀的其他文件）", "请用原来的软件打开后另存")
    if found:
        raise UnreadableFile(name, f"是{NAMES[found]}，读不了", REMEDIES[found])
    raise UnreadableFile(name, f"不认识的文件类型{f' {suffix}' if suffix else '（没有后缀）'}", READABLE)


def _kind_of_zip(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return ""  # cut off: not even a zip
    parts = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"))
    if "[Content_Types].xml" in names and "word/document.xml" not in names and any(n.startswith("word/") for n in names):
        return "docx"  # its main part has another name
    return next((kind for part, kind in (*parts, ("OFD.xml", "ofd"), ("content.xml", "odt")) if part in names), "zip")
