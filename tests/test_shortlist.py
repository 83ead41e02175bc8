"""The articles that lead an issue are chosen by reasons or by the editor, in the order of the issue."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from news import LAST, LEAD, NEXT

from nlp.bulletin import REJECTED, RESERVE, Article
from nlp.errors import SubaoError
from nlp.highlights.features import importance
from nlp.highlights.ranking import EDITORS, STRONG, as_dict, choose, spread
from nlp.house import load_house

HOUSE = load_house()
FIRST, SECOND, *_ = HOUSE.column_names


def article(i: int, column: str, title: str = "", body: str = "") -> Article:
    return Article(title or f"第{i}件事", body or f"{i}" * 40 + "。", path=f"{i}.txt", column=column)


def titles(choices) -> list[str]:
    return [choice.article.title for choice in choices]


def test_a_third_of_the_printed_articles_is_chosen_at_least_one_and_at_most_five():
    sizes = {n: len(choose([article(i, FIRST) for i in range(n)], HOUSE)) for n in (0, 1, 2, 3, 4, 5, 14, 15, 16, 17)}
    assert sizes == {0: 0, 1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 14: 5, 15: 5, 16: 5, 17: 5}


def test_only_articles_of_the_columns_count():
    articles = [article(0, RESERVE), article(1, REJECTED), Article("没有栏目", "正文。"), article(3, SECOND)]
    assert titles(choose(articles, HOUSE, 9)) == ["第3件事"]


@given(columns=st.lists(st.sampled_from([*HOUSE.column_names, RESERVE]), max_size=12), k=st.integers(0, 14), seed=st.integers(0, 9))
def test_k_is_respected_in_print_order_with_reasons_for_every_choice(columns, k, seed):
    draw = random.Random(seed)
    articles = [
        Article(draw.choice(["同名", "智能制造", "旅游消费", ""]), draw.choice(["", LEAD, NEXT, LEAD + LAST]), path=str(i), column=c)
        for i, c in enumerate(columns)
    ]
    printed = sorted((a for a in articles if a.column != RESERVE), key=lambda a: HOUSE.column_names.index(a.column))
    choices = choose(articles, HOUSE, k)
    chosen = [choice.article.path for choice in choices]
    assert len(chosen) == len(set(chosen)) == min(k, len(printed))
    assert chosen == [a.path for a in printed if a.path in chosen]
    assert all(choice.reasons and all(choice.reasons) for choice in choices)
    assert choose(articles, HOUSE, k) == choices


def test_the_stronger_article_is_chosen_wherever_it_stands():
    strong = article(7, SECOND, "我国机器人产业创新取得突破")
    weak = [article(i, column) for i, column in enumerate(HOUSE.column_names)]
    for place in range(len(weak) + 1):
        assert titles(choose([*weak[:place], strong, *weak[place:]], HOUSE, 1)) == [strong.title]


def test_equal_articles_go_to_the_earlier_one_and_their_order_changes_nothing_else():
    articles = [article(i, FIRST) for i in range(6)]
    assert titles(choose(articles, HOUSE, 2)) == ["第0件事", "第1件事"]
    assert titles(choose(articles[::-1], HOUSE, 2)) == ["第5件事", "第4件事"]


def test_one_column_does_not_take_all_when_others_have_strong_articles():
    subjects = ["智能机器人", "工业软件", "新能源汽车", "量子科技", "半导体产业"]
    crowd = [article(i, FIRST, f"{subject}加快研发创新") for i, subject in enumerate(subjects)]
    others = [article(7, SECOND, "我国人工智能芯片产业科技创新取得突破")]
    assert importance(others[0], HOUSE) >= STRONG
    chosen = [choice.article.column for choice in choose([*crowd, *others], HOUSE, 5)]
    assert chosen == [FIRST] * 4 + [SECOND]


def test_the_last_is_of_another_column_where_one_is_strong_and_only_there():
    assert list(spread([3.0, 2.9, 2.8, 1.6], "甲甲甲乙", 3, crowded=0)) == [0, 1, 3]
    assert list(spread([3.0, 2.9, 2.8, 1.4], "甲甲甲乙", 3, crowded=0)) == [0, 1, 2]
    assert list(spread([3.0, 2.9, 2.8, 1.6], "甲甲甲乙", 3, {3: 0}, crowded=0)) == [0, 1, 2]
    assert list(spread([3.0, 2.9, 1.6], "甲甲乙", 2, crowded=0)) == [0, 1]  # two may be of one column


def test_each_article_taken_makes_the_next_of_its_column_dearer():
    assert spread([3.0, 2.9, 2.9, 2.8], "甲甲甲乙", 4, crowded=0.2) == {0: 3.0, 3: 2.8, 1: 2.7, 2: 2.5}
    assert list(spread([3.0, 2.9, 1.0], "甲甲乙", 3)) == [0, 1, 2]


def test_of_one_story_the_second_article_comes_after_all_others():
    body = "\n".join((LEAD, NEXT, LAST)) * 3
    told = article(0, FIRST, "常州发布智能制造三年行动计划", body)
    again = replace(article(1, SECOND, "智能制造：常州有了三年行动计划", "本报讯（记者 李明）" + body))
    other = article(2, SECOND)
    assert importance(other, HOUSE) < min(importance(told, HOUSE), importance(again, HOUSE))
    assert sorted(choice.article.path for choice in choose([told, again, other], HOUSE, 2))[1] == "2.txt"
    assert len(choose([told, again, other], HOUSE, 3)) == 3


def test_two_articles_with_one_title_are_two():
    one, two = article(0, FIRST, "智能制造再提速", LEAD), article(1, FIRST, "智能制造再提速", NEXT)
    assert [choice.article.path for choice in choose([one, two, article(2, SECOND)], HOUSE, 2)] == ["0.txt", "1.txt"]
    assert [choice.article.path for choice in choose([one, one, article(2, SECOND)], HOUSE, 3)] == ["0.txt", "0.txt", "2.txt"]


def test_the_reasons_name_the_place_in_the_column_and_what_was_found():
    weighted = replace(HOUSE, columns=tuple(replace(c, weight=float(c.name == FIRST)) for c in HOUSE.columns))
    first = article(0, FIRST, "国务院部署智能制造", "投资 12 亿元，建成 30 家工厂，增长 9%。")
    second = article(1, FIRST)
    one, two = choose([first, second], weighted, 2)
    assert {"本栏得分第一", "国家级来源或全国性题目", "制造、科技、知识产权类题目"} <= set(one.reasons)
    assert "本栏得分第二" in two.reasons and "国家级来源或全国性题目" not in two.reasons


def test_the_dictionary_has_the_best_sentence_and_all_with_their_places():
    source = article(0, FIRST, "智能制造三年行动计划", f"{NEXT}\n{LEAD}")
    entry = as_dict(choose([source], HOUSE, 1, sentences=2)[0])
    assert list(entry) == ["title", "column", "score", "reasons", "sentence", "start", "end", "stands", "sentences"]
    assert entry["sentence"] == LEAD == source.body[entry["start"] : entry["end"]]
    assert [s["text"] for s in entry["sentences"]] == [NEXT, LEAD]
    assert all(source.body[s["start"] : s["end"]] == s["text"] for s in entry["sentences"])
    assert json.loads(json.dumps(entry, ensure_ascii=False)) == entry


def test_an_article_without_a_body_is_chosen_by_its_title_alone():
    entry = as_dict(choose([Article("我国机器人产业取得突破", "", column=FIRST)], HOUSE)[0])
    assert entry["sentence"] == "" and entry["start"] == entry["end"] == 0 and entry["sentences"] == []


# The editor's own choices


@given(
    columns=st.lists(st.sampled_from([*HOUSE.column_names, RESERVE]), min_size=1, max_size=10),
    marks=st.lists(st.sampled_from(["", "", "must", "never"]), min_size=10, max_size=10),
    k=st.integers(0, 11),
)
def test_what_the_editor_names_is_always_or_never_chosen_and_the_rest_fills_up(columns, marks, k):
    articles = [article(i, column) for i, column in enumerate(columns)]
    printed = [(a.title, mark) for a, mark in zip(articles, marks, strict=False) if a.column != RESERVE]
    must, never = ([title for title, mark in printed if mark == kind] for kind in ("must", "never"))
    if len(must) > k:
        with pytest.raises(SubaoError, match="--k"):
            choose(articles, HOUSE, k, must=must, never=never)
        return
    choices = choose(articles, HOUSE, k, must=must, never=never)
    assert len(choices) == min(k, len(printed) - len(never))
    assert set(must) <= set(titles(choices)) and not set(never) & set(titles(choices))
    assert [c.article.title for c in choices if c.reasons[0] == EDITORS] == [t for t in titles(choices) if t in must]
    assert [HOUSE.column_names.index(c.article.column) for c in choices] == sorted(
        HOUSE.column_names.index(c.article.column) for c in choices
    )


def test_an_article_the_editor_names_counts_for_its_column_and_its_story():
    assert spread([3.0, 2.9, 2.9, 2.8], "甲甲甲乙", 3, first=[2], crowded=0.1) == {2: 2.9, 0: 2.9, 3: 2.8}
    assert spread([3.0, 2.9, 2.8], "甲甲乙", 3, {1: 0}, first=[1], crowded=0.2) == {1: 2.9, 2: 2.8, 0: -97.2}
    assert list(spread([3.0, 2.9, 2.8], "甲甲乙", 3, first=[2, 1], barred=[0])) == [1, 2]


def test_the_reasons_begin_with_the_editor_and_the_place_in_the_column_stays_true():
    strong, weak, other = article(0, FIRST, "我国机器人产业创新取得突破"), article(1, FIRST), article(2, SECOND)
    one, two = choose([strong, weak, other], HOUSE, 2, must=[weak.title])
    assert titles([one, two]) == [strong.title, weak.title]
    assert "本栏得分第一" in one.reasons and EDITORS not in one.reasons
    assert two.reasons == (EDITORS, "本栏得分第二")


def test_without_a_number_the_default_does_not_change_because_some_are_barred():
    articles = [article(i, FIRST) for i in range(5)]
    assert titles(choose(articles, HOUSE, never=["第0件事"])) == ["第1件事", "第2件事"]
    assert choose(articles, HOUSE, never=[a.title for a in articles]) == []
    assert len(choose(articles[:2], HOUSE, 9, must=["第1件事"])) == 2


def test_a_title_is_meant_whole_first_then_as_the_only_one_it_is_part_of():
    names = ["智能制造", "智能制造再提速", "量子 科技", "量子　科技"]
    articles = [article(i, FIRST, name) for i, name in enumerate(names)]
    for said, path in (("智能制造", "0.txt"), ("再提速", "1.txt"), (" 智能制造 再提速", "1.txt"), ("子科", "2.txt")):
        assert [c.article.path for c in choose(articles, HOUSE, 1, must=[said])] == [path]


def test_of_two_articles_with_one_title_the_first_in_print_order_must_and_neither_may():
    twins = [article(0, RESERVE, "同名"), article(1, SECOND, "同名"), article(2, FIRST, "同名"), article(3, FIRST, "我国机器人产业创新")]
    assert [c.article.path for c in choose(twins, HOUSE, 1, must=["同名", "同 名"])] == ["2.txt"]
    assert [c.article.path for c in choose(twins, HOUSE, 3, never=["同名"])] == ["3.txt"]


@pytest.mark.parametrize(
    ("must", "never", "says"),
    [
        (["没有这篇"], [], "--must “没有这篇”：没有"),
        ([], ["没有这篇"], "--never “没有这篇”：没有"),
        (["件事"], [], "5 个标题里都有这几个字（第0件事；第1件事；第2件事……）"),
        (["第1件事"], ["1件"], "“第1件事”同时写进了 --must 和 --never"),
        (["第3件事"], [], f"这一篇在{RESERVE}里"),
        (["第4件事"], [], f"这一篇在{REJECTED}里"),
        (["第0件事", "第1件事"], [], "指定了 2 篇，可是只选 1 篇；请写 --k 2"),
    ],
)
def test_what_cannot_be_is_one_line_with_the_way_out(must, never, says):
    articles = [*(article(i, FIRST) for i in range(3)), article(3, RESERVE), article(4, REJECTED)]
    with pytest.raises(SubaoError) as error:
        choose(articles, HOUSE, must=must, never=never)
    assert says in str(error.value) and "；请" in str(error.value) and "\n" not in str(error.value)
