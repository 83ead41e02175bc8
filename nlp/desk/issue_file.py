"""The issue file under the editor's hands: read, changed one step at a time, each step on the disk before it counts.

Whoever changes the file says which version was seen; another program's change in between is never written over. The
register waits until the editor pauses. It refuses to know what the steps mean.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..bulletin import Issue
from ..errors import SubaoError
from ..files import write_file
from ..house import House
from ..issue import history, markdown
from ..issue.corrections import log_corrections
from ..issue.folder import Place, Standing, read_standing, write_standing
from ..issue.register import register_files, take_edits

T = TypeVar("T")
PAUSE = 1.5  # seconds without a step, after which the register is renewed
Changed = history.Changed


class IssueFile:
    """One issue in its folder, shared by all windows of the desk and with whatever else writes it."""

    def __init__(self, place: Place, house: House) -> None:
        self.place, self.house = place, house
        self.standing: Standing | None = None
        self._timer: threading.Timer | None = None
        self._register: dict[Path, str] = {}  # the register as we left it

    @property
    def path(self) -> Path:
        return self.place.file

    def version(self) -> str:
        """The version on the disk, read anew; "" while it cannot be read."""
        try:
            return history.version_of(self.path.read_bytes())
        except OSError:
            return ""

    def read(self) -> Standing:
        """What stands there now; SubaoError with the line where the file cannot be read as an issue."""
        standing = self.standing
        if standing is None or standing.version != self.version():
            self.standing = standing = read_standing(self.place, self.house)
        return standing

    def at(self, version: str, step: Callable[[Standing], T]) -> T:
        """Do something to the folder while nobody else may, if the file still is the version that the caller saw."""
        with history.hold(self.place.folder):
            return step(self._seen(version))

    def change(self, version: str, step: Callable[[Issue], Issue], what: str) -> Standing:
        """Take one step from the version that the caller saw; back only when it is on the disk.

        Raises Changed if the file is another version by now, and whatever the step raises; then nothing is written.
        """
        with history.hold(self.place.folder):
            standing = self._seen(version)
            issue = step(standing.issue)
            if issue != standing.issue:
                self.standing = self._write(standing, issue, what)
                self._renew_later()
            return self.read()

    def _write(self, standing: Standing, issue: Issue, what: str) -> Standing:
        """The issue file alone, as one step: marks 提醒 and the register take longer than a key press and come later."""
        data = markdown.write(issue, self.house).encode()
        history.save(self.place.folder, {self.path: data}, what, {self.path: standing.version})
        if standing.drafted:
            log_corrections(self.place.corrections, issue, standing.memory)
        return Standing(self.place, issue, standing.memory, data)

    def undo(self, version: str) -> tuple[Standing, str]:
        """Take the last step back, whoever made it: the desk, a draft, the register; and its name."""
        return self._turn(version, history.undo)

    def redo(self, version: str) -> tuple[Standing, str]:
        """Do again what was undone last, and its name."""
        return self._turn(version, history.redo)

    def _turn(self, version: str, turn: Callable[[Path], history.Step]) -> tuple[Standing, str]:
        with history.hold(self.place.folder):
            self._seen(version)
            step = turn(self.place.folder)
            standing = self.read()
            if standing.drafted:
                log_corrections(self.place.corrections, standing.issue, standing.memory)
            if not set(step.before) & {path.name for path in self.place.registers}:
                self._renew_later()
            return standing, step.what

    def steps(self) -> dict[str, bool]:
        """Whether there is something to undo, and to redo."""
        states = [step.state for step in history.steps(self.place.folder)]
        done = [i for i, state in enumerate(states) if state == history.DONE]
        return {"undo": bool(done), "redo": len(states) > (done[-1] + 1 if done else 0)}

    def _seen(self, version: str) -> Standing:
        standing = self.read()
        if standing.version != version:
            raise Changed(self.path)
        return standing

    def take_register(self) -> list[str]:
        """Take what an editor changed in the register since it was written, as one step; a line for each change."""
        with history.hold(self.place.folder):
            standing = self.read()
            if not standing.drafted or all(version_of(path) == self._register.get(path) for path in self.place.registers):
                return []
            taken = take_edits(self.place.folder, standing.issue, standing.memory, self.house)
            if taken.issue != standing.issue:
                wrote = write_standing(standing, taken.issue, self.house, "清单", memory=taken.memory, register=False)
                self.standing = wrote.standing
            self._register = {path: version_of(path) for path in self.place.registers}
            return list(taken.lines)

    def renew_register(self) -> None:
        """Bring the register up to date with the issue; no step of its own, and nothing changed in it is lost."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        with history.hold(self.place.folder):
            self.take_register()
            standing = self.read()
            if not standing.drafted:
                return
            for path, data in register_files(self.place.registers, standing.issue, standing.memory, self.house).items():
                with contextlib.suppress(SubaoError):  # open in Excel: the next renewal tries again
                    write_file(path, data, force=True)
                    self._register[path] = version_of(path)

    def close(self) -> None:
        """Renew the register now if it waits."""
        if self._timer:
            self.renew_register()

    def _renew_later(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(PAUSE, self._renew_quietly)
        self._timer.daemon = True
        self._timer.start()

    def _renew_quietly(self) -> None:
        with contextlib.suppress(SubaoError):  # an issue file just broken in an editor: its message is on the page
            self.renew_register()


def version_of(path: Path) -> str:
    try:
        return history.version_of(path.read_bytes())
    except OSError:
        return ""
