"""What is to be done and what is done already: the list in the folder of results, and the parts that stand beside it.

The list is written before the first part: the job, the files and the bounds of every part. A part that stands is whole
and is never made again; another job does not enter the folder. Knows nothing of processes.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..errors import SubaoError, system_reason
from ..files import write_file
from ..house import House
from ..model.folder import shipped_model
from .parts import Part, Source, cut

LIST = "清单.json"


@dataclass(frozen=True)
class Job:
    """All that the answers depend on beside the archive."""

    asks: str  # a name in ``asking.ASKS``
    model: str  # its signature
    house: House
    form: str  # jsonl or parquet
    rows: int  # lines or rows of a part
    sentences: int = 1  # key sentences of an article, at the most

    def facts(self) -> dict:
        """The job as the list has it; two jobs with the same facts give the same bytes."""
        facts = dataclasses.asdict(self) | {"house": _digest([repr(self.house).encode()]), "program": __version__}
        return facts if self.asks == "sentences" else facts | {"sentences": 0}


_SAID = {
    "asks": "做的事不同", "model": "模型不同", "house": "刊物设定不同", "form": "写成的格式不同", "rows": "--rows 不同",
    "sentences": "--sentences 不同", "program": "程序的版本不同", "sources": "来稿的文件换过或改过了",
}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A part to be made: all that the process which makes it must know beside the model."""

    job: Job
    program: str  # what ``program()`` says where the job began
    source: Source
    part: Part
    place: Path

    def lay_down(self, data: bytes) -> None:
        """Write the part, whole or not at all, even where two processes make it at once."""
        beside = self.place.with_name(f".{uuid.uuid4().hex}.tmp")
        write_file(beside, data)
        os.replace(beside, self.place)


@dataclass(frozen=True)
class Plan:
    """A job, its files, its parts in order, and the folder where they are laid down."""

    folder: Path
    job: Job
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]

    def missing(self) -> list[Task]:
        """The parts that are still to be made, in order."""
        now = program()
        places = ((part, self.folder / f"part-{number:06}.{self.job.form}") for number, part in enumerate(self.parts))
        return [Task(self.job, now, self.sources[part.source], part, place) for part, place in places if not place.exists()]

    def sweep(self) -> None:
        """Remove what killed processes have left half written."""
        for path in self.folder.glob(".*.tmp"):
            path.unlink(missing_ok=True)


def settle(folder: Path, job: Job, sources: Sequence[Source]) -> Plan:
    """The plan of a new folder, or the one begun there; a list without a part binds nobody.

    SubaoError: the folder holds parts of another job, or something else.
    """
    facts = job.facts() | {"sources": [dataclasses.asdict(source) for source in sources]}
    folder = folder.resolve()
    begun = _read(folder)
    if begun and any(folder.glob("part-*")):
        differing = [said for name, said in _SAID.items() if begun.get(name) != facts[name]]
        if differing:
            raise SubaoError(f"{folder}：里面是另一件事的结果（{'、'.join(differing)}）；请用 -o 换一个文件夹")
        parts = tuple(Part(*numbers) for numbers in begun["parts"])
    else:
        parts = tuple(part for i, source in enumerate(sources) for part in cut(source, i, job.rows))
        facts["parts"] = [dataclasses.astuple(part) for part in parts]
        listed = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        write_file(folder / LIST, f"{listed}\n".encode(errors="replace"), force=True)
    return Plan(folder, job, tuple(sources), parts)


def _read(folder: Path) -> dict:
    """The list in a folder; {} where the folder is new or empty."""
    path = folder / LIST
    try:
        if not path.is_file():
            if folder.exists() and any(not file.name.startswith(".") for file in folder.iterdir()):
                raise SubaoError(f"{folder}：里面已有别的文件，没有 {LIST}；请用 -o 换一个文件夹")
            return {}
        return {"parts": [], **json.loads(path.read_text(encoding="utf-8"))}
    except OSError as error:
        raise SubaoError(f"{folder}：打不开（{system_reason(error)}）；请用 -o 换一个文件夹") from error
    except (ValueError, TypeError) as error:
        raise SubaoError(f"{path}：读不出或已损坏；请用 -o 换一个文件夹重做") from error


@functools.cache
def program() -> str:
    """The version and a hash of the whole program but the model: where it differs, two machines may answer differently."""
    rooms = Path(__file__).resolve().parents[1]
    files = [path for kind in ("*.py", "*.txt", "*.toml") for path in sorted(rooms.rglob(kind))]
    files = [path for path in files if path.relative_to(rooms).parts[0] != "corpus"]
    files += sorted(shipped_model("highlights").glob("*"))
    return f"{__version__}-{_digest([path.read_bytes() for path in files])}"


def _digest(parts: Sequence[bytes]) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:7]
