"""Titles over several lines: at words and by sense, balanced, nothing parted that belongs together."""

from __future__ import annotations

import pytest

from nlp.word.titles import break_entry, break_title, costs
from nlp.word.widths import ems

LINE = 24.5  # ems, as over an article


def test_latin_letters_are_as_wide_as_times_new_roman_has_them():
    assert ems("AI 芯片") == round(0.722 + 0.333 + 0.25 + 2, 3)
    assert ems("5G基站") == round(0.5 + 0.722 + 0.25 + 2, 3)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("一行就够的题目", ["一行就够的题目"]),
        ("某省公布省级科研经费负面清单 十一类支出不得列支", ["某省公布省级科研经费负面清单 ", "十一类支出不得列支"]),
        ("科技部副主任某某谈增强国家创新体系整体效能 支撑科技强国建设", ["科技部副主任某某谈增强国家创新体系整体效能 ", "支撑科技强国建设"]),
        ("加工中心怎么补短板——《加工中心能力提升工作方案》专家解读", ["加工中心怎么补短板", "——《加工中心能力提升工作方案》专家解读"]),
        ("某市：以科技创新驱动制造业高质量发展，建设智造基地的实践", ["某市：以科技创新驱动制造业高质量发展，", "建设智造基地的实践"]),
    ],
)
def test_a_title_turns_over_where_it_reads_well(title, lines):
    assert break_title(title, LINE) == lines


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ("关于组织学习贯彻习近平总书记在科学家座谈会上的重要讲话精神的通知", "习近平"),
        ("某集团前三季度实现营业收入突破1234.5亿元并创下同期历史新高", "1234.5亿元"),
        ("某新区举行“揭榜挂帅”项目发布会并与二十八家企业签订合作协议", "“揭榜挂帅”"),
        ("两部门联合发布《智能制造试点示范行动实施方案》并部署下一步工作", "《智能制造试点示范行动实施方案》"),
        ("国内首个面向工业场景的OpenHarmony操作系统在某地正式对外发布", "OpenHarmony"),
        ("某品牌今日推出传奇系列 2023 年度限定配色冰晶蓝无线耳机新品", "2023 年度"),
        ("某国公司本周早些时候发布了第 4财季财报并透露即将测试新型硬盘", "第 4财季"),
        ("某市副市长一行考察阿列克谢・伊万诺夫精密仪器实验室并座谈交流", "克谢・伊"),
        ("深入贯彻新发展理念奋力谱写高质量发展新篇章——某某同志在某地考察工作纪实", "——"),
    ],
)
@pytest.mark.parametrize("line", [14.0, 18.0, LINE])
def test_names_amounts_quotations_and_words_stay_whole(title, whole, line):
    lines = break_title(title, line)
    assert "".join(lines) == title and len(lines) > 1
    if ems(whole) < line:
        assert any(whole in text for text in lines)
    assert all(ems(text.rstrip()) <= line for text in lines)


def test_a_title_within_book_marks_that_fills_more_than_a_line_turns_over_at_a_word():
    title = "《关于进一步支持某某市建设国家先进制造业高地若干政策措施的实施意见》印发"
    lines = break_title(title, LINE)
    assert len(lines) == 2 and costs(title)[len(lines[0])] < 1000


def test_a_heading_in_book_marks_longer_than_a_line_parts_no_quotation_in_it():
    title = "某市工业和信息化局印发《某市加快打造“新一代世界一流汽车城”三年行动计划（2023-2025 年）》"
    lines = break_title(title, LINE)
    assert any("“新一代世界一流汽车城”" in line for line in lines)


def test_a_short_first_line_is_better_than_a_broken_pair():
    title = "关于印发《某某专业高级专业技术资格标准条件（试行）》和《某某学专业高级技术资格标准条件（试行）》的通知"
    assert all(line.count("《") == line.count("》") for line in break_title(title, LINE))


def test_no_line_is_left_with_a_character_or_two():
    for n in range(20, 60):
        title = ("数字经济赋能制造业企业转型升级的实践路径与政策建议研究报告" * 3)[:n]
        for lines in (break_title(title, LINE), break_entry(title, 31.0), break_title(title, 28.0, centred=False)):
            assert "".join(lines) == title
            assert len(lines) == 1 or ems(lines[-1]) >= 3


def test_centred_lines_are_balanced_and_those_of_a_list_are_full():
    title = "某某市科学技术局组织开展高新技术企业认定申报培训和政策宣讲活动"
    over, listed = break_title(title, LINE), break_title(title, 28.0, centred=False)
    assert abs(ems(over[0]) - ems(over[1])) < 8
    assert ems(listed[0]) > ems(listed[1])


def test_what_is_no_title_is_left_alone_at_once():
    assert break_title("长" * 30_000, LINE) == ["长" * 30_000]
