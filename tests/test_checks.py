"""Slips in an issue file: each is found with its line and the way out, and a sound file has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlp.bulletin import RESERVE, Article, Issue
from nlp.house import load_house
from nlp.issue.checks import check, with_remarks
from nlp.issue.identity import key_of
from nlp.issue.markdown import parse, write
from nlp.issue.memory import Memory, Record

HOUSE = load_house()
ONE = Article("两部门部署标准化试点", "两部门近日联合印发通知，部署三十项标准化试点。\n通知要求年底前完成验收。", "标准报", "2024-05-10", "a.txt", "政策法规")
TWO = Article("某市建成共享工厂", "某市今天建成一座共享工厂，首批入驻十二家企业。\n工厂按工时收费。", "日报", "2024-05-11", "b.txt", "政策法规")
THREE = Article("专利导航报告发布", "专利导航报告今天发布，覆盖三条产业链。\n报告列出一百项重点专利。", "知产报", "2024-05-12", "c.txt", "知识产权")
FOUR = Article("电动挖掘机下线", "一款电动挖掘机今天下线，换电只需六分钟。\n首批交付二十台。", "装备网", "2024-05-13", "d.txt", "产品市场")
ISSUE = Issue((ONE, TWO, FOUR, THREE), "46", "2024-05-31", "某院", (ONE.title, THREE.title))
TEXT = write(ISSUE, HOUSE)
MEMORY = Memory(tuple(Record(key_of(a), a.path, a.title, a.body, a.source, a.date, column=a.column) for a in ISSUE.articles))


def text_of(*articles: Article, **facts) -> str:
    return write(replace(ISSUE, articles=articles or ISSUE.articles, **facts), HOUSE)


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), 1) if words in line)


def test_a_sound_issue_has_no_remarks():
    assert check(TEXT, HOUSE) == [] and check(TEXT, HOUSE, MEMORY) == []


SLIPS = [  # what was done to the file, the line it is told at, words of the remark, whether it is an error
    (TEXT.replace(f"## {TWO.title}", TWO.title), TWO.title, "来源在《两部门", True),
    (TEXT.replace(f"## {TWO.title}\n\n<!-- 文件: b.txt -->\n\n", ""), "某市今天建成", "标题行丢了，并进了《", True),
    (TEXT.replace("# 知识产权", "知识产权"), "知识产权", "成了正文", True),
    (TEXT.replace(f"## {TWO.title}", f"##{TWO.title}"), f"##{TWO.title}", "少一个空格", False),
    (TEXT.replace("工厂按工时收费。", "（来源：另一报，2024-05-11）\n\n工厂按工时收费。"), "另一报", "正文中间", True),
    (TEXT.replace("\n# 备选\n", "\n# 备选\n\n##\n"), "##", "是空的", True),
    (TEXT.replace(f"## {TWO.title}", "##"), "##", "没有标题", True),
    (text_of(ONE, replace(TWO, title=ONE.title)), f"## {ONE.title}", "目录里才分得清", False),
    (text_of(ONE, replace(ONE, column="行业新闻")), f"## {ONE.title}", "会印两遍", True),
    (text_of(highlights=("没有这一篇文章",)), "没有这一篇文章", "对不上", True),
    (text_of(highlights=(f"{ONE.title}工作",)), f"{ONE.title}工作", "改过标题的请一并改", False),
    (text_of(replace(ONE, column=RESERVE), TWO), ONE.title, "这一篇在备选里", True),
    (text_of(replace(TWO, title="某市今天建成一座共享工厂，首批入驻十")), "首批入驻十", "没有写完", False),
    (text_of(replace(TWO, title="某市建成共享……")), "共享……", "没有写完", False),
    (text_of(replace(TWO, body="")), TWO.title, "没有正文", False),
    (text_of(replace(TWO, body="All work and no play makes Jack a dull boy. " * 3)), TWO.title, "几乎没有汉字", False),
    (text_of(replace(TWO, date="2024-06-01")), TWO.title, "之后", True),
    (text_of(replace(TWO, date="2023-05-01")), TWO.title, "一年以上", False),
    (text_of(ONE, FOUR, THREE), "", "已不在稿件文件里：《某市建成共享工厂》", False),
    (TEXT.replace("# 标准化", "# 标准"), "# 标准", "没有“标准”这个栏目", True),
    (TEXT.replace("日期: 2024-05-31", "日期: 五月"), "", "不是一个日子", False),
    (text_of(replace(TWO, source="")), "", "1 篇没有来源", False),
    (text_of(number="", highlights=()), "", "期号空着", False),
]


@pytest.mark.parametrize(("text", "at", "words", "error"), SLIPS)
def test_a_slip_is_told_with_its_line_and_the_way_out(text, at, words, error):
    assert text != TEXT
    found = [remark for remark in check(text, HOUSE, MEMORY) if words in remark.text]
    assert found, [remark.text for remark in check(text, HOUSE, MEMORY)]
    assert found[0].error is error and any(word in found[0].text for word in ("请", "可", "只能是")) and "\n" not in found[0].text
    lines = text.split("\n")
    if at:
        near = "\n".join(lines[found[0].line - 1 : found[0].line + 4]) + lines[found[0].line - 2]
        assert at in near or at in "\n".join(lines[max(0, found[0].line - 14) : found[0].line]), found[0]
    else:
        assert found[0].line == 0


@pytest.mark.parametrize(("text", "at", "words", "error"), SLIPS)
def test_the_marks_are_no_part_of_the_issue_and_go_when_the_slip_is_mended(text, at, words, error):
    remarks = check(text, HOUSE, MEMORY)
    marked, moved = with_remarks(text, remarks)
    lines = marked.split("\n")
    assert [remark.text for remark in moved] != [] and marked.count("<!-- 提醒") == sum(remark.line > 0 for remark in moved)
    for remark in moved:
        if remark.line:
            assert any(remark.text in line for line in lines[remark.line : remark.line + len(moved)])
    assert [remark.text for remark in check(marked, HOUSE, MEMORY)] == [remark.text for remark in remarks]
    assert with_remarks(marked, check(marked, HOUSE, MEMORY))[0] == marked
    assert with_remarks(marked, [])[0] == text
    if not any("没有“标准”" in remark.text for remark in remarks):
        assert parse(marked, HOUSE) == parse(text, HOUSE)


def test_a_guessed_title_is_told_until_it_is_changed():
    memory = replace(MEMORY, records=(replace(MEMORY.records[0], notes=("标题为推测",)), *MEMORY.records[1:]))
    found = check(TEXT, HOUSE, memory)
    assert [(r.line, r.error) for r in found] == [(line_of(TEXT, f"## {ONE.title}"), False)] and "推测" in found[0].text
    better = text_of(replace(ONE, title="两部门部署三十项标准化试点"), TWO, FOUR, THREE, highlights=())
    assert check(better, HOUSE, memory) == []


def test_what_was_deleted_and_told_is_not_told_again_but_what_melted_is():
    memory = replace(MEMORY, records=tuple(replace(record, withdrawn=True) for record in MEMORY.records))
    assert check(text_of(ONE, FOUR, THREE), HOUSE, memory) == []
    melted = TEXT.replace(f"## {TWO.title}\n\n<!-- 文件: b.txt -->\n\n", "").replace("（来源：标准报，2024-05-10）\n", "")
    assert any(remark.error and "并进了" in remark.text for remark in check(melted, HOUSE, memory))


def test_two_parts_of_one_file_may_be_joined_again_by_taking_the_second_heading_away():
    paths = {ONE.path: "周报.docx#1", TWO.path: "周报.docx#2"}
    memory = replace(MEMORY, records=tuple(replace(record, path=paths.get(record.path, record.path)) for record in MEMORY.records))
    joined = TEXT.replace(f"## {TWO.title}\n\n<!-- 文件: b.txt -->\n\n", "").replace("（来源：标准报，2024-05-10）\n", "")
    (remark,) = [remark for remark in check(joined, HOUSE, memory) if "周报" in remark.text or "合成了一篇" in remark.text]
    assert not remark.error and TWO.title[:6] in remark.text


def test_windows_line_ends_and_a_mark_at_the_start_stay():
    text = "\ufeff" + text_of(replace(TWO, body="")).replace("\n", "\r\n")
    marked, moved = with_remarks(text, check(text, HOUSE))
    assert marked.startswith("\ufeff---\r\n") and marked.count("\n") == marked.count("\r\n") == text.count("\n") + sum(remark.line > 0 for remark in moved)
