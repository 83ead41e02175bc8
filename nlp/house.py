"""A newsroom as its house file (TOML) describes it: name, columns with their rules, home city.

It reads one file and checks it; it refuses to know articles, models and paths of installations.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from .bulletin import HIGHLIGHTS, REJECTED, RESERVE


@dataclass(frozen=True)
class Column:
    """A column of the bulletin with the house's rules for it."""

    name: str
    include: str = ""
    exclude: str = ""
    weight: float = 0.0  # how much its articles lean towards 本期重点: the house's taste, 0 = none


@dataclass(frozen=True)
class Level:
    """A rank of the administration: the words that tell an article of it, as regular expressions."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class House:
    """A newsroom: its bulletin, its columns in print order, its home city. Read from a house file."""

    name: str
    institution: str
    statement: str
    contact: str
    columns: tuple[Column, ...]
    home_column: str
    home_city: str
    home_names: tuple[str, ...]  # what else means the home city: districts, parks, universities
    home_traps: tuple[str, ...]  # strings that contain such a name and mean something else
    highlights: int = 5  # articles in 本期重点, fewer where the issue is small
    print_dates: bool = False  # whether （来源：…） gives the day as well
    signatures_right: bool = True  # who signs and the day, under a notice, stand at the right
    heading_fonts: tuple[str, str] = ("SimHei", "KaiTi")  # of “一、” and “（一）”; "" is that of the text
    leaders: tuple[str, ...] = ()  # in the order of protocol
    levels: tuple[Level, ...] = ()  # from the centre down; what none names stands last
    names: tuple[tuple[str, str], ...] = ()  # wrong → right

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in print order, without 不收录."""
        return tuple(column.name for column in self.columns)


@functools.cache
def load_house(path: Path | None = None) -> House:
    """Read a house file (TOML); without a path, the one of 《4.0 信息速报》 beside this module."""
    import sys

    from .errors import UnreadableFile

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    path = path or Path(__file__).with_name("house.toml")
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        home = facts.get("home", {})
        house = House(
            name=facts["name"],
            institution=facts["institution"],
            statement=facts.get("statement", ""),
            contact=facts.get("contact", ""),
            columns=tuple(Column(c["name"], c.get("include", ""), c.get("exclude", ""), float(c.get("weight", 0))) for c in facts["column"]),
            home_column=home.get("column", ""),
            home_city=home.get("city", ""),
            home_names=tuple(home.get("names", ())),
            home_traps=tuple(home.get("traps", ())),
            **_printing(facts),
        )
        texts = (house.name, house.institution, house.statement, house.contact, house.home_column, house.home_city)
        if not all(isinstance(text, str) for text in (*texts, *house.column_names)):
            raise TypeError("文字要加引号")
        _check_printing(house)
        names = house.column_names
        if not names or len({*names, "", REJECTED, RESERVE, HIGHLIGHTS}) < len(names) + 4:
            raise ValueError("栏目不能空着、重名，也不能叫备选、不收录、本期重点")
        return house
    except OSError as error:
        raise UnreadableFile(path, "打不开刊物设定文件", "请检查 --house 后面的路径") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"刊物设定文件不是有效的 TOML（{error}）", "可照 nlp/house.toml 改写") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFile(path, f"刊物设定文件缺少字段，或填得不对（{error}）", "可照 nlp/house.toml 改写") from error


_FONTS = {"宋体": "SimSun", "黑体": "SimHei", "楷体": "KaiTi", "仿宋": "FangSong", "": ""}


def _printing(facts: dict) -> dict:
    """The fields of [print], [order] and [names] that the house file gives; the others keep their defaults."""
    printing, order = facts.get("print", {}), facts.get("order", {})
    plain = {"highlights": "highlights", "dates": "print_dates", "signatures_right": "signatures_right"}
    values = {field: printing[key] for key, field in plain.items() if key in printing}
    if "headings" in printing:
        first, second = printing["headings"]
        values["heading_fonts"] = (_FONTS[first], _FONTS[second])
    values["leaders"] = tuple(order.get("leaders", ()))
    values["levels"] = tuple(Level(level["name"], tuple(level["words"])) for level in order.get("level", ()))
    values["names"] = tuple(facts.get("names", {}).items())
    return values


def _check_printing(house: House) -> None:
    """Raise what ``load_house`` turns into a message where a field of these has the wrong kind of value."""
    words = [word for level in house.levels for word in level.words]
    if not all(isinstance(text, str) for text in (*house.leaders, *words, *(t for pair in house.names for t in pair))):
        raise TypeError("[order]、[names] 里的文字要加引号")
    if type(house.highlights) is not int or house.highlights < 1:
        raise ValueError("[print] 的 highlights 要写 1 或更大的整数")
    if not isinstance(house.print_dates, bool) or not isinstance(house.signatures_right, bool):
        raise ValueError("[print] 的 dates、signatures_right 只能写 true 或 false")
    if any(not wrong or wrong == right for wrong, right in house.names):
        raise ValueError("[names] 的左边是错的名称，右边是对的，不能空着或相同")
    for word in words:
        try:
            re.compile(word)
        except re.error as error:
            raise ValueError(f"[order] 里的“{word}”不是有效的正则表达式") from error
