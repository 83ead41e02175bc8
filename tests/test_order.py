"""The order inside a column: level, leaders, weight, date; the columns stay where they are."""

from __future__ import annotations

import dataclasses

import pytest

from nlp.bulletin import RESERVE, Article, Issue
from nlp.errors import SubaoError
from nlp.house import Level, load_house
from nlp.issue.order import arrange, level, standing

HOUSE = load_house()
NAMES = [rank.name for rank in HOUSE.levels]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("习近平在某地考察时强调 科技创新要面向主战场", "中央"),
        ("国务院办公厅印发促进制造业发展的意见", "中央"),
        ("工业和信息化部部署数字化转型", "部委"),
        ("十部门联合发文支持中小企业", "部委"),
        ("中央企业利润同比增长", "企业"),
        ("江苏：科技型企业培育再提速", "省级"),
        ("【开局之年】浙江出台机器人产业措施", "省级"),
        ("北京：建成全国首个卫星互联网平台", "省级"),
        ("苏州市发布检测平台建设方案", "市级"),
        ("某县农机合作社用上新设备", "区县"),
        ("某某集团中标海上风电项目", "企业"),
    ],
)
def test_the_level_is_that_of_whoever_a_title_names_first(title, name):
    assert NAMES[level(Article(title, ""), HOUSE)] == name


def test_where_the_title_names_nobody_the_source_and_then_the_first_sentence_tell():
    assert NAMES[level(Article("平台建设提速", "", "江苏省科技厅"), HOUSE)] == "省级"
    assert NAMES[level(Article("平台建设提速", "记者从国务院获悉，平台已建成。"), HOUSE)] == "中央"
    assert level(Article("平台建设提速", "平台已建成。"), HOUSE) == len(NAMES)


def test_a_column_is_ordered_and_nothing_leaves_its_column():
    titles = ["某县出台措施", "李克强主持召开会议", "江苏发布办法", "习近平主持召开会议", "工信部印发通知"]
    policy = [Article(title, "正文。", column="政策法规") for title in titles]
    others = [Article("某某公司发布新品", "", column="产品市场"), Article("丙", "", column=RESERVE), Article("国务院丁", "", column=RESERVE)]
    issue = Issue((policy[0], others[0], *policy[1:], *others[1:]), "46")
    arranged = arrange(issue, HOUSE)
    assert [a.title for a in arranged.articles if a.column == "政策法规"] == [titles[i] for i in (3, 1, 4, 2, 0)]
    assert [a.column for a in arranged.articles] == [a.column for a in issue.articles]
    assert arranged.articles[-2:] == issue.articles[-2:]  # 备选 is nobody's order
    assert arrange(arranged, HOUSE) == arranged


def test_of_one_level_the_weightier_comes_first_and_then_the_newer():
    old, new = (Article("苏州市召开会议", "会议在市里召开。", date=day, column="各地动态") for day in ("2022-05-01", "2022-05-12"))
    assert standing(new, HOUSE) < standing(old, HOUSE)
    heavy = Article("苏州市建成国内首个检测平台", "平台投资12亿元，服务企业300家。", column="各地动态")
    assert standing(heavy, HOUSE) < standing(new, HOUSE)


def test_another_house_has_its_own_levels_and_leaders():
    house = dataclasses.replace(HOUSE, levels=(Level("校", ("校长",)), Level("院", ("学院",))), leaders=("乙", "甲"))
    articles = tuple(Article(title, "", column="政策法规") for title in ("学院开会", "校长甲讲话", "校长乙讲话"))
    assert [a.title for a in arrange(Issue(articles), house).articles] == ["校长乙讲话", "校长甲讲话", "学院开会"]
    assert arrange(Issue(articles), dataclasses.replace(HOUSE, levels=(), leaders=())).articles == articles


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("highlights = 5", "highlights = 0", "highlights 要写 1"),
        ("dates = false", 'dates = "no"', "true 或 false"),
        ('headings = ["黑体", "楷体"]', 'headings = ["隶书", "楷体"]', "隶书"),
        ('"习近平", "中共中央", "党中央", "李强"', '"习近平", 7, "李强"', "加引号"),
        ('words = ["公司"', 'words = ["(公司"', "正则表达式"),
        ("[names]", '[names]\n"" = "甲"', "左边是错的名称"),
    ],
)
def test_a_house_file_filled_in_wrongly_is_one_line(tmp_path, old, new, says):
    from nlp import house as module

    text = (module.Path(module.__file__).with_name("house.toml")).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "h.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SubaoError) as caught:
        load_house(tmp_path / "h.toml")
    assert says in str(caught.value) and "\n" not in str(caught.value)
