"""An issue to its Word file: set with the pages that LibreOffice finds, and laid over our own earlier one only.

It puts ``word`` to work and opens the files it names; it says what an editor should know and prints nothing.
"""

from __future__ import annotations

from pathlib import Path

from ..bulletin import Issue
from ..errors import UnreadableFile, system_reason
from ..house import House
from ..word.package import is_as_bound, title_of
from ..word.page_numbers import PagesUnknown, find_pages
from ..word.typeset import printed, typeset


def set_in_type(issue: Issue, house: House, template: Path | None = None) -> tuple[bytes, list[str]]:
    """The Word file of an issue, with the pages LibreOffice finds, and what an editor should know about it."""
    try:
        form = template.read_bytes() if template else None
    except OSError as error:
        raise UnreadableFile(template, f"打不开模板（{system_reason(error)}）", "请检查 --template 后面的路径") from error
    unnumbered = typeset(issue, house, template=form)
    try:
        return typeset(issue, house, find_pages(unnumbered, len(printed(issue, house))), form), []
    except PagesUnknown as error:
        return unnumbered, [str(error)]


def unchanged(path: Path, title: str = "") -> list[Path]:
    """The Word file at a path, if it is one of ours (of that title) that nobody has changed: it may be set anew."""
    standing = path.read_bytes() if path.is_file() else b""
    return [path] if is_as_bound(standing) and title in ("", title_of(standing)) else []
