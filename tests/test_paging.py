"""Page numbers: found by LibreOffice where it is installed, one clear line where it is not or fails."""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
import time

import pytest

from nlp.bulletin import Article, Issue
from nlp.house import load_house
from nlp.word.page_numbers import PagesUnknown, find_libreoffice, find_pages
from nlp.word.typeset import printed, typeset

HOUSE = load_house()
LAWS = HOUSE.column_names[0], HOUSE.column_names[5]
needs_libreoffice = pytest.mark.skipif(find_libreoffice() is None, reason="这台机器没有安装 LibreOffice")
needs_a_shell = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for LibreOffice is a shell script")


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Put a shell script in LibreOffice's place; it finds the folder of the output in $OUT."""

    def put(script: str) -> None:
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nfor a in "$@"; do [ "$last" = --outdir ] && OUT=$a; last=$a; done\n{script}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return put


def pdf(*headings: tuple[int, int], pages: int = 9) -> bytes:
    """A PDF of blank pages with an outline of (level, page) headings."""
    import pypdf

    writer, above = pypdf.PdfWriter(), {0: None}
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    for level, page in headings:
        above[level] = writer.add_outline_item(title="题", page_number=page - 1, parent=above[level - 1])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@needs_a_shell
def test_the_first_column_stands_on_page_1_whatever_lies_before_it(stand_in, tmp_path):
    made = tmp_path / "made.pdf"
    made.write_bytes(pdf((1, 4), (2, 4), (3, 5), (2, 6), (1, 8), (2, 8)))
    stand_in(f'cp {shlex.quote(str(made))} "$OUT/issue.pdf"')
    assert find_pages(b"", 3) == [1, 3, 5]
    with pytest.raises(PagesUnknown, match=r"对不上，目录暂无页码.*“更新域”"):
        find_pages(b"", 4)


def test_an_issue_without_articles_needs_no_libreoffice(monkeypatch):
    monkeypatch.setattr("nlp.word.page_numbers.find_libreoffice", lambda: None)
    assert find_pages(b"", 0) == []
    with pytest.raises(PagesUnknown, match=r"^没有找到 LibreOffice，目录暂无页码，可点击跳转；要页码"):
        find_pages(b"", 1)


@needs_a_shell
def test_where_libreoffice_fails_or_hangs_there_is_one_line_and_no_process_left(stand_in, tmp_path):
    stand_in(f'echo $$ > {shlex.quote(str(tmp_path / "pid"))}; [ -e {shlex.quote(str(tmp_path / "slow"))} ] && sleep 60; exit 1')
    with pytest.raises(PagesUnknown, match="没有排出版面"):
        find_pages(b"", 1)
    (tmp_path / "slow").touch()
    began = time.perf_counter()
    with pytest.raises(PagesUnknown, match=r"0\.5 秒内没有排完"):
        find_pages(b"", 1, seconds=0.5)
    assert time.perf_counter() - began < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@needs_a_shell
def test_a_pdf_that_cannot_be_read_is_one_line_too(stand_in):
    stand_in('echo nonsense > "$OUT/issue.pdf"')
    with pytest.raises(PagesUnknown):
        find_pages(b"", 1)


@needs_libreoffice
def test_the_numbers_in_the_contents_are_those_printed_at_the_foot_of_the_articles_pages():
    from nlp.word.page_numbers import _convert

    articles = tuple(
        Article(f"T{i:02}X 关于长短不一的文章" + "的长题目" * (i % 4 * 3), "一段正文，占几行。" * (25 + 31 * i % 90) + "\n### 小标题\n末段。",
                "报", column=LAWS[i > 6])
        for i in range(12)
    )  # fmt: skip
    issue = Issue(articles, "46", "2022-05-31", highlights=tuple(a.title for a in articles[:3]))
    pages = find_pages(typeset(issue, HOUSE), len(printed(issue, HOUSE)))
    texts = _pdf_texts(_convert, typeset(issue, HOUSE, pages))
    contents = "".join(text for text in texts if not re.search(r"—\d+—$", text))
    for article, page in zip(articles, pages, strict=True):
        token = article.title[:4]
        assert re.search(rf"{token}\D*?\.+{page}(?=T\d\d|\D|$)", contents), token
        on = [int(found[1]) for text in texts if token in text and (found := re.search(r"—(\d+)—$", text))]
        assert on == [page], token
    assert len(set(pages)) > 5 and pages == sorted(pages)


def _pdf_texts(convert, docx: bytes) -> list[str]:
    """The text of each page of the rendered document, without white space."""
    import tempfile
    from pathlib import Path

    import pypdf

    with tempfile.TemporaryDirectory() as folder:
        data = convert(find_libreoffice(), docx, Path(folder), 120)
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]
