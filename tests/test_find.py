"""Finding in the archive: every word stands there, the best place first."""

from __future__ import annotations

import json

from desk import ARTICLES, HOUSE, served, write_issue
from shell import run

from nlp.bulletin import Article, Issue
from nlp.issue.search import find, folded

ARCHIVE = [
    ("第44期", Issue((Article("机器人进车间", "车间里来了机器人。", column="产品市场"), Article("赛事", "机器人足球赛。", column="不收录")), "44", "2022-04-15")),
    ("第45期", Issue((Article("车间改造", "改造用上机器人和ＡＩ视觉。" + "后面的话。" * 30, "江淮报", column="行业新闻"),), "45", "2022-05-01")),
    ("第46期", Issue((Article("周报", "没有别的。", column="行业新闻"), Article("机器人标准", "标准。", column="标准化")), "46", "2022-05-15")),
]  # fmt: skip


def test_titles_come_first_then_what_was_printed_then_the_newest():
    assert [hit.article.title for hit in find(["机器人"], ARCHIVE)] == ["机器人标准", "机器人进车间", "车间改造", "赛事"]


def test_every_word_must_stand_in_title_text_source_column_number_or_date():
    assert [hit.article.title for hit in find(["机器人", "江淮"], ARCHIVE)] == ["车间改造"]
    assert [hit.article.title for hit in find(["第46期 标准化"], ARCHIVE)] == ["机器人标准"]
    assert [hit.article.title for hit in find(["2022-04-15", "车间"], ARCHIVE)] == ["机器人进车间"]
    assert find(["没有这个词"], ARCHIVE) == [] and find([" "], ARCHIVE) == []


def test_width_and_case_are_one_and_the_passage_is_the_articles_own():
    hit = find(["ai"], ARCHIVE)[0]
    assert hit.excerpt[hit.start : hit.end] == "ＡＩ" and hit.excerpt.endswith("…")
    assert hit.excerpt.strip("…") in hit.article.body
    assert folded("ＡＩ芯片　Ａ") == "ai芯片 a" and len(folded("İ")) == 1


def test_find_prints_the_issue_and_the_passage(tmp_path):
    write_issue(tmp_path / "第46期")
    done = run("find", "磨床", "--archive", tmp_path)
    assert done.returncode == 0 and "第46期  2022-05-15  产品市场  齿轮厂换上自研磨床" in done.stdout and "1 期里找到 1 篇" in done.stderr
    found = [json.loads(line) for line in run("find", "磨床", "--archive", tmp_path, "--json").stdout.splitlines()]
    assert [(row["issue"], row["column"], row["title"]) for row in found] == [("46", "产品市场", ARTICLES[2].title)]
    assert "没有这个文件夹" in run("find", "磨床", "--archive", tmp_path / "none").stderr


def test_the_desk_finds_in_earlier_issues_but_not_in_its_own(tmp_path):
    file = write_issue(tmp_path / "第46期")
    (tmp_path / "第45期.md").write_text(file.read_text(encoding="utf-8").replace("期号: 46", "期号: 45"), encoding="utf-8")
    with served(file, archive=tmp_path) as caller:
        assert caller.get("/api/house")["archive"]
        hits = caller.get("/api/find", q="磨床 精度")
    assert [(hit["issue"], hit["title"]) for hit in hits] == [("第45期", ARTICLES[2].title)]
    assert "".join(hits[0]["excerpt"]) and hits[0]["excerpt"][1] == "磨床"
    assert HOUSE.column_names[3] == hits[0]["column"]
