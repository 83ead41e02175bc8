"""What a file holds, before anyone judges it: lines in order, and what the file itself says about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..bulletin import Picture

Fetch = Callable[[str], "bytes | None"]  # the bytes that a page names by an address, where they came with it


@dataclass(frozen=True)
class Line:
    """One line; leading spaces are kept (they tell paragraphs apart), an empty text is a blank line."""

    text: str
    fixed: bool = False  # a heading, a table row or a picture: never joined to its neighbours
    style: str = ""  # the name of its paragraph style: "Heading 2", "文章来源"
    full: bool = False  # it reaches the page's edge, as its place on the page shows
    size: float = 0.0  # of its type in points, 0 where the file does not say
    centred: bool = False


@dataclass(frozen=True)
class Document:
    """The lines of one file and what its markup or properties state; empty where they state nothing."""

    lines: tuple[Line, ...]
    title: str = ""  # from the markup: a title style, h1
    property_title: str = ""  # from the file's properties, which are often left over from another file
    source: str = ""
    date: str = ""  # as written, or in one form
    notes: tuple[str, ...] = ()
    running: tuple[tuple[int, str], ...] = ()  # heads and feet of pages left out: before which line, and the text
    pictures: tuple[Picture, ...] = ()  # a line ``![caption](图/name)`` stands for each
    names: tuple[tuple[str, str], ...] = ()  # a picture's name here, and the one this program printed it under
