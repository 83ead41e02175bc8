"""The simple ways beside the tool: worked by hand, ties to the earlier one, the oracle above all."""

from __future__ import annotations

import pytest

from nlp.bulletin import Article
from nlp.evaluation.baselines import CHOOSERS, central, lead, longest, one_per_column, oracle, sentence_peers, textrank
from nlp.evaluation.rouge import overlap
from nlp.text.sentences import split_sentences


def articles(*columns: str, bodies=()) -> list[Article]:
    return [
        Article(f"标题{i}", bodies[i] if bodies else "正文", column=column)
        for i, column in enumerate(columns)
    ]  # fmt: skip


def test_columns_take_turns():
    issue = articles("甲", "甲", "乙", "甲", "丙", "乙")
    assert one_per_column(issue, 3) == {0, 2, 4}
    assert one_per_column(issue, 5) == {0, 2, 4, 1, 5}


def test_the_longest_and_of_equal_ones_the_earlier():
    assert longest(articles(*"甲乙丙丁", bodies=["一", "一二三", "一二", "一二"]), 2) == {1, 2}


def test_the_central_article_shares_most_with_the_others():
    bodies = ["储能电站投运，机器人下线", "储能电站投运", "机器人下线", "专利转让"]
    assert central(articles(*"甲乙丙丁", bodies=bodies), 1) == {0}


@pytest.mark.parametrize("choose", CHOOSERS.values(), ids=CHOOSERS)
@pytest.mark.parametrize("k", [1, 3, 5, 9])
def test_every_chooser_takes_k_or_all(choose, k):
    issue = articles(*"甲乙丙甲乙", bodies=["储能。", "储能电站。", "", "机器人。", "机器人下线。"])
    assert len(choose(issue, k)) == min(k, 5) and choose(issue, k) <= set(range(5))


def test_textrank_takes_the_sentence_that_the_others_point_to():
    # The second shares pairs with each of the others, which share none among themselves.
    sentences = ["储能电站今天投运。", "储能电站旁机器人产线下线。", "机器人产线已扩建。", "会议明天召开。"]
    assert textrank(sentences) == sentences[1]
    assert textrank(["甲乙丙。", "丁戊己。"]) == "甲乙丙。"  # nobody points anywhere: the earlier one
    assert textrank(["甲。", "。", "甲。"]) == "甲。"


def test_textrank_is_the_page_rank_of_networkx_where_it_is_installed():
    networkx = pytest.importorskip("networkx")
    import math

    from nlp.text.sentences import bigrams

    sentences = ["储能电站投运了。", "储能电站旁产线下线。", "产线下线，电站投运。", "产线扩建，电站改造。"]
    said = [bigrams(sentence) for sentence in sentences]
    graph = networkx.Graph()
    for i, one in enumerate(said):
        for j, other in enumerate(said[:i]):
            graph.add_edge(i, j, weight=len(one & other) / (math.log1p(len(one)) + math.log1p(len(other))))
    ranks = networkx.pagerank(graph, alpha=0.85, tol=1e-12)
    assert textrank(sentences) == sentences[max(ranks, key=ranks.get)]


def test_the_oracle_is_the_nearest_to_the_reference_and_no_peer_is_nearer():
    body = "会议今天召开。常州新能源产值创新高，同比增长两成。与会者表示满意。"
    reference = "常州新能源产值增长两成"
    peers = sentence_peers(body, reference)
    assert peers["oracle"] == "常州新能源产值创新高，同比增长两成。" and peers["lead"] == "会议今天召开。"
    assert all(overlap(reference, peers["oracle"]) >= overlap(reference, text) for text in split_sentences(body))
    assert oracle(["甲。", "乙。"], "丙") == "甲。"


def test_of_no_sentence_none_is_taken():
    assert lead([]) == textrank([]) == oracle([], "常州") == ""
    assert sentence_peers("", "常州") == {"lead": "", "textrank": "", "oracle": ""}
