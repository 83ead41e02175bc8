"""subao review: the desk, a page in the browser of this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from ..errors import SubaoError
from ..house import load_house
from ..text.characters import read_number
from .inbox import load_for_issue
from .issue import add_template
from .parser import add_model, add_verb, say

STORE = "存档"  # where earlier issues lie unless --archive says otherwise


def add_review(verbs) -> None:
    parser = add_verb(
        verbs, "review", _review, "工作台：在浏览器里看稿、改栏目、定重点、付印（只在这台电脑上）",
        "subao review corpus/issues/第12期.md",
    )  # fmt: skip
    parser.add_argument("place", nargs="?", type=Path, metavar="DIR|FILE.md", help="一期的文件夹或稿件文件（默认：当前文件夹下最新的一期）")
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="用哪个端口（默认任取一个空的）")
    parser.add_argument("--no-browser", action="store_true", help="不打开浏览器，只显示地址；付印以后也不打开文件夹")
    parser.add_argument("--archive", type=Path, metavar="DIR", help=f"以前各期所在的文件夹，供查找（默认：旁边的“{STORE}”）")
    parser.add_argument("--inbox", type=Path, metavar="DIR", help="拖进来的稿件放到哪里（默认：这一期文件夹里的“来稿”）")
    add_template(parser)
    add_model(parser)


def _review(arguments: argparse.Namespace) -> None:
    from ..desk.server import Server

    desk = desk_of(arguments)
    for line in desk.file.take_register():
        say(line)
    try:
        server = Server(desk, arguments.port)
    except OSError as error:
        raise SubaoError(f"--port {arguments.port}：这个端口用不了（{error.strerror}）；请换一个，或不写 --port") from error
    print(server.address, flush=True)
    say(f"工作台开着：{desk.file.path}。用完在这个窗口按 Ctrl-C，或把它关掉；每一步都已在稿件文件里")
    if not arguments.no_browser:
        import webbrowser

        webbrowser.open(server.address)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()
    desk.close()


def desk_of(arguments: argparse.Namespace):
    """The desk as the arguments say, the newest issue's where they name none."""
    from ..desk.archive import Archive
    from ..desk.desk import Desk
    from ..desk.issue_file import IssueFile
    from ..desk.opinions import Opinions
    from ..issue.folder import Place

    house = load_house(arguments.house)
    place = Place.of(arguments.place or newest_issue(Path()))
    file = IssueFile(place, house)
    file.read()
    beside = next((folder / STORE for folder in (place.folder, *place.folder.resolve().parents[:2]) if (folder / STORE).is_dir()), None)
    return Desk(
        file, house, Opinions(lambda: load_for_issue(arguments, house)), Archive(arguments.archive or beside, house, place.file),
        arguments.inbox or place.folder / "来稿", arguments.template, (lambda folder: None) if arguments.no_browser else _show_folder,
    )  # fmt: skip


def newest_issue(folder: Path) -> Path:
    """The issue with the highest number in or below a folder; SubaoError where there is none."""
    from ..issue.folder import Place

    found = []
    for place in (folder.resolve(), *folder.glob("*"), *folder.glob("*/*")):
        if place.is_dir() and read_number(place.name):
            with contextlib.suppress(SubaoError):
                Place.of(place)
                found.append(place)
    if not found:
        raise SubaoError(f"{folder.resolve()}：没有找到哪一期的文件夹（第N期）；请先运行 subao draft 来稿 -o 第46期，或写明 subao review 第46期")
    return max(found, key=lambda place: (int(read_number(place.name)), place.stat().st_mtime))


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"要写 0 到 65535 的整数，不能是 {text!r}")
    return int(text)


def _show_folder(folder: Path) -> None:
    """Open a folder in the file manager, where there is one."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.startfile(folder)
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen([opener, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
