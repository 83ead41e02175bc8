"""The pictures of an issue: found beside its file, in 图/, or still with the articles; what cannot be printed is told.

It opens the files that the articles' lines name, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..bulletin import PICTURES, Article, Issue
from ..errors import system_reason
from ..house import House
from ..text.markup import PICTURE
from ..text.terminal import shorten
from ..word.pictures import fit_picture
from ..word.stylesheet import HEIGHT, WIDTH
from ..word.typeset import printed

LARGEST = 20 << 20  # bytes


def gather_pictures(
    issue: Issue, house: House, folder: Path | None, held: Mapping[str, bytes] | None = None
) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of the pictures that the printed articles name, and one line for each that will be missing."""
    held = dict(held or {}) | {picture.name: picture.data for article in issue.articles for picture in article.pictures}
    found: dict[str, bytes] = {}
    lost = []
    for article in printed(issue, house):
        for name, caption in named(article):
            if name in found:
                continue
            try:
                data = held[name] if name in held else _read(folder, name)
                fit_picture(data, WIDTH, HEIGHT)
                found[name] = data
            except ValueError as error:
                what = f"“{shorten(caption, 40)}”（{PICTURES}/{name}）" if caption else f"{PICTURES}/{name}"
                lost.append(f"《{shorten(article.title, 40)}》的图片{what}没有印：{error}；请补上文件，或删去正文里的这一行")
    return found, lost


def named(article: Article) -> Iterator[tuple[str, str]]:
    """The name and the caption of each picture of an article, in the order of its text."""
    for line in article.body.splitlines():
        if found := PICTURE.fullmatch(line.strip()):
            yield found["name"], found["caption"]


def _read(folder: Path | None, name: str) -> bytes:
    """A picture beside the issue file; ValueError with the reason in Chinese."""
    if folder is None:
        raise ValueError("不知道图片在哪里")
    home = folder / PICTURES
    file = home / name
    try:
        if not file.is_file():
            raise ValueError("没有这个文件")
        if file.resolve().parent != home.resolve():
            raise ValueError("它指到别的文件夹去了")
        if file.stat().st_size > LARGEST:
            raise ValueError(f"超过 {LARGEST >> 20} MB")
        return file.read_bytes()
    except OSError as error:
        raise ValueError(f"打不开（{system_reason(error)}）") from error
