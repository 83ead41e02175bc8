"""What speaks for an article: each reason has a name, a weight, and an article that shows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nlp.bulletin import Article
from nlp.highlights import features
from nlp.highlights.features import COLUMN, NEUTRAL, READ, SUBJECT, Reason, plain_signals
from nlp.highlights.lexicon import Lexicon
from nlp.highlights.weights import Weights
from nlp.house import load_house

HOUSE = replace(
    load_house(),
    columns=tuple(replace(c, weight=1.5 if c.name == "知识产权" else 0.0) for c in load_house().columns),
)
NAMED = {kind: 0.3 for kind, _, _ in plain_signals(Article("", ""))} | {SUBJECT: 1.0, READ: 1.0, COLUMN: 1.0, "篇幅": 0.1, "省": 0.2}
NAMED |= {"申报": -0.9, "例行": -0.4, "短讯": 0.0}
WEIGHTS = Weights(NAMED, NAMED, {"whole": np.array([[1.0, 0.0]]), "whole_counts": np.array([1.0])}, {"whole": 0.0})
WORDS = Lexicon(1200, {"制造": (300, 90), "智能": (200, 90), "提速": (100, 0), "机器人": (600, 0), "旅游": (-300, 0), "消费": (-350, 0)})
PLAIN = Article("市里开了一次会", "会议在上午举行。", column="行业新闻")


def reasons(article: Article, house=HOUSE, vector=None, weights=WEIGHTS):
    return features.reasons(article, house, vector, weights=weights, taste=WORDS)


def importance(article: Article, house=HOUSE, vector=None) -> float:
    return features.importance(article, house, vector, weights=WEIGHTS, taste=WORDS)


def names(article: Article) -> list[str]:
    return [reason.name for reason in reasons(article, HOUSE)]


def weight(article: Article, beginning: str) -> float:
    return sum(r.weight for r in reasons(article, HOUSE) if r.name.startswith(beginning))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"title": "智能制造再提速"}, "题材合本刊（制造、智能、提速）"),
        ({"title": "首台套装备交付"}, "首次或突破"),
        ({"title": "国务院印发意见"}, "国家级来源或全国性题目"),
        ({"source": "科技部"}, "国家级来源或全国性题目"),
        ({"body": "近日，国务院印发意见。"}, "导语说到国家层面"),
        ({"source": "江苏省科技厅"}, "省级"),
        ({"body": "增长 5.3%，达到 120 亿元。"}, "数据 2 处"),
        ({"column": "知识产权"}, "知识产权栏"),
    ],
)
def test_a_reason_is_named_and_makes_the_article_stronger(changes, name):
    article = replace(PLAIN, **changes)
    assert name in names(article)
    assert importance(article, HOUSE) > importance(PLAIN, HOUSE)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("假日旅游消费升温", "题材离本刊远（消费、旅游）"),
        ("关于公布人员名单的通知", "例行公文或纪实"),
        ("转发：关于组织申报2022年度省重点研发计划项目的通知", "申报、征集一类的通知"),
        ("公开征集产业标准的公告", "申报、征集一类的通知"),
    ],
)
def test_what_readers_pass_over_has_a_weight_below_zero_and_a_name(title, name):
    article = replace(PLAIN, title=title)
    assert name in names(article)
    assert importance(article, HOUSE) < importance(PLAIN, HOUSE)


def test_a_call_weighs_more_against_an_article_than_other_routine():
    call, routine = (replace(PLAIN, title=title) for title in ("关于遴选先进单位的公告", "关于公布先进名单的公告"))
    plain = replace(routine, title="机器人企业加快建设新产线")
    assert importance(call, HOUSE) < importance(routine, HOUSE) < importance(plain, HOUSE)
    assert "申报、征集一类的通知" not in names(replace(PLAIN, title="推荐性国家标准公告"))


@pytest.mark.parametrize("title", ["首批6套将用于两条产线", "首套房贷下调", "突破结构之困", "合力突破用工瓶颈"])
def test_what_only_sounds_like_a_first_is_none(title):
    assert "首次或突破" not in names(replace(PLAIN, title=title))


@pytest.mark.parametrize("park", ["国家高新区", "国家级经开区", "国家级新区", "国家农高区", "国家经济技术开发区"])
def test_a_park_of_national_rank_is_not_the_nation(park):
    assert "导语说到国家层面" not in names(replace(PLAIN, body=f"会议在一个{park}举行。"))
    assert "国家级来源或全国性题目" not in names(replace(PLAIN, title=f"{park}开了一次会"))


def test_importance_is_the_sum_of_the_weights_and_the_weightiest_reason_stands_first():
    given = reasons(replace(PLAIN, title="我国智能制造取得突破", body="去年增长 5%。", column="知识产权"), HOUSE)
    assert [abs(r.weight) for r in given] == sorted((abs(r.weight) for r in given), reverse=True)
    assert importance(replace(PLAIN, title="我国智能制造取得突破", body="去年增长 5%。", column="知识产权"), HOUSE) == pytest.approx(
        NEUTRAL + sum(r.weight for r in given)
    )
    assert all(isinstance(reason, Reason) and reason.weight for reason in given)


def test_the_nation_goes_before_the_province_and_the_province_before_the_city():
    nation, province, city = (replace(PLAIN, source=source) for source in ("工业和信息化部", "安徽省科学技术厅", "合肥市科技局"))
    assert importance(nation, HOUSE) > importance(province, HOUSE) > importance(city, HOUSE)
    assert "省级" not in names(nation)


def test_length_alone_does_not_outweigh_a_subject():
    long = replace(PLAIN, body="会议在上午举行，大家都到了。" * 2000)
    short = replace(PLAIN, title="机器人产业加快创新")
    assert importance(short, HOUSE) > importance(long, HOUSE)
    assert weight(long, "篇幅") == weight(replace(PLAIN, body="会" * 1500), "篇幅")


def test_the_weight_of_a_column_is_the_houses_own():
    article = replace(PLAIN, column="知识产权")
    assert importance(article, HOUSE) - importance(PLAIN, HOUSE) == pytest.approx(1.5)
    indifferent = replace(HOUSE, columns=tuple(replace(c, weight=0.0) for c in HOUSE.columns))
    assert importance(article, indifferent) == importance(PLAIN, indifferent)
    assert reasons(replace(PLAIN, column=None), HOUSE) == reasons(PLAIN, HOUSE)


def test_a_doubtful_column_says_nothing_for_its_article():
    article = Article("专利开放许可试点满一年", "正文。", column="知识产权")
    for doubt in ("知识产权 41%", "知识产权 79.9%，次选 标准化 12%", "知识产权"):
        assert importance(article, HOUSE) > importance(replace(article, doubt=doubt), HOUSE)


@pytest.mark.parametrize("doubt", ["知识产权 80%", "知识产权 91%，次选 行业新闻 3%"])
def test_a_column_that_is_hardly_doubtful_counts(doubt):
    article = Article("专利开放许可试点满一年", "正文。", column="知识产权")
    assert importance(article, HOUSE) == importance(replace(article, doubt=doubt), HOUSE)


def test_an_article_without_a_body_or_without_a_title_has_its_importance():
    assert importance(Article("", ""), HOUSE) == NEUTRAL
    assert importance(Article("机器人产业加快创新", ""), HOUSE) > NEUTRAL


def test_what_the_encoder_reads_counts_by_the_direction_of_its_vector_and_only_of_the_size_it_was_learnt_for():
    near, far = (importance(PLAIN, HOUSE, np.array([x, 1e-9])) for x in (5.0, -5.0))
    assert near == pytest.approx(importance(PLAIN, HOUSE) + 1) and far == pytest.approx(importance(PLAIN, HOUSE))
    assert importance(PLAIN, HOUSE, np.ones(7)) == importance(PLAIN, HOUSE)
    assert any(r.kind == READ for r in reasons(PLAIN, HOUSE, np.array([1.0, 0.0])))
