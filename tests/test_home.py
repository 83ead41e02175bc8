"""The home city is marked, whatever name it goes by, and training rows are made for it."""

from __future__ import annotations

import dataclasses

import pytest

from nlp.bulletin import Article
from nlp.house import load_house
from nlp.text.places import HOME, mark_home
from nlp.training.augment import exchange_places

HOUSE = load_house()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("江苏常州武进区出台办法", f"江苏{HOME}出台办法"),
        ("常州科教城与溧阳市签约", f"{HOME}与{HOME}签约"),
        ("青岛市常州路改造", "青岛市常州路改造"),
        ("日常州际航线恢复", "日常州际航线恢复"),
        ("[MASK]与[HOME]只是文字", "［MASK]与［HOME]只是文字"),
    ],
)
def test_names_of_the_home_city_are_marked_and_lookalikes_are_not(text, marked):
    assert mark_home(text, HOUSE) == marked


def test_another_newsroom_marks_its_own_city():
    luoyang = dataclasses.replace(HOUSE, home_city="洛阳", home_names=("涧西区",), home_traps=())
    assert mark_home("洛阳市涧西区和常州市", luoyang) == f"{HOME}和常州市"


def test_news_about_one_city_becomes_news_of_the_home_city():
    about = Article("苏州市建成检测平台", "苏州近日建成检测平台，服务企业百家。苏州市科技局表示将继续投入。", column="各地动态")
    moved = exchange_places([about], HOUSE, limit=5)
    assert [a.column for a in moved] == ["聚焦常州"]
    assert "苏州" not in moved[0].title + moved[0].body
    assert moved[0].title == "常州市建成检测平台"


def test_a_city_named_once_in_passing_does_not_change_the_column():
    opening = "我国机器人产业上半年保持增长，工业机器人产量同比提高，应用行业继续拓宽，出口也有起色。" * 2
    passing = Article("机器人产业保持增长", opening + "在浙江宁波，一家工厂用上了新设备。", column="行业新闻")
    moved = exchange_places([passing], HOUSE, limit=5)
    assert [a.column for a in moved] == ["行业新闻"]
    assert "常州" in moved[0].body and "宁波" not in moved[0].body


def test_what_no_column_took_is_not_taken_because_it_happens_at_home():
    story = Article("苏州举行半程马拉松", "苏州昨天举行半程马拉松，两万人参加。苏州市民沿途加油。", column="不收录")
    moved = exchange_places([story], HOUSE, limit=5)
    assert [a.column for a in moved] == ["不收录"] and moved[0].title == "常州市举行半程马拉松"


def test_every_column_gives_news_to_the_home_column():
    body = "苏州的企业近日办成此事。苏州市科技局表示祝贺。"
    news = [Article(f"苏州第{i}件事", body, column="标准化" if i == 7 else "各地动态") for i in range(20)]
    assert "常州市第7件事" in {a.title for a in exchange_places(news, HOUSE, limit=2)}


def test_exchange_is_the_same_for_the_same_seed(corpus):
    assert exchange_places(corpus, HOUSE, 20, seed=3) == exchange_places(corpus, HOUSE, 20, seed=3)
    assert len(exchange_places(corpus, HOUSE, 20, seed=3)) > 20
