"""Output files: safe names, whole files or none, copies in folders, and nothing of the user's overwritten.

It knows file systems and spreadsheets' tricks; it refuses to know what is in an article or why it lies where.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .bulletin import MANIFEST, REJECTED, RESERVE, Article
from .errors import SubaoError, system_reason
from .house import House

NAME_LIMIT = 200  # bytes in UTF-8: under every file system's 255, with room for a mark
COPIES = "98_重复"  # the folder of articles that repeat a fuller one

_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)")
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")


def safe_name(title: str, limit: int = NAME_LIMIT) -> str:
    """Make a file name of a title: legal on Windows, Linux and macOS, at most ``limit`` bytes, never empty.

    >>> safe_name("../../etc/passwd"), safe_name("nul.txt"), safe_name("谁来“体检”？A/B")
    ('_.._etc_passwd', '_nul.txt', '谁来“体检”？A_B')
    """
    kept = "".join(c for c in title if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", " ".join(kept.split()))).strip(". ")
    name = name.encode()[:limit].decode(errors="ignore").strip(". ")
    if _RESERVED.match(name):  # after the cut: a cut can make one
        name = f"_{name}".encode()[:limit].decode(errors="ignore").strip(". ")
    return name or "无标题"


def write_file(path: Path, data: bytes, *, force: bool = False) -> bool:
    """Write a whole file or nothing; False if the same bytes stand there already.

    Raises SubaoError if other content stands there (unless ``force``) or the disk refuses.
    """
    if path.is_symlink():
        path = path.resolve()  # the link stays, what it points to is written
    if _stands(path, data, force):
        return False
    mark = hashlib.sha256(path.name.encode(errors="surrogateescape")).hexdigest()[:12]
    beside = path.with_name(f".subao-{mark}.tmp")  # the same at every run: what a killed run left is used up
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        try:
            with open(beside, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SubaoError(f"{path}：{_reason(error)}") from error
    return True


def write_files(files: Mapping[Path, bytes], *, force: bool = False, ours: Container[Path] = ()) -> int:
    """Write files in order, each whole or not at all; return how many were written (0 at a second run).

    Nothing is written if other content is in the way of any of them (SubaoError), unless ``force`` is on or it is
    one of ``ours``, which nobody has changed.
    """
    for path, data in files.items():
        _stands(path, data, force or path in ours)
    return sum(write_file(path, data, force=force or path in ours) for path, data in files.items())


def _stands(path: Path, data: bytes, force: bool) -> bool:
    """Say whether the file holds these bytes; raise if it holds others and is not to be overwritten."""
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SubaoError(f"{path}：{_reason(error)}") from error
    if force and path.is_file():
        return False
    if path.is_dir():
        raise SubaoError(f"{path}：这里已有同名的文件夹；请换一个名字")
    raise SubaoError(f"{path}：已有另外的内容，没有覆盖；确要覆盖请加 --force，或换一个位置")


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None)):
        return "磁盘已满；请清理出空间后重新运行，已写好的文件不受影响"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY):
        return "没有写入权限，或文件正被 Word、WPS、Excel 打开；请关闭后重试，或换一个位置"
    if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR):
        return "这里已有同名的文件或文件夹；请换一个位置"
    if error.errno == errno.ENAMETOOLONG:
        return "文件名太长；请换一个短些的名字或位置"
    return f"写不进去（{system_reason(error)}）；请换一个位置重试"


@dataclass(frozen=True)
class Copy:
    """One file to be laid into a folder: an original to copy, or bytes for what was a row of a table."""

    folder: str
    name: str  # as it was, or made of a title; made safe and unique when it is laid down
    source: Path | bytes

    def read(self) -> bytes:
        """The bytes to write."""
        if isinstance(self.source, bytes):
            return self.source
        try:
            return self.source.read_bytes()
        except OSError as error:
            raise SubaoError(f"{self.source}：原文件读不出（{system_reason(error)}）；请检查后重新运行") from error


def folder_names(house: House) -> dict[str, str]:
    """The folder of each column, numbered in print order, and of 备选 and 不收录.

    >>> from nlp.house import load_house
    >>> folder_names(load_house())["标准化"]
    '06_标准化'
    """
    numbered = {column: f"{n:02}_{safe_name(column)}" for n, column in enumerate(house.column_names, 1)}
    return numbered | {RESERVE: f"80_{RESERVE}", REJECTED: f"90_{REJECTED}"}


def article_text(article: Article) -> bytes:
    """An article that has no file of its own as a text file: title, body, （来源：…）."""
    facts = "，".join(filter(None, (article.source, article.date)))
    parts = (article.title, article.body, f"（来源：{facts}）" if facts else "")
    return ("\n\n".join(filter(None, parts)) + "\n").encode(errors="replace")


def copy_into_folders(
    target: Path,
    copies: Sequence[Copy],
    header: Sequence[str],
    row: Callable[[int, str], Sequence[object]],
    unreadable: Iterable[Sequence[object]] = (),
    *,
    force: bool = False,
) -> int:
    """Lay copies into the folders of ``target``, then the manifest; return how many files were written.

    ``row(i, place)`` gives the manifest's cells for ``copies[i]``, ``unreadable`` the rows of what has no copy.
    Nothing is written if a file with other content is in the way of any copy or of the manifest (SubaoError).
    The tree depends on names and contents alone, not on the order; a second run writes 0 files.
    """
    places = _places(copies, [[str(cell) for cell in row(i, "")] for i in range(len(copies))])
    rows = [row(i, places[i]) for i in sorted(range(len(copies)), key=places.__getitem__)]
    manifest = csv_bytes(header, [*rows, *sorted(unreadable, key=lambda cells: [str(cell) for cell in cells])])
    for copy, place in zip(copies, places, strict=True):
        _stands(target / place, copy.read(), force)
    _stands(target / MANIFEST, manifest, force)
    written = sum(write_file(target / place, copy.read(), force=force) for copy, place in zip(copies, places, strict=True))
    return written + write_file(target / MANIFEST, manifest, force=force)


def _places(copies: Sequence[Copy], ties: Sequence[list[str]]) -> list[str]:
    """A place below the target for each copy, no two alike even where upper and lower case are one.

    Of several files with one name each is marked with the hash of its content, equal contents with a number.
    """
    plain = [f"{copy.folder}/{_marked(copy.name)}" for copy in copies]
    shared = Counter(map(str.casefold, plain))
    digests = [
        hashlib.sha256(copy.read()).hexdigest()[:8] if shared[place.casefold()] > 1 else ""
        for copy, place in zip(copies, plain, strict=True)
    ]
    places = [""] * len(copies)
    taken: set[str] = set()
    for i in sorted(range(len(copies)), key=lambda i: (digests[i], plain[i], ties[i])):  # unmarked names first
        place, n = plain[i], 1
        while place.casefold() in taken or (digests[i] and n == 1):
            mark = f"_{digests[i]}" + (f"_{n}" if n > 1 else "")
            place, n = f"{copies[i].folder}/{_marked(copies[i].name, mark)}", n + 1
        taken.add(place.casefold())
        places[i] = place
    return places


def _marked(name: str, mark: str = "") -> str:
    """A safe file name with a mark before the extension: ``_marked("稿.docx", "_2") -> "稿_2.docx"``."""
    stem, _, extension = name.rpartition(".")
    if not stem or len(extension) > 8 or not extension.isalnum():
        stem, extension = name, ""
    tail = mark + (f".{extension}" if extension else "")
    return safe_name(stem, NAME_LIMIT - len(tail.encode())) + tail


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV that Excel opens: BOM, CRLF; text that Excel would run as a formula gets an apostrophe.

    >>> csv_bytes(["标题"], [["=1+1"]]).decode("utf-8-sig")
    "标题\\r\\n'=1+1\\r\\n"
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    for cells in (header, *rows):
        cells = [cell.replace("\0", "") if isinstance(cell, str) else cell for cell in cells]
        writer.writerow([f"'{c}" if isinstance(c, str) and c.startswith(_FORMULA) else c for c in cells])
    return table.getvalue().encode("utf-8-sig", errors="replace")
