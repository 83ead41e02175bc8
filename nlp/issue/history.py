"""Earlier versions of an issue's files: every write keeps the one before, and a step can be undone and done again.

It knows files and their bytes; it refuses to know what is in them. A step is a folder in 历史/ with what stood there
before (之前/) and, once it is undone, what stood there after (之后/); 步骤.json makes it a step and says where it is.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..bulletin import HISTORY, MEMORY
from ..errors import SubaoError, system_reason
from ..files import safe_name, write_file

KEPT = 30  # steps
BEFORE, AFTER, RECORD = "之前", "之后", "步骤.json"
DONE, UNDOING, UNDONE, REDOING = "done", "undoing", "undone", "redoing"
LEFT = "left"  # undone, and then something else was written: kept, but no step forward leads there

_locks: dict[Path, threading.RLock] = {}
_held: dict[Path, int] = {}  # the open lock file of each folder that a thread of this process holds


class Changed(SubaoError):
    """A file is not what the writer had read: somebody has changed it meanwhile, and nothing was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}：在这期间被别处改过，没有写；请重新打开，再改一次")


@dataclass(frozen=True)
class Step:
    """One write that can be undone: its name, its time, and the files it changed."""

    folder: Path
    what: str
    time: str
    state: str
    before: Mapping[str, str]  # file, relative to the folder -> its version then; "" where there was none
    after: Mapping[str, str]
    edited: tuple[str, ...] = ()  # of an undone step: files that were changed by hand after it


@dataclass(frozen=True)
class Saved:
    """What a save wrote, and what it could not write of the files that may wait."""

    written: tuple[Path, ...] = ()
    refused: tuple[SubaoError, ...] = ()


def version_of(data: bytes | None) -> str:
    """What tells one content of a file from another; "" for a file that is not there.

    >>> version_of(b"a") == version_of(b"b"), version_of(None)
    (False, '')
    """
    return "" if data is None else hashlib.sha256(data).hexdigest()[:16]


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other threads and processes from writing into an issue's folder; ends with the process, however it ends."""
    folder = folder.resolve()
    lock = _locks.setdefault(folder, threading.RLock())
    with lock:
        if folder in _held:  # this thread, further up
            yield
            return
        (folder / MEMORY).mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / MEMORY / "锁", os.O_RDWR | os.O_CREAT)
        try:
            _lock(descriptor)
            _held[folder] = descriptor
            yield
        finally:
            _held.pop(folder, None)
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt
        import time

        while True:  # LK_LOCK gives up after ten seconds
            with contextlib.suppress(OSError):
                return msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            time.sleep(0.05)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def save(
    folder: Path, files: Mapping[Path, bytes], what: str,
    expect: Mapping[Path, str] | None = None, may_wait: Collection[Path] = (),
) -> Saved:  # fmt: skip
    """Write files below an issue's folder as one step, each whole or not at all; the versions before stay in 历史/.

    Files that already hold these bytes are left alone; a write of new files only is no step, for nothing stood before.
    Killed anywhere, it leaves whole files, and every version before in 历史/; the same save again finishes it.

    ``expect``: the version (``version_of``) that each of these files must have, else Changed and nothing is written.
    ``may_wait``: files that another program may hold open; where one cannot be written the others are all the same.
    Raises SubaoError if the disk refuses.
    """
    with hold(folder):
        settle(folder)
        for path, version in (expect or {}).items():
            if version_of(_bytes(path)) != version:
                raise Changed(path)
        before = {path: _bytes(path) for path in files}
        changed = [path for path, data in files.items() if before[path] != data]
        if any(before[path] is not None for path in changed):
            _record(folder, {path: before[path] for path in changed}, files, what)
        written, refused = [], []
        for path in changed:
            try:
                write_file(path, files[path], force=True)
                written.append(path)
            except SubaoError as error:
                if path not in may_wait:
                    raise
                refused.append(error)
        return Saved(tuple(written), tuple(refused))


def steps(folder: Path) -> list[Step]:
    """The steps in 历史/, the oldest first."""
    found = []
    for place in _folders(folder):
        with contextlib.suppress(OSError, ValueError, KeyError):
            record = json.loads((place / RECORD).read_text(encoding="utf-8"))
            versions = record["files"]
            before, after = ({name: pair[i] for name, pair in versions.items()} for i in (0, 1))
            found.append(Step(place, record["what"], record["time"], record["state"], before, after))
    return found


def undo(folder: Path) -> Step:
    """Bring back what stood before the last step; SubaoError if there is none. ``redo`` takes it back.

    What was changed by hand after the step is part of what ``redo`` brings back.
    """
    with hold(folder):
        settle(folder)
        while True:
            done = [step for step in steps(folder) if step.state == DONE]
            if not done:
                raise SubaoError(f"{folder}：没有可以撤销的了（{HISTORY}/ 里最多留 {KEPT} 步）")
            step = done[-1]
            now = {name: _bytes(folder / name) for name in step.before}
            for name, data in now.items():
                if data is not None:
                    write_file(step.folder / AFTER / name, data, force=True)
            versions = {name: version_of(data) for name, data in now.items()}
            edited = tuple(name for name in now if versions[name] != step.after[name])
            _mark(step, UNDOING, versions)
            settle(folder)
            if versions != step.before:  # else the step was recorded, and killed before it wrote
                return Step(step.folder, step.what, step.time, UNDONE, step.before, versions, edited)


def redo(folder: Path) -> Step:
    """Do again the step that was undone last; SubaoError if there is none, or its files were changed since."""
    with hold(folder):
        settle(folder)
        while True:
            found = [step for step in steps(folder) if step.state != LEFT]
            last = max((i for i, step in enumerate(found) if step.state == DONE), default=-1)
            if last + 1 >= len(found):
                raise SubaoError(f"{folder}：没有可以重做的了")
            step = found[last + 1]
            for name, version in step.before.items():
                if version_of(_bytes(folder / name)) != version:
                    raise SubaoError(f"{folder / name}：撤销以后又改过，没有重做；那时的内容在 {step.folder / AFTER}")
            _mark(step, REDOING, step.after)
            settle(folder)
            if step.after != step.before:
                return step


def _record(folder: Path, before: Mapping[Path, bytes | None], files: Mapping[Path, bytes], what: str) -> None:
    """Keep what stands there as a step, and drop the oldest steps."""
    for step in steps(folder):
        if step.state == UNDONE:
            _mark(step, LEFT, step.after)
    now = datetime.datetime.now().astimezone()
    standing = _folders(folder)
    number = 1 + max((int(place.name[:4]) for place in standing), default=0)
    name = safe_name(f"{number:04} {now:%Y-%m-%d %H.%M.%S} {what}", 80)
    place = folder / HISTORY / name
    versions = {}
    for path, data in before.items():
        relative = path.resolve().relative_to(folder.resolve()).as_posix()
        versions[relative] = [version_of(data), version_of(files[path])]
        if data is not None:
            write_file(place / BEFORE / relative, data, force=True)
    _write_record(place, {"what": what, "time": now.isoformat(timespec="seconds"), "state": DONE, "files": versions})
    for old in _folders(folder)[:-KEPT]:
        with contextlib.suppress(OSError):
            (old / RECORD).unlink(missing_ok=True)  # first: what is half removed is no step
            shutil.rmtree(old)


def settle(folder: Path) -> None:
    """Finish an undoing or redoing that was interrupted; a file that was changed by hand since stays as it is."""
    for step in (step for step in steps(folder) if step.state in (UNDOING, REDOING)):
        to, source = (step.before, BEFORE) if step.state == UNDOING else (step.after, AFTER)
        for name, version in to.items():
            path, standing = folder / name, version_of(_bytes(folder / name))
            if standing == version or standing not in (step.before[name], step.after[name]):
                continue
            if version:
                write_file(path, (step.folder / source / name).read_bytes(), force=True)
            else:
                path.unlink()
        _mark(step, UNDONE if step.state == UNDOING else DONE, step.after)


def _mark(step: Step, state: str, after: Mapping[str, str]) -> None:
    versions = {name: [version, after[name]] for name, version in step.before.items()}
    _write_record(step.folder, {"what": step.what, "time": step.time, "state": state, "files": versions})


def _write_record(place: Path, record: Mapping[str, object]) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    write_file(place / RECORD, text.encode(), force=True)


def _folders(folder: Path) -> list[Path]:
    """The folders of steps, whole or not, in the order of their numbers."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        found = (place for place in (folder / HISTORY).iterdir() if place.is_dir() and place.name[:4].isdecimal())
        return sorted(found, key=lambda place: int(place.name[:4]))
    return []


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SubaoError(f"{path}：读不出（{system_reason(error)}）；请关闭正在使用它的程序后重试") from error
