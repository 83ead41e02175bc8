"""An issue's folder: the issue file with what stands beside it, read together and written together as one step.

    第46期.md   第46期.docx   稿件清单.xlsx   稿件清单.csv   更正.jsonl   图/   历史/   .速报/第46期.json

The issue file is the truth; register and memory follow it. What a folder without a memory holds besides the issue
file (one that no draft made) is left alone.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..bulletin import ACCOUNT, CORRECTIONS, HISTORY, MEMORY, PICTURES, REGISTER, REJECTED, RESERVE, Issue
from ..errors import SubaoError
from ..house import House
from ..text.characters import read_number
from . import history, markdown
from .archive import read_text
from .checks import Remark, check, with_remarks
from .corrections import log_corrections
from .memory import Memory, dump, load
from .register import Taken, register_files, take_edits


@dataclass(frozen=True)
class Place:
    """Where an issue lies: its file, and beside it everything else."""

    file: Path

    @classmethod
    def of(cls, path: Path) -> Place:
        """The place of an issue file, or of the one issue in a folder (of several, the one with the highest number).

        Raises SubaoError if there is none.
        """
        if not path.is_dir():
            return cls(path)
        found = [file for file in path.glob("*.md") if read_number(file.stem) or file.stem == "本期"]
        if not found:
            raise SubaoError(f"{path}：里面没有稿件文件（第N期.md）；请先运行 subao draft 来稿 -o {path}")
        return cls(max(found, key=lambda file: (int(read_number(file.stem) or 0), file.name)))

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def word(self) -> Path:
        return self.file.with_suffix(".docx")

    @property
    def memory(self) -> Path:
        return self.folder / MEMORY / f"{self.file.stem}.json"

    @property
    def registers(self) -> tuple[Path, Path]:
        return self.folder / REGISTER, self.folder / ACCOUNT

    @property
    def corrections(self) -> Path:
        return self.folder / CORRECTIONS

    @property
    def pictures(self) -> Path:
        return self.folder / PICTURES


@dataclass(frozen=True)
class Standing:
    """What stands in an issue's folder at one moment."""

    place: Place
    issue: Issue
    memory: Memory
    data: bytes | None  # of the issue file; None: there is none yet

    @functools.cached_property
    def version(self) -> str:
        """Of the issue file: what a write must find, so that no other change is lost."""
        return history.version_of(self.data)

    @property
    def text(self) -> str:
        """Of the issue file."""
        return (self.data or b"").decode("utf-8-sig")

    @property
    def drafted(self) -> bool:
        """Whether a draft made this folder: its register and its memory are kept up to date."""
        return bool(self.memory.records)


@dataclass(frozen=True)
class Wrote:
    """What a write left behind: how it stands now, which files changed, which companions another program held open,
    and what the check found."""

    standing: Standing
    written: tuple[Path, ...]
    refused: tuple[SubaoError, ...]
    remarks: tuple[Remark, ...]


def read_standing(place: Place, house: House) -> Standing:
    """Read the issue file and the memory beside it; UnreadableFile or BadIssueFile where the file cannot be read."""
    if (place.folder / HISTORY).is_dir():
        with history.hold(place.folder):
            history.settle(place.folder)
    data, text = read_text(place.file)
    return Standing(place, markdown.parse(text, house, str(place.file)), read_memory(place), data)


def read_memory(place: Place) -> Memory:
    """The memory of the drafts made here; an empty one where there is none."""
    try:
        return load(place.memory.read_bytes())
    except OSError:
        return Memory()


def read_register(standing: Standing, house: House) -> Taken:
    """What the editor changed in the register since it was written, taken into the issue (not yet written)."""
    return take_edits(standing.place.folder, standing.issue, standing.memory, house)


def write_standing(
    standing: Standing, issue: Issue, house: House, what: str, *,
    memory: Memory | None = None, more: Mapping[Path, bytes] | None = None, register: bool = True, marks: bool = True,
) -> Wrote:  # fmt: skip
    """Write an issue over the one that was read, with its companions, as one step that ``undo`` takes back.

    The issue file stays byte for byte if ``issue`` is what it says already, but for the marks 提醒 that ``check`` finds
    (not without ``marks``). Where a draft made the folder, register and memory follow, and corrections of the model are
    logged. ``more`` are further files of the step, e.g. the Word file. ``register=False`` leaves the register for
    ``renew_register``: it takes longer than a key press.

    Raises history.Changed if the issue file is no longer the one that was read: then nothing is written.
    """
    place, memory = standing.place, standing.memory if memory is None else memory
    order = {name: i for i, name in enumerate((*house.column_names, RESERVE, REJECTED))}
    articles = sorted(issue.articles, key=lambda article: order.get(article.column, -1))  # as the file is read
    issue = replace(issue, articles=tuple(articles))
    text = standing.text if standing.data is not None and issue == standing.issue else markdown.write(issue, house)
    remarks = check(text, house, memory)
    if marks:
        text, remarks = with_remarks(text, remarks)
    data = standing.data if standing.data is not None and text == standing.text else text.encode()
    files, may_wait = {place.file: data}, ()  # the issue file first: what the memory knows is in it
    if memory.records:
        table = register_files(place.registers, issue, memory, house) if register else {}
        known = memory is standing.memory and place.memory.is_file()
        files |= table if known else {place.memory: dump(memory), **table}
        may_wait = tuple(table)
    saved = history.save(place.folder, files | dict(more or {}), what, {place.file: standing.version}, may_wait)
    if memory.records:
        log_corrections(place.corrections, issue, memory)
    return Wrote(Standing(place, issue, memory, data), saved.written, saved.refused, tuple(remarks))


def renew_register(standing: Standing, house: House) -> Wrote:
    """Bring the register up to date with the issue file."""
    return write_standing(standing, standing.issue, house, "清单")
