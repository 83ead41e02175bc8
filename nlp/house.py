"""A newsroom as its house file (TOML) describes it: name, columns with their rules, home city.

It reads one file and checks it; it refuses to know articles, models and paths of installations.
"""

from __future__ import annotations

import functools
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
        )
        texts = (house.name, house.institution, house.statement, house.contact, house.home_column, house.home_city)
        if not all(isinstance(text, str) for text in (*texts, *house.column_names)):
            raise TypeError("文字要加引号")
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
