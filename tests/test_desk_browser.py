"""An editor's hour at the desk in a real Chromium: twenty articles by keyboard, and the files afterwards."""

from __future__ import annotations

import os
import re
import shutil
import threading

import pytest
from desk import HOUSE
from shell import INBOX

from nlp.issue.markdown import parse

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 180_000  # milliseconds; a busy machine

DROP = """([name, text]) => {
  const data = new DataTransfer();
  for (const [n, t] of [[name, text], ["二_" + name, text.replaceAll("永川", "白沙").replaceAll("轴承", "阀门").replaceAll("3", "8")]])
    data.items.add(new File([t], n, {type: "text/plain"}));
  for (const kind of ["dragover", "drop"]) dispatchEvent(new DragEvent(kind, {dataTransfer: data, cancelable: true}));
}"""
LATE = """永川轴承检测中心投用

永川区日前建成轴承检测中心，首批33台设备到位。中心面向全区230家轴承企业开放，检测费比外送低三成。

区科技局说，中心年内还要取得两项国家认可，届时企业出口不必再送样到外地。

（来源：永川日报，2022-05-20）
"""


@pytest.fixture
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright，浏览器里的测试跳过")
    if CHROMIUM is None:
        pytest.skip("这台机器上没有 chromium，浏览器里的测试跳过")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A draft of the sample inbox on the desk, as `subao review DIR` serves it, with the shipped model."""
    from nlp.cli import build_parser, main
    from nlp.cli.review import desk_of
    from nlp.desk.server import Server

    monkeypatch.setenv("PATH", str(tmp_path))  # without LibreOffice, which takes seconds
    folder = tmp_path / "第46期"
    assert main(["draft", str(INBOX), "-o", str(folder)]) == 0
    server = Server(desk_of(build_parser().parse_args(["review", str(folder), "--no-browser"])))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    server.desk.close()


def test_an_hour_at_the_desk(chromium, desk):
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(desk.address, timeout=PATIENCE)
    page.wait_for_selector("body[data-ready]")
    file = desk.desk.file.path

    def issue():
        return parse(file.read_text(encoding="utf-8"), HOUSE)

    def selected() -> str:
        return page.get_attribute(".row[aria-selected=true]", "data-key")

    def press(key: str, waits: str) -> None:
        """One key, and what the page says once it is on the disk."""
        page.evaluate("document.getElementById('notice').textContent = ''")
        page.keyboard.press(key)
        page.wait_for_function("() => document.getElementById('notice').textContent")
        assert waits in page.text_content("#notice")

    # Twenty articles by keyboard: five moved, the others accepted or passed.
    page.click("[data-order=issue]")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('.paper textarea.title')")
    before = {a.path: a.column for a in issue().articles}
    moves = {2: "6", 5: "1", 8: "0", 11: "b", 19: "3"}
    places = dict(zip("1234567", HOUSE.column_names, strict=True)) | {"0": "不收录", "b": "备选"}
    moved: dict[str, str] = {}
    for n in range(20):
        key = selected()
        if n in moves:
            press(moves[n], places[moves[n]])
            moved[key] = places[moves[n]]
        else:
            page.keyboard.press("Enter")
        page.wait_for_function("key => document.querySelector('.row[aria-selected=true]').dataset.key !== key", arg=key)
    assert {a.path: a.column for a in issue().articles} == before | moved
    assert not any(a.doubt for a in issue().articles if a.path in moved)

    # One undone, one done again and undone.
    last = list(moved)[-1]
    press("z", "撤销了")
    press("Shift+Z", "重做了")
    press("z", "撤销了")
    assert {a.path: a.column for a in issue().articles} == before | moved | {last: before[last]}

    # One dragged onto another: it stands before it.
    in_columns = [a for a in issue().articles if a.column in HOUSE.column_names]
    first = in_columns[0]
    other = next(a for a in in_columns if a.column != first.column)
    page.evaluate("document.getElementById('rows').scrollTop = 0")  # both in sight
    page.drag_and_drop(f'.row[data-key="{other.path}"]', f'.row[data-key="{first.path}"]')
    page.wait_for_function("said => document.getElementById('notice').textContent.includes(said)", arg=f"→ {first.column}")
    printed = [a for a in issue().articles if a.column == first.column]
    assert [a.path for a in printed[:2]] == [other.path, first.path]

    # Highlights: one more, moved to the top by keyboard, its key sentence picked.
    page.click(f'.row[data-key="{first.path}"]')
    page.wait_for_function("title => document.querySelector('.paper textarea.title').value === title", arg=first.title)
    page.focus("#rows")
    if first.title in issue().highlights:
        press("h", "不再列为重点")
    press("h", "列为重点")
    assert issue().highlights[-1] == first.title
    for _ in range(len(issue().highlights) - 1):
        page.focus(f'.leads li[data-title="{first.title}"]')
        press("Alt+ArrowUp", "第")
    assert issue().highlights[0] == first.title
    page.wait_for_selector(".text.picking .sentence")
    sentence = page.locator(".text.picking .sentence").nth(1)
    said = sentence.inner_text()
    sentence.click()
    page.wait_for_selector(".sentence.picked")
    assert next(a for a in issue().articles if a.path == first.path).key_sentence.replace("\n", "") == said

    # A title edited in place; the highlight follows.
    page.fill(".paper textarea.title", "编辑改过的标题")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.leads li').dataset.title === '编辑改过的标题'")
    assert issue().highlights[0] == "编辑改过的标题"

    # A change in a text editor meanwhile: read in, nothing lost.
    file.write_text(file.read_text(encoding="utf-8").replace("编辑改过的标题", "文本编辑器改的标题"), encoding="utf-8")
    page.wait_for_function("() => document.querySelector('.leads li').dataset.title === '文本编辑器改的标题'")

    # Two files dropped.
    count = len(issue().articles)
    page.evaluate(DROP, ["轴承中心.txt", LATE])
    page.wait_for_selector("dialog#ask[open]")
    assert "新增 2 篇" in page.inner_text("#ask-body")
    page.keyboard.press("Escape")
    late = [a for a in issue().articles if a.fresh]
    assert len(issue().articles) == count + 2 and {a.source for a in late} == {"永川日报", "白沙日报"}
    assert sorted(os.listdir(file.parent / "来稿")) == ["二_轴承中心.txt", "轴承中心.txt"]

    # Printed.
    page.click("#print")
    page.wait_for_function("() => document.querySelector('dialog#ask[open]') || /写好/.test(document.getElementById('notice').textContent)")
    if page.locator("dialog#ask[open] >> text=照样排").count():
        page.click("text=照样排")
        page.wait_for_function("() => /写好/.test(document.getElementById('notice').textContent)")
    from docx import Document

    words = "".join(p.text for p in Document(file.with_suffix(".docx")).paragraphs)
    assert "文本编辑器改的标题" in re.sub(r"\s", "", words)
    assert wrong == []
