"""The errors an editor is meant to read: one Chinese line each, saying what, where and what next."""

from __future__ import annotations

from pathlib import Path


class SubaoError(Exception):
    """Something the user can mend; ``str(error)`` is one line of Chinese."""


class UnreadableFile(SubaoError):
    """One input file that cannot be used; the other files go on."""

    def __init__(self, path: str | Path, reason: str, remedy: str = "") -> None:
        self.path, self.reason, self.remedy = str(path), reason, remedy
        super().__init__(f"{path}：{reason}" + (f"；{remedy}" if remedy else ""))


class UnusableModel(SubaoError):
    """A model folder that is missing, incomplete, truncated or of another kind."""
