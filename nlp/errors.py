"""The errors an editor is meant to read: one Chinese line each, saying what, where and what next."""

from __future__ import annotations

import errno
import importlib.util
from pathlib import Path


class SubaoError(Exception):
    """Something the user can mend; ``str(error)`` is one line of Chinese."""


class UnreadableFile(SubaoError):
    """One input file that cannot be used; the other files go on."""

    def __init__(self, path: str | Path, reason: str, remedy: str = "") -> None:
        self.path, self.reason, self.remedy = str(path), reason, remedy
        super().__init__(f"{path}：{reason}" + (f"；{remedy}" if remedy else ""))


_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "路径中间有一段不是文件夹", errno.ENAMETOOLONG: "文件名太长", errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的", errno.EBUSY: "正被别的程序使用", errno.ELOOP: "链接绕成了圈",
}  # fmt: skip


def system_reason(error: OSError) -> str:
    """What the system reports, in Chinese where it is a common case."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)


class UnusableModel(SubaoError):
    """A model folder that is missing, incomplete, truncated or of another kind."""


class MissingLibrary(SubaoError):
    """A library that the everyday install leaves out, and that this step needs."""


def need(*libraries: str, extra: str = "train") -> None:
    """Say in one line how to install what is missing, before any work is done: ``need("torch", "datasets")``."""
    if missing := [name for name in libraries if importlib.util.find_spec(name) is None]:
        raise MissingLibrary(
            f"缺少 {'、'.join(missing)}，这一步要先装{_EXTRAS[extra]}的部分：在本仓库的文件夹里运行 pip install \".[{extra}]\""
        )


_EXTRAS = {"train": "训练用", "base": "制作基础编码器用", "scale": "多机分栏用"}
