"""The true page of every article in a .docx: LibreOffice lays it out, the outline of the PDF it makes is read.

It knows headings and pages, nothing of what they say. LibreOffice runs with a profile of its own, so that one that
is open on the desk is neither in the way nor touched.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

from ..errors import SubaoError
from ..office import end
from ..office import installed_libreoffice as find_libreoffice

SECONDS = 180.0  # 300 articles take a tenth of it


class PagesUnknown(SubaoError):
    """The pages could not be found; the message says why, and how the contents get their numbers all the same."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}，目录暂无页码，可点击跳转；要页码请用 Word 打开，在目录上右击“更新域”，选“更新整个目录”")


def find_pages(docx: bytes, articles: int, seconds: float = SECONDS) -> list[int]:
    """The page of each of so many articles (heading 2), in print order; the first column (heading 1) is on page 1.

    Raises PagesUnknown: no LibreOffice here, or it failed, or it took longer than ``seconds``.
    """
    if not articles:
        return []
    return pages_of(to_pdf(docx, seconds), articles)


def pages_of(pdf: bytes, articles: int) -> list[int]:
    """The same of a PDF that LibreOffice made of the .docx."""
    first, pages = 0, []
    for level, page in _outline(pdf):
        if level == 1 and not pages:
            first = page
        elif level == 2:
            pages.append(page - first + 1)
    if len(pages) != articles or not first:
        raise PagesUnknown("LibreOffice 排出的标题与文章对不上")
    return pages


def to_pdf(docx: bytes, seconds: float = SECONDS) -> bytes:
    """A .docx as LibreOffice prints it; PagesUnknown where it is not installed, fails, or takes too long."""
    program = find_libreoffice()
    if program is None:
        raise PagesUnknown("没有找到 LibreOffice")
    with tempfile.TemporaryDirectory(prefix="subao-", ignore_cleanup_errors=True) as folder:
        return _convert(program, docx, Path(folder), seconds)


def _convert(program: str, docx: bytes, folder: Path, seconds: float) -> bytes:
    """Have LibreOffice lay out a document; return the PDF."""
    (folder / "issue.docx").write_bytes(docx)
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
        "--nodefault", "--nolockcheck", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "issue.docx"),
    ]  # fmt: skip
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        try:
            process.wait(seconds)
        finally:
            end(process)
        return (folder / "issue.pdf").read_bytes()
    except subprocess.TimeoutExpired as error:
        raise PagesUnknown(f"LibreOffice 在 {seconds:g} 秒内没有排完") from error
    except OSError as error:
        raise PagesUnknown("LibreOffice 没有排出版面") from error


def _outline(pdf: bytes) -> list[tuple[int, int]]:
    """Level and page of every heading of a PDF, both counted from 1; nothing of a PDF that cannot be read."""
    import pypdf

    headings = []
    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        items = [(1, item) for item in reversed(reader.outline)]
        while items:
            level, item = items.pop()
            if isinstance(item, list):
                items += [(level + 1, below) for below in reversed(item)]
            else:
                headings.append((level, (reader.get_destination_page_number(item) or 0) + 1))
    except pypdf.errors.PyPdfError:
        return []
    return headings
