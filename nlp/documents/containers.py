"""Files that hold files: .zip, .eml and .mht, each as a small folder of names and bytes, within limits.

It unpacks and judges nothing; what a part says is read by whoever reads a file of that name.
"""

from __future__ import annotations

import email
import email.policy
import email.utils
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urljoin

from ..errors import UnreadableFile
from .document import Fetch
from .guard import guarded
from .zip_limits import check_directory

PARTS = 300  # of a message
DEPTH = 2  # a zip in a mail; deeper ones are told and left
COVERING = 200  # characters of a note that comes with attachments and is no article
TOTAL = 64 << 20  # bytes of all parts

_SKIPPED = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|thumbs\.db$|desktop\.ini$)", re.I)


@dataclass(frozen=True)
class Folder:
    """The files inside one file, and what a message says of itself."""

    files: dict[str, bytes]  # in order
    title: str = ""
    date: str = ""
    main: str = ""  # which of the files is the text of the message
    places: dict[str, bytes] = field(default_factory=dict)  # by address, for the pages that name them
    notes: tuple[str, ...] = ()


def open_zip(data: bytes, name: str) -> Folder:
    """The files of a .zip; names that Windows wrote in GBK are put right."""
    return guarded(name, lambda: _open_zip(data, name))


def _open_zip(data: bytes, name: str) -> Folder:
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_directory(archive.infolist(), name, TOTAL)
        for info in archive.infolist():
            place = _name(info)
            if not info.is_dir() and not _SKIPPED.search(place):
                files[place] = archive.read(info)
    return Folder(dict(sorted(files.items(), key=lambda item: _natural(item[0]))))


def _name(info: zipfile.ZipInfo) -> str:
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [(0, int(p[:9]), p) if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", name) if p]


def open_mail(data: bytes, name: str) -> Folder:
    """The text and the attachments of an .eml, with its subject and day."""
    return guarded(name, lambda: _open_mail(data, name))


def _open_mail(data: bytes, name: str) -> Folder:
    message = email.message_from_bytes(data, policy=email.policy.default)
    files: dict[str, bytes] = {}
    main = message.get_body(("html", "plain"))
    plain = message.get_body(("plain",))
    if main is not None and plain is not None and len(_bytes(plain).strip()) > 20:
        main = plain if not _holds_table(main) else main
    if main is not None:
        kind = ".html" if main.get_content_type() == "text/html" else ".txt"
        files["正文" + kind] = _text(main)
    parts = _parts(message, name)
    for i, part in enumerate(parts, 1):
        if part.is_attachment() or (part.get_filename() and part.get_content_maintype() not in ("image", "multipart")):
            file = (part.get_filename() or f"附件{i}").replace("\\", "/").split("/")[-1] or f"附件{i}"
            if part.get_content_type() == "message/rfc822":
                inner = part.get_payload(0)
                files[_free(file if file.endswith(".eml") else f"{file}.eml", files)] = inner.as_bytes()
            else:
                files[_free(file, files)] = _bytes(part)
    day = email.utils.parsedate_to_datetime(message["date"]).date().isoformat() if _is_day(message["date"]) else ""
    subject = re.sub(r"^(?:(?:re|fw|fwd|回复|转发|答复)\s*[:：]\s*)+", "", str(message["subject"] or ""), flags=re.I)
    subject = " ".join(subject.split())[:200]
    words = " ".join(re.sub(rb"<[^>]{0,2000}>", b" ", _text(main)).decode("utf-8", "replace").split()) if main is not None else ""
    covering = len(files) > 1 and len(words) < COVERING
    notes = (f"随邮件《{subject}》来" + (f"：{words[:80]}" if words else ""),) if covering else ()
    return Folder(files, subject, day, next(iter(files), "") if main is not None else "", _by_place(parts), notes)


def open_mht(data: bytes, name: str) -> Folder:
    """The page of an .mht and what was saved with it."""
    return guarded(name, lambda: _open_mht(data, name))


def _open_mht(data: bytes, name: str) -> Folder:
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = _parts(message, name)
    page = next((part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
    if page is None:
        raise UnreadableFile(name, "里面没有网页", "请用浏览器打开，另存为 .html")
    return Folder({"网页.html": _text(page)}, main="网页.html", places=_by_place(parts, page.get("content-location", "")))


def fetch_from(places: dict[str, bytes]) -> Fetch:
    """Look pictures up among the parts of a container by whatever address a page uses for them."""

    def fetch(address: str) -> bytes | None:
        address = address.strip()
        tries = (address, unquote(address), address.removeprefix("cid:"), posixpath.basename(unquote(address).split("?")[0]))
        return next((places[key] for key in tries if key in places), None)

    return fetch


def _parts(message: EmailMessage, name: str) -> list[EmailMessage]:
    parts: list[EmailMessage] = []
    size = 0
    for part in message.walk():
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        parts.append(part)
        size += len(part.get_payload()) if isinstance(part.get_payload(), str) else 0
        if len(parts) > PARTS or size > TOTAL * 2:
            raise UnreadableFile(name, f"超过 {PARTS} 个部分或 {TOTAL >> 20} MB，没有打开", "请把稿件单独存出来")
    return parts


def _by_place(parts: list[EmailMessage], base: str = "") -> dict[str, bytes]:
    places: dict[str, bytes] = {}
    for part in parts:
        if part.get_content_maintype() != "image":
            continue
        content = _bytes(part)
        keys = [str(part.get("content-location") or ""), str(part.get("content-id") or "").strip("<> "), part.get_filename() or ""]
        if keys[0] and base:
            keys.append(urljoin(base, keys[0]))
        if keys[0]:
            keys.append(posixpath.basename(unquote(keys[0]).split("?")[0]))
        for key in filter(None, keys):
            places.setdefault(key, content)
    return places


def _bytes(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: EmailMessage) -> bytes:
    """A text part in UTF-8 where it names its encoding; else as it came."""
    content, charset = _bytes(part), part.get_content_charset()
    if charset:
        try:
            text = content.decode("gb18030" if charset.lower() in ("gb2312", "gbk", "gb18030") else charset)
            return text.encode()
        except (LookupError, UnicodeDecodeError):
            pass
    return content


def _holds_table(part: EmailMessage) -> bool:
    return part.get_content_type() == "text/html" and bool(re.search(rb"<(?:table|img)\b", _bytes(part), re.I))


def _is_day(written: object) -> bool:
    try:
        return bool(written) and email.utils.parsedate_to_datetime(str(written)) is not None
    except (ValueError, TypeError):
        return False


def _free(name: str, taken: dict[str, bytes]) -> str:
    stem, dot, suffix = name.rpartition(".")
    n = 2
    free = name
    while free in taken:
        free = f"{stem or suffix}({n}){dot}{suffix if stem else ''}"
        n += 1
    return free
