"""The pictures of one document while it is read: their lines, their captions, and what is said of those not brought.

It knows bytes and captions; how a page or a document names its pictures is the reader's business.
"""

from __future__ import annotations

import re

from ..bulletin import Picture
from ..text.markup import picture_line
from .document import Line
from .pictures import COUNT, make_picture

LONGEST = 160  # characters of a caption
TOLD = 5  # pictures not brought that are told one by one

_CAPTION = re.compile(r"\s*(?:[▲△▼↑↓]\s*)?(?:图\s*(?:\d+|[一二三四五六七八九十]+|为|[:：/|｜])|图片说明|资料图|示意图)|\s*[▲△▼↑]")
_TAKEN = re.compile(  # who took it, at the end of however long a caption
    r"(?:(?:记者|通讯员|摄影)[\s:：]*[\u4e00-\u9fff·、\s]{2,16}|[\u4e00-\u9fff]{2,4})?\s*[/／]?\s*(?<![拍航])摄(?:影)?\s*[）)]?\s*$"
)
_BY = re.compile(r"(?:摄|供图|摄影|制图|图源|视觉中国|图/\S+)\s*[）)]?\s*$")


class Illustrations:
    """Collects the pictures of a document in order."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self._lost: list[tuple[str, str]] = []

    def line(self, data: bytes | None, caption: str, place: str, reason: str = "不在文件里") -> Line | None:
        """The line that stands for a picture; None if it decorates or cannot be brought, which is noted."""
        caption = " ".join(caption.split())[:LONGEST]
        try:
            if data is None:
                raise ValueError(reason)
            picture = make_picture(data, caption)
            if picture is None:
                return None
            if len(self.pictures) >= COUNT:
                raise ValueError(f"一篇最多 {COUNT} 张")
        except ValueError as error:
            self._lost.append((f"“{caption}”" if caption else "", f"{place}，{error}"))
            return None
        self.pictures.append(picture)
        return Line(picture_line(picture.name, caption), fixed=True)

    def notes(self) -> tuple[str, ...]:
        """What is said of the pictures that were not brought, with caption and place."""
        if not self._lost:
            return ()
        told = "；".join(f"{caption}{'（' if caption else ''}{where}{'）' if caption else ''}" for caption, where in self._lost[:TOLD])
        return (f"{len(self._lost)} 张图没有带过来：{told}" + ("等" if len(self._lost) > TOLD else ""),)


def is_caption(text: str) -> bool:
    """Tell a line that captions the picture over it.

    >>> is_caption("图1 厂房外景"), is_caption("▲图为签约现场。李明摄"), is_caption("图为证，事为实，会议指出要加快建设。")
    (True, True, True)
    >>> is_caption("5月15日，某市举行签约仪式。这是仪式现场。 新华社记者 李明/摄")
    True
    """
    text = text.strip()
    found = _CAPTION.match(text) and len(text) <= 80 or (_BY.search(text) and len(text) <= 40)
    return 0 < len(text) <= LONGEST and bool(found or re.search(r"记者|通讯员|[/／]\s*摄", text[-24:]) and _TAKEN.search(text))


def is_credit(text: str) -> bool:
    """Tell a line that says nothing but who took the picture over it: ``is_credit("新华社记者 李明摄") -> True``."""
    text = text.strip()
    return len(text) <= 24 and bool(_TAKEN.search(text)) and not re.search("[，。；]", text)
