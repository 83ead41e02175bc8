"""What people chose and wrote, read from files; what cannot be used is said in one line."""

from __future__ import annotations

import json

import pytest

from nlp.bulletin import REJECTED, RESERVE, Article, Issue
from nlp.errors import SubaoError
from nlp.evaluation.gold import REPORTED, indices_of, read_chosen, read_referenced
from nlp.house import load_house
from nlp.issue import markdown as issues

HOUSE = load_house()
ROW = {
    "number": 7,
    "articles": [
        {"column": "政策法规", "title": "甲", "body": "正文甲。"},
        {"column": REJECTED, "title": "丁", "body": "不收的。"},
        {"column": "标准化", "title": "乙", "body": "正文乙。"},
        {"column": "标准化", "title": "乙", "body": "另一篇乙。"},
    ],
    "chosen": ["乙", "甲"],
}


def jsonl(path, *rows):
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_issue_a_line_gives_the_indices_of_what_was_chosen(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", ROW | {"readers": [["甲"], ["乙", "乙"]]}, "", ROW)
    found = read_chosen([path], HOUSE, pytest.fail)
    assert [len(issue.articles) for issue in found] == [3, 3]  # 不收录 could not have been chosen
    assert found[0].chosen == {0, 1} and found[0].readers == ({0}, {1, 2})  # of two with one title the first
    assert found[1].readers == ()


def test_an_issue_file_counts_with_its_highlights_and_printed_columns(tmp_path):
    articles = tuple(Article(t, "正文。", column=c) for t, c in (("甲", "政策法规"), ("乙", "标准化"), ("丙", RESERVE)))
    path = tmp_path / "第7期.md"
    path.write_text(issues.write(Issue(articles, highlights=("乙", "丙")), HOUSE), encoding="utf-8")
    said: list[str] = []
    (issue,) = read_chosen([path], HOUSE, said.append)
    assert [a.title for a in issue.articles] == ["甲", "乙"] and issue.chosen == {1}
    assert len(said) == 1 and "第7期.md：重点“丙”不是哪一篇的标题" in said[0]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{broken", "第 2 行：不是有效的 JSON"),
        ("[1]", "第 2 行：不是 {…} 形式"),
        ("[" * 3000 + "]" * 3000, "第 2 行：嵌套超过 32 层"),
        ({"title": "一篇"}, "第 2 行：看不懂这一期"),
        (ROW | {"chosen": "甲"}, "第 2 行：看不懂这一期"),
        (ROW | {"articles": [{"column": "标准化", "title": 1, "body": ""}]}, "第 2 行：看不懂这一期"),
        (ROW | {"chosen": []}, "第 2 行：没有选出的文章"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(tmp_path, row, says):
    said: list[str] = []
    assert len(read_chosen([jsonl(tmp_path / "a.jsonl", ROW, row, ROW)], HOUSE, said.append)) == 2
    assert len(said) == 1 and says in said[0]


def test_a_file_of_another_kind_is_not_complained_of_line_by_line(tmp_path):
    said: list[str] = []
    with pytest.raises(SubaoError, match="没有可对照的一期"):
        read_chosen([jsonl(tmp_path / "a.jsonl", *[{"title": "一篇"}] * 300)], HOUSE, said.append)
    assert len(said) == REPORTED + 1 and "不再一一列出" in said[-1]


@pytest.mark.parametrize(
    ("row", "title", "reference"),
    [
        ({"title": "甲", "headline": "乙", "reference": "丙"}, "甲", "丙"),
        ({"title": "甲", "reference": "甲"}, "", "甲"),  # the answer is hidden
        ({"title": "甲", "headline": "乙"}, "", "乙"),
        ({"title": "甲", "headline": None}, "", "甲"),
        ({"title": "甲", "reference": " "}, "", "甲"),
    ],
)
def test_the_best_reference_counts_and_the_title_is_hidden_where_it_tells(tmp_path, row, title, reference):
    (found,) = read_referenced([jsonl(tmp_path / "a.jsonl", row | {"body": "正文。"})], pytest.fail)
    assert found.article == Article(title, "正文。") and found.reference == reference


def test_articles_without_body_or_reference_are_counted_out(tmp_path):
    said: list[str] = []
    path = jsonl(tmp_path / "a.jsonl", {"body": "正文。"}, {"title": "甲"}, {"title": "甲", "body": 3}, {"title": "甲", "body": "正文。"})
    assert len(read_referenced([path], said.append)) == 1
    assert len(said) == 1 and "3 篇" in said[0]
    with pytest.raises(SubaoError, match="没有可对照的文章"):
        read_referenced([jsonl(tmp_path / "b.jsonl", {"body": "正文。"})], said.append)


def test_parquet_holds_the_same_rows(tmp_path):
    import pyarrow
    import pyarrow.parquet as parquet

    rows = [{"title": "甲", "body": "正文甲。", "headline": None}, {"title": "乙", "body": "正文乙。", "headline": "丙"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    found = read_referenced([tmp_path / "a.parquet"], pytest.fail)
    assert found == read_referenced([jsonl(tmp_path / "a.jsonl", *rows)], pytest.fail)
    assert [pair.reference for pair in found] == ["甲", "丙"]


@pytest.mark.parametrize("name", ["没有.jsonl", "a.txt", "a.parquet"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    (tmp_path / "a.txt").write_text("正文", encoding="utf-8")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(SubaoError, match=name.split(".")[0]):
        read_referenced([tmp_path / name], pytest.fail)


def test_articles_that_say_the_same_have_indices_of_their_own():
    articles = [Article("甲", "正文"), Article("甲", "正文"), Article("乙", "正文")]
    assert indices_of(articles, [articles[1], articles[2]]) == {1, 2}
