"""What each line of a published bulletin is: cover, contents, column, title, text, source, statement.

Here is what a line tells by itself; ``styled`` and ``unstyled`` look at the lines around it. It knows columns by
their names; it makes no articles, joins no lines and reads no fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..documents.document import Line
from ..documents.provenance import ORIGIN
from ..house import House


class Role:
    """What a line is, in the words that an editor reads."""

    MASTHEAD, HIGHLIGHT, COLUMN, TITLE = "刊头", "本期重点", "栏目", "标题"
    TEXT, SUBHEADING, SOURCE = "正文", "小标题", "来源"
    LEFT_OVER, COVER, CONTENTS, RUNNING, TAIL = UNPLACED = "没有归入", "封面", "目录", "页眉页脚", "版权及联系方式"


TITLE_LINES = 5  # at most
SHORT, LONGEST = 60, 120  # characters of a title's line, of a line that is looked at as a whole

_SIGNS = re.compile(r"[\W_]+")
_BULLET = re.compile(r"(?:[-–—*•·●■◆▪○◇▲★□◎]|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．](?!\d))\s*")
_LABEL, _TAKEN = rf"{ORIGIN}\s*[:：]\s*", r"[摘转]自\s*"  # （摘自《科技日报》） has no colon
_SOURCE = re.compile(
    rf"[（(【\[]\s*(?:{_LABEL}(?P<within>.*?)|{_TAKEN}(?:《(?P<book>[^《》]+)》|(?P<taken>.+?)))\s*[）)】\]]"
    rf"|{_LABEL}(?P<bare>[^。]{{1,40}})"
)
_HALF_SOURCE = re.compile(rf"[（(【\[]\s*(?:{_LABEL}|{_TAKEN})[^）)】\]]*")
_CLOSING = re.compile(rf"(?<=[。！？!?…”’」』）)】])\s*([（(【\[]\s*(?:{_LABEL}|{_TAKEN})[^（(【\[）)】\]]+[）)】\]])\s*$")
_ASIDE = re.compile(r"[（(【\[].*[）)】\]]|(?:责任编辑|责编|编辑|作者|记者|供稿)\s*[:：].*")
_STATEMENT = re.compile(r"(?:版权|免责|著作权|使用).{0,10}声明[:：]?|版权所有.{0,20}")
_CONTENTS = ("目录", "目次", "本期目录")
_HIGHLIGHTS = ("本期重点", "本期要点", "本期导读")
_LEVEL = re.compile(r"(?:heading|标题) ?([1-9])", re.I)


@dataclass(frozen=True)
class Entry:
    """An article in the contents: its column there, its title, and the row it stands in."""

    column: str
    text: str
    row: int

    @property
    def key(self) -> str:
        return key_of(without_bullet(self.text))


@dataclass
class Part:
    """One article's lines, by their indices, and what the contents say of it."""

    column: str  # of the house, "" where none is known
    title: list[int] = field(default_factory=list)
    text: list[int] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    listed: Entry | None = None


def key_of(text: str) -> str:
    """The letters and digits of a title, which are the same wherever it is printed.

    >>> key_of("平台 开放“科技粮仓”") == key_of("平台开放\\"科技粮仓\\"")
    True
    """
    if len(text) > LONGEST * TITLE_LINES:
        return ""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


def read_source(line: str) -> str | None:
    """What a line gives as its article's source, None if it is no such line: ``（来源：科技部） -> 科技部``."""
    match = _SOURCE.fullmatch(line) if len(line) <= LONGEST else None
    return next(filter(None, match.groups()), "") if match else None


def split_source(line: str) -> tuple[str, str]:
    """Part a paragraph from the source in brackets that ends it: ``完。（来源：科技部） -> 完。, （来源：科技部）``."""
    match = _CLOSING.search(line, max(0, len(line) - LONGEST)) if read_source(line) is None else None
    return (line[: match.start()], match[1]) if match else (line, "")


def without_bullet(text: str) -> str:
    """A line of a list without its bullet or number."""
    match = _BULLET.match(text)
    return text[match.end() :] if match else text


def without_page(text: str) -> str:
    """A line of the contents without dots and page number: ``常州智造..... 37 -> 常州智造``."""
    head = text.rstrip("0123456789")
    bare = head.rstrip(" .…·．")
    digits, leader = len(text) - len(head), head[len(bare) :]
    numbered = 0 < digits < 4 and (len(leader) > 1 or leader in (" ", "…"))
    dotted = not digits and len(leader.replace(" ", "")) > 2
    return bare if numbered or dotted else text


class Sheet:
    """The lines of a bulletin; those with text are its rows, and every row gets a role."""

    def __init__(self, lines: Sequence[Line], house: House, running: set[int]) -> None:
        self.lines, self.house = lines, house
        self.columns = {key_of(name): name for name in house.column_names}
        self.roles = [Role.RUNNING if i in running else "" for i in range(len(lines))]
        self.rows = [i for i, line in enumerate(lines) if line.text and not self.roles[i]]

    def __len__(self) -> int:
        return len(self.rows)

    def text(self, row: int) -> str:
        """The text of a row, "" before the first and beyond the last one."""
        return self.lines[self.rows[row]].text if 0 <= row < len(self.rows) else ""

    def style(self, row: int) -> str:
        return self.lines[self.rows[row]].style.lower()

    def level(self, row: int) -> int:
        """The level of a row's heading style, 0 for other rows."""
        match = _LEVEL.fullmatch(self.style(row))
        return int(match[1]) if match else 0

    def put(self, row: int, role: str) -> int:
        """Give a row its role; return the index of its line."""
        self.roles[self.rows[row]] = role
        return self.rows[row]

    def column(self, row: int) -> str:
        """The column whose name a row is, "" if none."""
        return self._named(self.text(row))

    def _named(self, text: str) -> str:
        short = text if len(text) <= SHORT else ""
        return self.columns.get(key_of(short)) or self.columns.get(key_of(without_bullet(short)), "")

    def source_rows(self, row: int) -> int:
        """How many rows from this one on name a source: 0, 1, or 2 where a page's width broke it."""
        text = self.text(row)
        if read_source(text) is not None:
            return 1
        return 2 if _HALF_SOURCE.fullmatch(text[:LONGEST]) and read_source(text + self.text(row + 1)) is not None else 0

    def may_be_title(self, row: int) -> bool:
        """Tell whether a row is short and ends without a stop, as titles do, and other lines."""
        text = self.text(row)
        return (
            len(text) <= SHORT and "。" not in text and text[-1:] not in tuple("；;，,、：:") and not self.is_aside(row)
        )

    def is_aside(self, row: int) -> bool:
        """Tell whether a row is all in brackets, names an editor, or has no letters."""
        text = self.text(row)[:LONGEST]
        return bool(_ASIDE.fullmatch(text)) or not key_of(text)

    def is_prose(self, row: int) -> bool:
        text = without_page(self.text(row))  # the dots of a line of the contents can be many
        return ("。" in text and len(text) >= 20) or len(text) > LONGEST

    def is_statement(self, row: int) -> bool:
        return bool(_STATEMENT.fullmatch(self.text(row)[:LONGEST]))

    def is_contents(self, row: int) -> bool:
        return key_of(self.text(row)) in _CONTENTS

    def is_highlights(self, row: int) -> bool:
        return key_of(self.text(row)) in _HIGHLIGHTS

    def read_front(self, end: int, contents: int) -> list[Entry]:
        """Place the rows before ``end`` as cover, highlights or contents, which begin at ``contents`` (-1: nowhere)."""
        role, column, entries = Role.COVER, "", []
        for row in range(end):
            style, text = self.style(row), without_page(self.text(row))
            heads = self.is_highlights(row) and role != Role.HIGHLIGHT and not style.startswith("toc")
            if row == contents:
                role = Role.CONTENTS
            elif heads or "重点" in style:
                role = Role.HIGHLIGHT
            self.put(row, role)
            if role != Role.CONTENTS or self.is_contents(row):
                continue
            if (name := self._named(text)) and name != column:
                column = name
            else:
                entries.append(Entry(column, text, row))
        return entries
