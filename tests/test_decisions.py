"""What a newsroom decided is read from its files, and the figures are those of its files."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import openpyxl
import pytest

from nlp.bulletin import REJECTED, RESERVE, Article, Issue
from nlp.cli import main
from nlp.errors import SubaoError
from nlp.house import load_house
from nlp.issue import markdown as issues
from nlp.learning import stats, taste
from nlp.learning.decisions import CORRECTED, PRINTED, read_decisions, sift
from nlp.learning.stats_book import book
from nlp.learning.stats_page import page

HOUSE = load_house()


def correction(title: str, to: str, was: str = "行业新闻", **more) -> dict:
    facts = {"time": "2022-06-02T09:00:00", "issue": "46", "id": f"{title}.txt", "title": title, "body": f"{title}，今天发布。",
             "from": was, "to": to, "second": to, "confidence": 0.41, "model": "61e7cfb"}  # fmt: skip
    return facts | more


def write_corrections(folder, *rows, tail="") -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "更正.jsonl").write_text("\n".join(lines) + "\n" + tail, encoding="utf-8")


def printed(folder, number: str, *articles: Article, highlights=(), date="2022-05-31") -> None:
    text = issues.write(Issue(articles, number, date, HOUSE.institution, highlights), HOUSE)
    (folder / f"第{number}期.md").write_text(text, encoding="utf-8")


def decisions_of(folder, said=None):
    return read_decisions([folder], HOUSE, (said if said is not None else []).append)


def test_corrections_and_printed_issues_are_decisions(tmp_path):
    write_corrections(tmp_path, correction("机器人标准", "标准化"))
    printed(tmp_path, "45", Article("专利法施行", "新法施行。", column="知识产权"), Article("一篇没用的", "不登。", column=REJECTED))
    found = {(d.article.title, d.column, d.origin) for d in decisions_of(tmp_path)}
    assert found == {("机器人标准", "标准化", CORRECTED), ("专利法施行", "知识产权", PRINTED)}


def test_a_drafts_own_columns_teach_nothing(tmp_path):
    printed(tmp_path, "46", Article("机器人标准", "今天发布。", path="a.txt", column="标准化"))
    assert decisions_of(tmp_path) == []


def test_the_last_correction_holds_and_one_that_leads_back_is_none(tmp_path):
    write_corrections(
        tmp_path, correction("甲", "标准化"), correction("甲", "知识产权"),
        correction("乙", "标准化"), correction("乙", "行业新闻"),
    )  # fmt: skip
    assert [(d.article.title, d.column) for d in decisions_of(tmp_path)] == [("甲", "知识产权")]


def test_lines_that_a_crash_cut_off_cost_only_themselves(tmp_path):
    write_corrections(tmp_path, correction("甲", "标准化"), {"title": "没有栏目"}, [1], tail='{"title": "断了')
    said: list[str] = []
    assert len(decisions_of(tmp_path, said)) == 1
    assert len(said) == 3 and all("第" in line and "行" in line for line in said)


def test_two_versions_of_one_story_with_different_columns_are_both_left_out(tmp_path):
    body = "常州市今天举行新能源产业推进会，二十家企业签约，总投资超过三百亿元，涉及动力电池、光伏和氢能三个方向。"
    write_corrections(tmp_path, correction("推进会", "各地动态", body=body, id="a"), correction("推进会举行", "产品市场", body=body + "会议由市政府主办。", id="b"),
                      correction("别的", "标准化", id="c"))  # fmt: skip
    material = sift(decisions_of(tmp_path), HOUSE)
    assert [d.article.title for d in material.decisions] == ["别的"]
    assert {(d.article.title, others) for d, others in material.contradicting} == {("推进会", "产品市场"), ("推进会举行", "各地动态")}


def test_a_change_of_mind_is_no_contradiction_and_a_column_the_house_lacks_is_named(tmp_path):
    early, late = correction("甲", "标准化", issue="45", time="2022-05-01T08:00:00"), correction("甲", "知识产权")
    write_corrections(tmp_path, late, early, correction("乙", "人才"))
    material = sift(decisions_of(tmp_path), HOUSE)
    assert [d.column for d in material.decisions] == ["知识产权"]
    assert [d.column for d in material.unknown] == ["人才"]


def archive(tmp_path):
    """Issue 46 drafted by the tool and corrected once, issue 45 read back from print."""
    a = Article("标准发布", "标准发布，今天发布。", "常州日报", "2022-05-29", "标准发布.txt", "标准化")
    printed(
        tmp_path, "46", a, replace(a, title="专利", path="b.txt", column="知识产权", source=""), replace(a, title="等一等", path="c.txt", column=RESERVE),
        replace(a, title="球赛", path="d.txt", column=REJECTED), replace(a, title="重复", path="e.txt", column=REJECTED, duplicate_of="标准发布"),
    )  # fmt: skip
    printed(tmp_path, "45", Article("政策", "政策。", "=公式报", "2022-04-30", column="政策法规"), date="2022-05-15")
    write_corrections(tmp_path, correction("标准发布", "标准化"))
    return tmp_path


def test_received_printed_and_right_are_counted_as_worked_by_hand(tmp_path):
    found = stats.count(stats.collect([archive(tmp_path)], HOUSE, print), "column", HOUSE)
    # Received (issue 46, copy left aside): 4, two of them printed; issue 45 was only read back: one more printed.
    assert (found.total.received, found.total.printed, found.total.reserve, found.total.rejected) == (4, 3, 1, 1)
    assert found.total.accepted == 0.5
    # The tool had a say on three (not on 备选): wrong once, and then its second was right.
    assert (found.total.judged, found.total.first, found.total.second) == (3, pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found.confused == [("行业新闻", "标准化", 1)]
    # 2 and 2 days from the article to issue 46, 15 to issue 45: the median is 48 hours.
    assert (found.hours, found.hours_n) == (48.0, 3)
    assert [line.name for line in found.lines] == ["政策法规", "知识产权", "标准化", RESERVE, REJECTED]


def test_by_month_and_by_source_every_article_is_counted_once(tmp_path):
    items = stats.collect([archive(tmp_path)], HOUSE, print)
    for by in ("month", "source"):
        found = stats.count(items, by, HOUSE)
        assert sum(line.printed + line.reserve + line.rejected for line in found.lines) == 5
    assert [line.name for line in stats.count(items, "month", HOUSE).lines] == ["2022-05"]
    assert stats.count(items, "source", HOUSE).lines[-1].name == stats.UNKNOWN


def test_the_page_is_well_formed_without_scripts_and_shows_text_as_text(tmp_path):
    items = [replace(item, source="<script>alert(1)</script>") for item in stats.collect([archive(tmp_path)], HOUSE, print)]
    text = page(items, HOUSE)
    root = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n").replace('<meta charset="utf-8">', ""))
    assert not root.findall(".//script") and "&lt;script&gt;" in text and "http-equiv" not in text
    assert len(root.findall(".//{http://www.w3.org/2000/svg}svg")) == 4
    assert page(items, HOUSE, whole=False) in text
    assert ElementTree.fromstring(stats.picture(tmp_path, HOUSE)).tag.endswith("svg")
    assert stats.picture(tmp_path / "没有", HOUSE) is None


def test_the_workbook_is_the_same_twice_and_runs_no_formula(tmp_path):
    items = stats.collect([archive(tmp_path)], HOUSE, print)
    made = openpyxl.load_workbook(io.BytesIO(book(items, HOUSE)))
    assert made.sheetnames == ["按月份", "按来源", "按栏目", "改过的栏目"]
    cell = next(row[0] for row in made["按来源"].iter_rows() if row[0].value == "=公式报")
    assert cell.data_type == "s"


def test_stats_are_printed_and_written_as_an_editor_asks(tmp_path, capsys):
    folder = archive(tmp_path)
    assert main(["stats", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["printed"] == 3
    for name in ("统计.xlsx", "统计.csv", "统计.html"):
        assert main(["stats", str(folder), "-o", str(tmp_path / name), "--by", "source"]) == 0
        assert (tmp_path / name).stat().st_size
    captured = capsys.readouterr()
    assert "常州日报" in captured.out and "行业新闻 → 标准化 1 篇" in captured.err
    assert main(["stats", str(folder), "-o", "统计.doc"]) == 1
    assert main(["stats", str(tmp_path / "没有")]) == 1


def leading(favoured: str, n: int) -> list[Article]:
    columns = ["政策法规", "各地动态", "行业新闻", "产品市场", "标准化", favoured]
    return [Article(f"第{n}期{column}第{i}篇", "一般消息，没有数字。", column=column) for column in dict.fromkeys(columns) for i in (1, 2)]


def test_a_newsroom_that_leads_with_another_column_moves_its_weight(tmp_path, capsys):
    for n in range(1, 6):
        articles = leading("产品市场", n)
        printed(tmp_path, str(n), *articles, highlights=tuple(a.title for a in articles if a.column == "产品市场"))
    lines = taste.learn([tmp_path], HOUSE)
    assert "分量已照本刊移动" in lines[0] and "产品市场" in lines[0]
    from nlp.highlights.moved import moved_weights
    from nlp.highlights.ranking import choose

    led = [choice.article.column for choice in choose(leading("产品市场", 9), HOUSE, 2)]
    assert led.count("产品市场") >= 1
    assert main(["use"]) == 0 and "本期重点的分量照本刊 5 期移动过" in capsys.readouterr().out
    assert main(["use", "--shipped"]) == 0 and not moved_weights()
    assert main(["use", "--back"]) == 0 and moved_weights()["产品市场"] > 0


def test_a_newsroom_that_leads_as_the_tool_does_moves_nothing(tmp_path):
    from nlp.highlights.moved import moved_weights
    from nlp.highlights.ranking import choose

    for n in range(1, 4):
        articles = leading("标准化", n)
        printed(tmp_path, str(n), *articles, highlights=tuple(choice.article.title for choice in choose(articles, HOUSE)))
    assert "没有变好" in taste.learn([tmp_path], HOUSE)[0]
    assert not moved_weights()


def test_nothing_to_count_is_one_line(tmp_path):
    with pytest.raises(SubaoError, match="没有稿件文件"):
        stats.collect([tmp_path], HOUSE, print)
