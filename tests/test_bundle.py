"""The offline folder: every requirement of the other machine is in it, its scripts are sound, its window says how."""

from __future__ import annotations

import os
import subprocess
import zipfile

import pytest

from nlp.bundle.scripts import scripts_for
from nlp.bundle.start import newest_issue, start
from nlp.bundle.wheels import PLATFORMS, missing


def wheel(folder, name: str, *requires: str) -> None:
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {line}" for line in requires)]
        archive.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n\n说明\n")


@pytest.mark.parametrize(
    ("platform", "python", "wanted"),
    [
        ("windows-x64", "3.12", ["colorama<1", "lxml>=5"]),
        ("linux-x64", "3.12", ["lxml>=5"]),
        ("linux-x64", "3.10", ["lxml>=5", "tomli>=2"]),
    ],
)
def test_conditions_are_asked_of_the_other_machine_and_extras_of_none(tmp_path, platform, python, wanted):
    wheel(tmp_path, "subao", "Tqdm>=4", "lxml>=5", "tomli>=2; python_version < '3.11'", "torch; extra == 'train'")
    wheel(tmp_path, "tqdm", "colorama<1; platform_system == 'Windows'")
    assert missing(tmp_path, PLATFORMS[platform], python) == wanted
    wheel(tmp_path, "lxml")
    assert missing(tmp_path, PLATFORMS[platform], python) == [line for line in wanted if "lxml" not in line]


def test_windows_gets_its_line_ends_and_one_way_to_fail_never_a_jump():
    scripts = scripts_for("windows-x64", "3.12")
    assert set(scripts) == {"安装.bat", "速报.bat", "读我.txt"}
    for name, data in scripts.items():
        assert data.count(b"\n") == data.count(b"\r\n") > 5
        if name.endswith(".bat"):  # cmd loses its place in UTF-8 text when it looks for a label
            assert data.startswith(b"@echo off\r\nchcp 65001") and b"goto" not in data
    assert "Python312\\python.exe" in scripts["安装.bat"].decode()


def test_the_scripts_of_linux_are_bash():
    scripts = scripts_for("linux-x64", "3.11")
    assert set(scripts) == {"安装.sh", "速报.sh", "读我.txt"}
    for name in ("安装.sh", "速报.sh"):
        assert subprocess.run(["bash", "-n"], input=scripts[name], timeout=20).returncode == 0
        assert b"{" not in scripts[name].replace(b"${", b"")


def test_the_window_says_how_and_opens_the_issue_worked_on_last_only_if_asked(tmp_path, monkeypatch, capsys):
    opened, asked = [], []
    monkeypatch.setattr("nlp.bundle.start.subao", lambda words: opened.append(words) or 0)
    assert start(tmp_path, asked.append) == 0 and not asked
    assert "subao draft" in capsys.readouterr().out
    for number, name in enumerate(("第46期", "第45期", "第47期")):
        (tmp_path / name).mkdir()
        if name != "第47期":  # nothing in it
            (tmp_path / name / f"{name}.md").write_text("---\n", encoding="utf-8")
            os.utime(tmp_path / name / f"{name}.md", (number, number))
    assert newest_issue(tmp_path) == tmp_path / "第45期"
    start(tmp_path, lambda question: "n")
    assert not opened
    start(tmp_path, lambda question: "")
    assert opened == [["review", str(tmp_path / "第45期")]]
