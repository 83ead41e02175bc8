"""``python -m nlp.bundle``: fetch the wheels of a platform and put the scripts beside them."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from .. import __version__
from ..errors import SubaoError
from .scripts import scripts_for
from .wheels import PLATFORMS, gather

ROOT = Path(__file__).resolve().parents[2]  # the checkout


def build(platform: str, output: Path, python: str, installer: Path | None = None) -> Path:
    """Write the folder: wheels, scripts, and Python's own installer where one is given; return it."""
    if not (ROOT / "pyproject.toml").is_file():
        raise SubaoError(f"{ROOT}：不是本仓库的文件夹，没有 pyproject.toml；离线安装包要在仓库里制作")
    if output.exists() and any(output.iterdir()):
        raise SubaoError(f"{output}：已经有东西；请换一个 -o，或先删去它")
    if installer and not installer.is_file():
        raise SubaoError(f"{installer}：没有这个文件；请检查 --installer")
    (output / "wheels").mkdir(parents=True, exist_ok=True)
    gather(ROOT, output / "wheels", PLATFORMS[platform], python)
    for name, data in scripts_for(platform, python).items():
        (output / name).write_bytes(data)
        if name.endswith(".sh"):
            (output / name).chmod(0o755)
    if installer:
        shutil.copy(installer, output)
    return output


def main(argv: list[str] | None = None) -> int:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(
        prog="python -m nlp.bundle", description="制作离线安装包：一个文件夹，拷到没有网络的电脑上就能安装（制作时要联网）",
        epilog="例：python -m nlp.bundle --platform windows-x64 --python 3.12 -o 速报-Windows",
    )  # fmt: skip
    parser.add_argument("--platform", choices=PLATFORMS, required=True, help="给哪种电脑用")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="写到哪个文件夹")
    parser.add_argument("--python", default=here, metavar="X.Y", help=f"那台电脑上的 Python 版本（默认 {here}）")
    parser.add_argument("--installer", type=Path, metavar="FILE", help="Python 的安装程序，一并放进去；那台电脑没有 Python 时用")
    arguments = parser.parse_args(argv)
    try:
        folder = build(arguments.platform, arguments.output, arguments.python, arguments.installer)
    except SubaoError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20
    print(f"写好：{folder}（subao {__version__}，{len(list((folder / 'wheels').iterdir()))} 个安装包，{size:.0f} MB）")
    return 0


if __name__ == "__main__":
    sys.exit(main())
