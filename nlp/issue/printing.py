"""An issue to its Word file: set with the pages that LibreOffice finds, and laid over our own earlier one only.

It puts ``word`` to work and opens the files it names; it says what an editor should know and prints nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..bulletin import Issue
from ..errors import UnreadableFile, system_reason
from ..house import House
from ..word.package import title_of
from ..word.flow import Placement, fill_page
from ..word.page_numbers import PagesUnknown, pages_of, to_pdf
from ..word.portable import as_pdf, is_as_printed
from ..word.seal import is_as_bound
from ..word.typeset import printed, typeset
from .pictures import gather_pictures

__all__ = ["as_pdf", "set_in_type", "unchanged"]


FILLED = 12  # pages at most that a picture would leave half empty and that are filled; each is laid out again


def set_in_type(
    issue: Issue, house: House, template: Path | None = None, folder: Path | None = None, pictures: bool = True,
    held: Mapping[str, bytes] | None = None,
) -> tuple[bytes, list[str]]:
    """The Word file of an issue, with the pages LibreOffice finds, and what an editor should know about it.

    ``folder``: where the issue file lies, with its pictures in 图/; ``held``: pictures that are not
    there yet; ``pictures``: whether they are printed.
    """
    try:
        form = template.read_bytes() if template else None
    except OSError as error:
        raise UnreadableFile(template, f"打不开模板（{system_reason(error)}）", "请检查 --template 后面的路径") from error
    shown, lines = gather_pictures(issue, house, folder, held or {}) if pictures else ({}, [])
    unnumbered, placements = typeset(issue, house, template=form, pictures=shown), dict[int, Placement]()
    try:
        if not (articles := len(printed(issue, house))):
            return unnumbered, lines
        pdf = to_pdf(unnumbered)
        for _ in range(FILLED if shown and form is None else 0):
            if (better := fill_page(unnumbered, pdf, placements)) == placements:
                break
            unnumbered, placements = typeset(issue, house, pictures=shown, placements=better), better
            pdf = to_pdf(unnumbered)
        pages = pages_of(pdf, articles)
    except PagesUnknown as error:
        return unnumbered, [*lines, str(error)]
    return typeset(issue, house, pages, form, shown, placements), lines


def unchanged(path: Path, title: str = "") -> list[Path]:
    """The Word file (of that title) or PDF at a path, if it is one of ours that nobody has changed: it may be set anew."""
    standing = path.read_bytes() if path.is_file() else b""
    if path.suffix.lower() == ".pdf":
        return [path] if is_as_printed(standing) else []
    return [path] if is_as_bound(standing) and title in ("", title_of(standing)) else []
