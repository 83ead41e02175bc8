"""The sorted inbox says the same in every form, and leaves nothing out."""

from __future__ import annotations

import json

from nlp.bulletin import Article, Prediction
from nlp.house import load_house
from nlp.issue.sorting import HEADER, Sorted, draft_issue, json_lines, manifest_row, summary, table
from nlp.text.terminal import percent

HOUSE = load_house()


def predicted(path: str, title: str, doubtful: bool = False, **scores: float) -> Prediction:
    return Prediction(Article(title, "正文。", source="某报", path=path), scores, doubtful)


INBOX = Sorted(
    [
        predicted("a.txt", "团体标准发布", 标准化=0.9, 行业新闻=0.1, 不收录=0.0),
        predicted("b.txt", "这篇说不准", True, 标准化=0.4, 行业新闻=0.38, 不收录=0.22),
        predicted("c.txt", "马拉松开跑", 标准化=0.0, 行业新闻=0.1, 不收录=0.9),
        predicted("d.txt", "团体标准发布了", True, 标准化=0.4, 行业新闻=0.3, 不收录=0.3),
    ],
    copies={3: 0},
)


def test_json_lines_answer_for_every_article_in_input_order():
    rows = [json.loads(line) for line in json_lines(INBOX)]
    assert [row["id"] for row in rows] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert rows[0] == {
        "id": "a.txt", "title": "团体标准发布", "column": "标准化", "confidence": 0.9,
        "scores": {"标准化": 0.9, "行业新闻": 0.1, "不收录": 0.0}, "doubtful": False, "duplicate_of": None,
    }  # fmt: skip
    assert rows[3]["duplicate_of"] == "a.txt"
    assert rows[1]["column"] == "标准化"


def test_the_issue_keeps_every_article_and_marks_doubt_and_copies():
    issue = draft_issue(INBOX, HOUSE, "第46期")
    assert issue.number == "46" and issue.institution == HOUSE.institution
    assert [(a.path, a.column, a.doubt, a.duplicate_of) for a in issue.articles] == [
        ("a.txt", "标准化", "", ""),
        ("b.txt", "标准化", "标准化 40%，次选 行业新闻 38%", ""),
        ("c.txt", "不收录", "", ""),
        ("d.txt", "不收录", "", "团体标准发布"),
    ]
    assert draft_issue(INBOX, HOUSE, "来稿").number == ""


def test_columns_stand_in_the_bulletins_order_and_rejected_articles_last():
    inbox = Sorted([predicted("x", "甲", 聚焦常州=0.9, 政策法规=0.1), predicted("y", "乙", 政策法规=0.9, 聚焦常州=0.1),
                    predicted("z", "丙", 不收录=0.9, 政策法规=0.1)], {})  # fmt: skip
    heads = [line for line in table(inbox, HOUSE) if line and not line.startswith(" ")]
    assert heads == ["政策法规（1）", "聚焦常州（1）", "不收录（1）"]


def test_the_table_shows_each_title_and_the_second_choice_of_doubtful_ones():
    text = "\n".join(table(INBOX, HOUSE))
    assert "请核对，或为行业新闻 38%" in text
    assert all(title in text for title in ("团体标准发布", "这篇说不准", "马拉松开跑"))
    assert "d.txt  与 a.txt 是同一篇" in text
    assert summary(INBOX, 2) == "共 4 篇，1 篇请核对，1 篇重复，2 个文件或行读不出（原因见上）"


def test_a_share_below_the_threshold_never_looks_like_it():
    assert [percent(x) for x in (0.8796, 0.88, 0.29, 0.07, 1.0, 0.0)] == ["87%", "88%", "29%", "7%", "100%", "0%"]
    assert [percent(x, 1) for x in (0.87996, 0.88, 0.999_6)] == ["87.9%", "88.0%", "99.9%"]
    sure = Sorted([predicted("a.txt", "团体标准发布", True, 标准化=0.8796, 行业新闻=0.1204)], {})
    assert " 87%  团体标准发布" in "\n".join(table(sure, HOUSE)) and "87.9%" in manifest_row(sure, 0, "")


def test_a_manifest_row_has_a_cell_for_every_heading():
    row = dict(zip(HEADER, manifest_row(INBOX, 3, "98_重复/d.txt"), strict=True))
    assert row["栏目"] == "标准化" and row["次选"] == "行业新闻" and row["把握"] == "40.0%"
    assert row["请核对"] == "是" and row["重复于"] == "a.txt" and row["文件"] == "98_重复/d.txt"
