"""Earlier issues within reach of the desk: read once, again only where a file has changed."""

from __future__ import annotations

from pathlib import Path

from ..bulletin import HISTORY, Issue
from ..errors import SubaoError
from ..house import House
from ..issue.archive import issue_files, read_issue
from ..issue.search import Found, find


class Archive:
    """The issue files of a folder, but for the issue on the desk; a file that cannot be read is passed over."""

    def __init__(self, path: Path | None, house: House, but: Path) -> None:
        self.path, self.house, self._but = path, house, but.resolve()
        self._read: dict[Path, tuple[tuple[int, int], Issue | None]] = {}

    @property
    def exists(self) -> bool:
        return self.path is not None and self.path.exists()

    def find(self, words: str) -> list[Found]:
        """Where all the words stand."""
        return find([words], ((file.stem, issue) for file in self._files() if (issue := self._issue(file))))

    def _files(self) -> list[Path]:
        files = issue_files(self.path) if self.path and self.path.exists() else []
        return [file for file in files if file.resolve() != self._but and HISTORY not in file.parts]

    def _issue(self, file: Path) -> Issue | None:
        try:
            facts = file.stat()
            mark = (facts.st_mtime_ns, facts.st_size)
            if self._read.get(file, (None, None))[0] != mark:
                self._read[file] = (mark, read_issue(file, self.house))
        except (OSError, SubaoError):
            self._read[file] = ((0, 0), None)
        return self._read[file][1]
