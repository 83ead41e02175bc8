"""The Word file as PDF, by LibreOffice: the same Word file gives the same bytes, and a PDF of ours is known again."""

from __future__ import annotations

import hashlib
import io

from .page_numbers import PagesUnknown, to_pdf

_MARK = "/Subao"  # in the document's information: a hash of all the rest


def as_pdf(word: bytes) -> bytes:
    """A .docx as PDF with neither day nor chance in its bytes.

    Raises PagesUnknown: no LibreOffice here, or it failed.
    """
    import pypdf

    made = to_pdf(word)
    try:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(made))
        info = {str(key): str(value) for key, value in (writer.metadata or {}).items()}
        writer.root_object.pop("/Metadata", None)
        writer.metadata = {key: info[key] for key in ("/Title", "/Author") if key in info}
        writer._ID = None
        return _signed(writer)
    except pypdf.errors.PyPdfError as error:
        raise PagesUnknown("LibreOffice 排出的 PDF 读不出") from error


def _signed(writer) -> bytes:
    """The file with a hash of itself; the hash is of the file in which zeros stand for it."""
    writer.add_metadata({_MARK: "0" * 64})
    out = io.BytesIO()
    writer.write(out)
    data = out.getvalue()
    blank = f"({'0' * 64})".encode()
    return data.replace(blank, f"({hashlib.sha256(data).hexdigest()})".encode()) if data.count(blank) == 1 else data


def is_as_printed(data: bytes) -> bool:
    """Tell whether a PDF is as ``as_pdf`` left it: nobody has changed it since."""
    at = data.rfind(f"{_MARK} (".encode())
    if at < 0:
        return False
    start = at + len(_MARK) + 2
    blank = data[:start] + b"0" * 64 + data[start + 64 :]
    return hashlib.sha256(blank).hexdigest().encode() == data[start : start + 64]
