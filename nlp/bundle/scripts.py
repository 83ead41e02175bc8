"""The scripts of the folder: 安装 makes an environment of its own in it, 速报 opens a window where ``subao`` works.

Nothing outside the folder is changed but the entry in the menu of a Linux desktop; to remove it, delete the folder.
"""

from __future__ import annotations

INSTALL_BAT = """@echo off
chcp 65001 >nul
cd /d "%~dp0"
set "PY="
py -{python} -c "" >nul 2>nul && set "PY=py -{python}"
if not defined PY python -c "import sys; sys.exit(sys.version_info[:2] != ({tuple}))" >nul 2>nul && set "PY=python"
if not defined PY for %%F in (python-{python}*.exe) do (
  echo 正在安装 Python {python}，请稍等……
  start /wait "" "%%F" /quiet InstallAllUsers=0 PrependPath=0 Include_launcher=1 Include_test=0
  set PY="%LOCALAPPDATA%\\Programs\\Python\\Python{digits}\\python.exe"
)
if not defined PY (
  echo 这台电脑上没有 Python {python}。请先安装它（python.org 的 64 位安装程序，可以拷来离线安装），再双击本文件。
  pause
  exit /b 1
)
echo 正在安装速报，约一分钟……
%PY% -m venv app || (echo 没有装成：建不了 app 文件夹。请把整个文件夹移到有写入权限的地方再试。& pause & exit /b 1)
app\\Scripts\\python.exe -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels subao || (
  echo 没有装成。请把上面的文字发给给你这个文件夹的人。
  pause
  exit /b 1
)
if not exist 稿件 mkdir 稿件
app\\Scripts\\subao.exe --version
echo 装好了。以后双击“速报.bat”。
pause
"""

START_BAT = """@echo off
chcp 65001 >nul
title 速报
if not exist "%~dp0app\\Scripts\\subao.exe" (
  echo 还没有安装：请先双击“安装.bat”。
  pause
  exit /b 1
)
set "PATH=%~dp0app\\Scripts;%PATH%"
set PYTHONUTF8=1
cd /d "%~dp0稿件"
python -m nlp.bundle.start
cmd /k
"""

INSTALL_SH = """#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
python=python{python}
command -v "$python" >/dev/null || python=python3
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != ({tuple}))' 2>/dev/null; then
  echo "这台电脑上没有能用的 Python {python}（要带 venv）。Debian、Ubuntu：sudo apt install python{python}-venv" >&2
  exit 1
fi
echo "正在安装速报，约一分钟……"
"$python" -m venv app
app/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels subao
mkdir -p 稿件
entry="[Desktop Entry]
Type=Application
Name=速报
Comment=把来稿编成一期刊物
Exec=\\"$PWD/速报.sh\\"
Path=$PWD/稿件
Terminal=true
Categories=Office;"
menu="${{XDG_DATA_HOME:-$HOME/.local/share}}/applications"
printf '%s\\n' "$entry" > 速报.desktop && chmod +x 速报.desktop
mkdir -p "$menu" && cp 速报.desktop "$menu/subao.desktop" || echo "没有放进菜单；双击本文件夹里的 速报.desktop 也一样" >&2
app/bin/subao --version
echo "装好了。以后从菜单里打开“速报”，或运行 $PWD/速报.sh"
"""

START_SH = """#!/usr/bin/env bash
here="$(dirname "$(readlink -f "$0")")"
if [ ! -x "$here/app/bin/subao" ]; then
  echo "还没有安装：请先运行 $here/安装.sh" >&2
  exit 1
fi
export PATH="$here/app/bin:$PATH"
cd "$here/稿件"
python -m nlp.bundle.start
exec "${SHELL:-bash}"
"""

READ_ME = """速报：把来稿编成一期刊物。不需要网络，不上传任何文字。

1. 把整个文件夹拷到电脑上{example}。
2. {install}，等到“装好了”。只做一次。
3. {start}：会打开一个窗口，第一屏告诉你怎么用。

来稿和编出来的各期放在本文件夹里的“稿件”。删去本文件夹就是卸载，电脑上别的地方没有留下东西{rest}。
"""


def scripts_for(platform: str, python: str) -> dict[str, bytes]:
    """The scripts of a platform by their names: for Windows UTF-8 with its line ends, for Linux plain."""
    facts = {"python": python, "tuple": python.replace(".", ", "), "digits": python.replace(".", "")}
    if platform.startswith("windows"):
        texts = {"安装.bat": INSTALL_BAT.format(**facts), "速报.bat": START_BAT}
        example, install, start, rest = "，如 D:\\速报", "双击“安装.bat”", "双击“速报.bat”", ""
    else:
        texts = {"安装.sh": INSTALL_SH.format(**facts), "速报.sh": START_SH}
        example, install, start, rest = "", "运行“安装.sh”", "从菜单里打开“速报”，或运行“速报.sh”", "（除了菜单里的一项）"
    texts["读我.txt"] = READ_ME.format(example=example, install=install, start=start, rest=rest)
    newline = "\r\n" if platform.startswith("windows") else "\n"
    return {name: text.replace("\n", newline).encode() for name, text in texts.items()}
