"""The house check: what is said of which line, and what is left alone."""

from __future__ import annotations

import datetime
import json

import pytest

from nlp.bulletin import RESERVE, Article, Issue
from nlp.cli import main
from nlp.house import load_house
from nlp.issue.house_check import check_house
from nlp.issue.markdown import write

HOUSE = load_house()
TODAY = datetime.date(2022, 5, 31)


def found(body: str, title: str = "某市发布办法", highlights=(), **more) -> list:
    text = write(Issue((Article(title, body, column="政策法规", **more),), "46", "2022-05-31", "院", highlights), HOUSE)
    return [(remark, text.split("\n")[remark.line - 1]) for remark in check_house(text, HOUSE, TODAY)]


CLEAN = (
    "5月20日，某市发布《促进办法》，提出12条措施，“智改数转”投入3.5亿元（含补助），自2022年7月1日起施行。\n"
    "时间为9:30，比例为1:3，网址为http://a.cn/b?c=1，型号为A-3.2，见GB/T 9704。\n“第一段引语没有完。\n“第二段引语到此结束。”\n"
    "| 项目 | 数量,个 |\n| --- | --- |\n| 甲 | 1,200 |\n![图1 厂区(东)](图/a.png)"
)


def test_a_clean_article_is_left_alone():
    assert found(CLEAN) == []


@pytest.mark.parametrize(
    ("line", "says", "error"),
    [
        ("国家知识产权总局发布数据。", "应为“国家知识产权局”", True),
        ("会上发布了《促进办法，共12条。", "后面没有 》", False),
        ("他说：“要抓紧。会后大家讨论。", "后面没有 ”", False),
        ("要抓紧”，他说。", "前面没有 “", False),
        ("投入增长,效益提高。", "半角标点 1 处", False),
        ("投入(含补助)增长。", "半角标点 2 处", False),
        ('他说"要抓紧"。', "半角引号 2 处", False),
        ("投入３５万元。", "全角数字", False),
        ("投入增长。。效益提高。", "重叠的标点", False),
        ("他说...要抓紧。", "省略号", False),
        ("投入增长，效 益提高。", "汉字之间的空格", False),
        ("责任编辑：张某某", "网页上留下的", False),
        ("点击查看更多", "网页上留下的", False),
        ("2022年2月30日，会议召开。", "没有这一天", False),
        ("2023年3月20日，会议在某市召开。", "在本期日期之后", False),
    ],
)
def test_a_slip_is_told_with_its_line(line, says, error):
    [(remark, place)] = found(f"第一段。\n{line}\n末一段。")
    assert says in remark.text and place.strip() == line and remark.error == error


def test_a_line_that_breaks_off_goes_on_in_the_next_and_a_quotation_over_paragraphs():
    assert found("会上印发了《促进制造业\n高质量发展办法》（试\n行），共12条。\n他说：“要抓紧。\n要抓实。”\n1）第一条（含甲项）；2）第二条。") == []


def test_days_to_come_that_are_announced_are_left_alone():
    assert found("办法自2023年1月1日起施行。\n项目计划于2024年6月30日完成。") == []


def test_what_is_not_printed_is_not_checked_and_a_right_name_that_contains_a_wrong_one_is_right():
    text = write(Issue((Article("甲", "国家知识产权总局,说。", column=RESERVE),)), HOUSE)
    assert check_house(text, HOUSE, TODAY) == []
    import dataclasses

    house = dataclasses.replace(HOUSE, names=(("科技厅", "江苏省科技厅"),))
    text = write(Issue((Article("甲", "江苏省科技厅发文。\n科技厅发文。", column="政策法规"),)), house)
    assert [text.split("\n")[r.line - 1] for r in check_house(text, house, TODAY)] == ["科技厅发文。"]


def test_figures_and_names_of_titles_and_highlights_are_looked_up_in_the_article():
    body = "某市投入1,234.50万元，支持企业33家。"
    assert found(body, "某市投入1234.5万元支持33家企业", ("某市投入1234.5万元支持33家企业",)) == []
    [(remark, _)] = found(body, "某市投入1234.5万元支持35家企业")
    assert "标题里的数字 35" in remark.text and not remark.error
    [(remark, line)] = found(body, "某市投入1234.5万元支持企业", ("某市投入1243.5万元支持企业",))
    assert remark.error and "1243.5" in remark.text and line.startswith("- ")
    [(remark, _)] = found(body, "某市用DeepSeek服务企业")
    assert "DeepSeek" in remark.text


def test_many_slips_of_one_kind_are_one_remark():
    [(remark, _)] = found("\n".join(["投入增长,效益提高。"] * 30))
    assert "半角标点 30 处（第 " in remark.text and "等 行" not in remark.text and len(remark.text) < 120


def test_the_verb_prints_lines_and_stops_at_errors_only(tmp_path, capsys):
    file = tmp_path / "第46期.md"
    text = write(Issue((Article("甲", "他说：“好。\n![图1 厂区](图/a.png)", column="政策法规"),), "46", "2022-05-31"), HOUSE)
    file.write_text(text, encoding="utf-8")
    assert main(["check", str(file)]) == 0
    out, err = capsys.readouterr()
    assert "没有 ”" in out and "图/a.png" in out and "没有错误" in err
    file.write_text(text.replace("他说", "国家知识产权总局说"), encoding="utf-8")
    assert main(["check", str(file)]) == 1
    out, err = capsys.readouterr()
    assert "行（错误）：“国家知识产权总局”应为" in out and "1 处错误" in err
    assert main(["check", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == 1 and {"line", "text", "error"} == set(told["remarks"][0])
    assert file.read_text(encoding="utf-8") == text.replace("他说", "国家知识产权总局说")


def test_a_dateline_and_a_papers_page_are_remarked_and_a_day_without_a_source_is_not():
    text = "# 标准化\n\n## 某市发布标准\n\n新华社北京7月28日电（记者张三）某市发布标准。（讲话全文见第二版）\n\n（来源：，2022-05-15）\n"
    found = check_house(text, HOUSE)
    assert [(remark.line, "电头" in remark.text) for remark in found] == [(5, True)]
