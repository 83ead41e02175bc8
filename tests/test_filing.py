"""Output files: names safe everywhere, whole files or none, the same tree however often and in whatever order."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from killed import killed_everywhere, needs_fork

from nlp import files as filing
from nlp.bulletin import Article
from nlp.errors import SubaoError
from nlp.files import Copy, article_text, copy_into_folders, csv_bytes, folder_names, safe_name, write_file, write_files
from nlp.house import load_house

ROOT = Path(__file__).resolve().parents[1]
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {d + n for d in ("com", "lpt") for n in "0123456789¹²³"}


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# names

HOSTILE = [
    *["../../etc/passwd", "CON", "nul.txt", "COM9", "lpt1 .docx", "CONIN$", "COM¹", '：？*|<>"', "...", "名字. .", " a "],
    *["", "\\", "常" * 300, "A" * 199 + "。", "é", "e\u0301", "a\x00\x1f\u200b\u202eb", "\ud800", "C:\\x"],
    *["～", "con\u200b", "👨‍👩‍👧" * 40],
]


def assert_is_safe(name: str) -> None:
    assert 0 < len(name.encode("utf-8")) <= 200
    assert not set(name) & set('\\/:*?"<>|') and not {"Cc", "Cf", "Cs"} & set(map(unicodedata.category, name))
    assert name == name.strip(". ") and name not in (".", "..")
    assert name.split(".")[0].rstrip().casefold() not in RESERVED
    assert unicodedata.is_normalized("NFC", name)
    assert (Path("/root") / name).parent == Path("/root")
    assert safe_name(name) == name


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_become_safe_names(title: str):
    assert_is_safe(safe_name(title))


@given(st.text(max_size=300) | st.lists(st.sampled_from([*HOSTILE, ".", " ", "/", "常"]), max_size=6).map("".join))
def test_any_title_becomes_a_safe_name(title: str):
    assert_is_safe(safe_name(title))


def test_a_name_is_checked_again_after_it_was_cut():
    assert safe_name("nul" + " " * 300 + "x", 3) == "_nu"
    assert safe_name("NUL.常", 5) == "_NUL"


def test_a_readable_title_stays_as_it_is():
    title = "科技部：增强国家创新体系效能 支撑“科技强国”建设（2022）"
    assert safe_name(title) == title


# one file


def test_a_file_is_written_once_and_its_folder_made(tmp_path):
    path = tmp_path / "新" / "第46期.md"
    assert write_file(path, b"1") is True
    assert write_file(path, b"1") is False
    assert tree(tmp_path) == {"新/第46期.md": hashlib.sha256(b"1").hexdigest()}


def test_other_content_in_the_way_is_kept_and_the_way_out_named(tmp_path):
    path = tmp_path / "第46期.md"
    path.write_bytes(b"mine")
    with pytest.raises(SubaoError, match=r"第46期.md.*--force.*换一个位置"):
        write_file(path, b"ours")
    assert path.read_bytes() == b"mine"
    assert write_file(path, b"ours", force=True) and path.read_bytes() == b"ours"


@pytest.mark.parametrize("where", ["taken", "file/below"])
def test_a_folder_or_file_in_the_way_is_one_chinese_line(tmp_path, where):
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SubaoError, match="同名"):
        write_file(tmp_path / where, b"x", force=True)


@pytest.mark.parametrize(
    ("call", "code", "words"),
    [
        ("fsync", errno.ENOSPC, "磁盘已满"),
        ("replace", errno.EACCES, "正被.*打开"),
        ("replace", errno.EROFS, "没有写入权限"),
        ("replace", errno.EIO, "写不进去"),
    ],
)
def test_a_full_disk_or_a_locked_file_leaves_no_half_file(tmp_path, monkeypatch, call, code, words):
    path = tmp_path / "第46期.md"
    path.write_bytes(b"before")

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(filing.os, call, refuse)
    with pytest.raises(SubaoError, match=words):
        write_file(path, b"after", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["第46期.md"] and path.read_bytes() == b"before"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_read_only_folder_is_one_chinese_line(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(SubaoError, match="没有写入权限"):
        write_file(tmp_path / "a.md", b"x")
    tmp_path.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_real_limit_on_file_size_leaves_no_half_file(tmp_path):
    code = (
        "import resource, sys, pathlib; from nlp.files import write_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_file(pathlib.Path(sys.argv[1]), b'x' * 100_000)\n"
        "except Exception as error: print(type(error).__name__)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.md")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "SubaoError", done.stderr
    assert list(tmp_path.iterdir()) == []


def test_several_files_are_written_in_order_once_or_not_at_all(tmp_path):
    files = {tmp_path / "第46期" / name: name.encode() for name in ("a.md", "b.docx", "c.csv")}
    assert write_files(files) == 3 and write_files(files) == 0
    whole = tree(tmp_path / "第46期")
    (tmp_path / "第46期" / "a.md").unlink()
    (tmp_path / "第46期" / "c.csv").write_bytes(b"mine")
    with pytest.raises(SubaoError, match=r"c.csv.*没有覆盖"):
        write_files(files)
    assert not (tmp_path / "第46期" / "a.md").exists()
    assert write_files(files, force=True) == 2 and tree(tmp_path / "第46期") == whole


def test_ctrl_c_leaves_no_half_file(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(filing.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.md", b"x")
    assert list(tmp_path.iterdir()) == []


# folders

HEADER = ("编号", "标题", "文件")


def fill(inbox: Path) -> list[Copy]:
    """Thirteen copies whose names collide in every way: case, NFC and NFD, equal content, rows; one is reserved."""
    names = ["稿.docx", "A.txt", "a.TXT", "A.txt", "稿.docx", "稿.docx", "e\u0301.txt", "é.txt", "CON.txt", "常" * 90]
    folders = [*folder_names(load_house()).values(), filing.COPIES]
    inbox.mkdir(parents=True, exist_ok=True)
    copies = []
    for n, name in enumerate(names):
        (inbox / f"{n}").write_bytes(b"same" if "稿" in name else f"{n}".encode())
        copies.append(Copy(folders[1 if n < 8 else n % 10], name, inbox / f"{n}"))
    row = article_text(Article("../题?", "文。", "甲", "2022-05-15"))
    rows = [("../题?.txt", row), ("../题?.txt", row), ("../题*.txt", b"!")]
    return copies + [Copy(folders[0], name, content) for name, content in rows]


def lay(target: Path, copies: list[Copy]) -> int:
    def row(i: int, place: str) -> list[str]:
        return [str(copies[i].source), copies[i].name, place]

    return copy_into_folders(target, copies, HEADER, row, [["坏.doc", "读不出", ""], ["坏.pdf", "", ""]])


def test_every_original_is_copied_and_the_manifest_says_where(tmp_path):
    copies = fill(tmp_path / "来稿")
    before, target = tree(tmp_path / "来稿"), tmp_path / "分栏"
    assert lay(target, copies) == len(copies) + 1
    files = tree(target)
    assert sorted(files.values()) == sorted(
        [hashlib.sha256(copy.read()).hexdigest() for copy in copies] + [files[filing.MANIFEST]]
    )
    assert len({unicodedata.normalize("NFC", name).casefold() for name in files}) == len(files)
    rows = list(csv.reader(io.StringIO((target / filing.MANIFEST).read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[0] == list(HEADER) and {row[2] for row in rows[1:]} - {""} == set(files) - {filing.MANIFEST}
    assert [row[0] for row in rows[-2:]] == ["坏.doc", "坏.pdf"]
    assert tree(tmp_path / "来稿") == before


def test_a_second_run_and_another_order_write_nothing(tmp_path):
    copies, target = fill(tmp_path / "来稿"), tmp_path / "分栏"
    lay(target, copies)
    first = tree(target)
    for seed in range(5):
        random.Random(seed).shuffle(copies)
        assert lay(target, copies) == 0
        lay(tmp_path / str(seed), copies)
        assert tree(tmp_path / str(seed)) == tree(target) == first


def test_a_foreign_file_in_the_way_stops_the_run_before_anything_is_written(tmp_path):
    copies, target = fill(tmp_path / "来稿"), tmp_path / "分栏"
    lay(tmp_path / "probe", copies)
    foreign = target / next(name for name in tree(tmp_path / "probe") if name.startswith("02_"))
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"mine")
    with pytest.raises(SubaoError, match="没有覆盖"):
        lay(target, copies)
    assert list(tree(target).values()) == [hashlib.sha256(b"mine").hexdigest()]


@pytest.mark.parametrize("k", [1, 2, 5, 13, 14])
def test_a_disk_full_at_the_kth_write_leaves_whole_files_and_the_next_run_finishes(tmp_path, monkeypatch, k):
    copies = fill(tmp_path / "来稿")
    lay(tmp_path / "whole", copies)
    calls = iter(range(1, 100))
    sync = os.fsync

    def full(descriptor: int) -> None:
        if next(calls) == k:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(filing.os, "fsync", full)
    with pytest.raises(SubaoError, match="磁盘已满"):
        lay(tmp_path / "分栏", copies)
    assert tree(tmp_path / "分栏").items() <= tree(tmp_path / "whole").items()
    assert filing.MANIFEST not in tree(tmp_path / "分栏")
    lay(tmp_path / "分栏", copies)
    assert tree(tmp_path / "分栏") == tree(tmp_path / "whole")


COPYING = """
import json
from nlp.files import Copy, copy_into_folders
copies = [Copy(f, n, Path(s) if s else b.encode()) for f, n, s, b in json.loads((begin.parent / "copies.json").read_text())]
"""
SEVERAL = """
from nlp.files import write_files
"""


@needs_fork
def test_a_run_killed_at_any_write_point_is_finished_by_the_next(tmp_path):
    copies = fill(tmp_path / "来稿")
    plain = [
        (c.folder, c.name, *(("", c.source.decode()) if isinstance(c.source, bytes) else (str(c.source), "")))
        for c in copies
    ]
    (tmp_path / "copies.json").write_text(json.dumps(plain))

    def lay_plainly(target: Path) -> int:
        return copy_into_folders(target, copies, ["a"], lambda i, place: [place])

    lay_plainly(tmp_path / "whole")
    whole, inputs = tree(tmp_path / "whole"), tree(tmp_path / "来稿")
    (tmp_path / "begin").mkdir()
    folders = killed_everywhere(tmp_path / "begin", COPYING, 'copy_into_folders(folder / "out", copies, ["a"], lambda i, place: [place])')
    assert len(folders) > 40 and tree(folders[-1] / "out") == whole
    for folder in folders:
        lay_plainly(folder / "out")
        assert tree(folder / "out") == whole, folder.name
    assert tree(tmp_path / "来稿") == inputs


@needs_fork
def test_several_files_killed_at_any_write_point_are_whole_and_finished_by_the_next_run(tmp_path):
    def files(target: Path) -> dict[Path, bytes]:
        return {target / name: name.encode() for name in ("a.md", "b.docx", "c.csv")}

    write_files(files(tmp_path / "whole"))
    whole = tree(tmp_path / "whole")
    (tmp_path / "begin").mkdir()
    folders = killed_everywhere(tmp_path / "begin", SEVERAL, 'write_files({folder / "out" / name: name.encode() for name in ("a.md", "b.docx", "c.csv")})')
    assert len(folders) > 9 and tree(folders[-1] / "out") == whole
    for folder in (folder / "out" for folder in folders):
        assert {name for name in tree(folder) if not name.startswith(".subao-")} <= set(whole)
        assert all(digest == whole[name] for name, digest in tree(folder).items() if name in whole)
        write_files(files(folder))
        assert tree(folder) == whole, folder


# tables


def test_a_nul_in_a_cell_is_left_out():
    assert csv_bytes(["a"], [["\0=1"]]).endswith(b"\r\n'=1\r\n")


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-3", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_run_is_neutralised(cell: str):
    table = csv_bytes(["标题"], [[cell]])
    assert table.startswith("\ufeff标题\r\n".encode())
    assert list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))[1] == ["'" + cell]


def test_numbers_commas_quotes_and_lines_stay_as_they_are():
    cells = ["甲,“乙”", 'a"b', "一\n二", "", "a=b"]
    table = csv_bytes(["a"] * 6, [[*cells, -0.5]])
    assert list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))[1] == [*cells, "-0.5"]


def test_an_article_from_a_row_becomes_a_text_file_with_its_source():
    text = article_text(Article("题", "一\n二", "科技部", "2022-05-15")).decode()
    assert text == "题\n\n一\n二\n\n（来源：科技部，2022-05-15）\n"
    assert article_text(Article("", "一")).decode() == "一\n"
