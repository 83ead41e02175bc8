"""How far the tool agrees with people: figures worked by hand, paired tests, tables and JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nlp.bulletin import Article
from nlp.evaluation.baselines import CHOOSERS
from nlp.evaluation.gold import Chosen
from nlp.evaluation.highlights import LEAD, ORACLE, RANDOM, TOOL, compare_choices, compare_sentences
from nlp.evaluation.intervals import paired
from nlp.text.terminal import width


def issue(n: int, chosen: set[int], *readers: set[int], mark: str = "") -> Chosen:
    articles = tuple(Article(f"标题{mark}{i}", "正文" * (i + 1), column=f"栏{i % 3}") for i in range(n))
    return Chosen(articles, frozenset(chosen), tuple(map(frozenset, readers)))


def takes(*order: int):
    """A chooser with a fixed order: the first k of it."""
    return lambda articles, k: set(order[:k])


# Choices ---------------------------------------------------------------------------------------


def test_figures_of_one_issue_are_those_worked_by_hand():
    # 8 articles, the editors chose 0, 1, 2 (R = 3); the tool would take 0, 1, 5, 6, 2, 7 in this order.
    # By R it takes 0, 1, 5: 2 hits, 2/3; by 5 it takes 2 as well: 3/3.
    # Blindly: 3 of 8 taken hold 3 · 3/8 = 1.125 of the chosen; 5 of 8 hold 5/8 of them.
    found = compare_choices([issue(8, {0, 1, 2})], {TOOL: takes(0, 1, 5, 6, 2, 7)})
    own, chance = found.systems[TOOL], found.systems[RANDOM]
    assert (own["hits"], own["hits_per_k"], own["recall_at_5"], own["r_precision"]) == pytest.approx((2, 2 / 3, 1, 2 / 3))
    assert (chance["hits"], chance["hits_per_k"]) == pytest.approx((1.125, 3 / 8))
    assert (chance["recall_at_5"], chance["r_precision"]) == pytest.approx((5 / 8, 3 / 8))
    assert (found.n, found.articles, found.chosen, found.k) == (1, 8, 3, None)


def test_with_a_number_for_all_hits_are_counted_among_so_many():
    # By 4 the tool takes 0, 1, 5, 6: 2 hits, 2/4; by R = 3 still 2/3. Blindly 4 · 3/8 = 1.5 hits, 3/8 of 4.
    found = compare_choices([issue(8, {0, 1, 2})], {TOOL: takes(0, 1, 5, 6, 2, 7)}, k=4)
    own, chance = found.systems[TOOL], found.systems[RANDOM]
    assert (own["hits"], own["hits_per_k"], own["r_precision"]) == pytest.approx((2, 1 / 2, 2 / 3))
    assert (chance["hits"], chance["hits_per_k"]) == pytest.approx((1.5, 3 / 8))


def test_more_than_there_are_articles_cannot_be_found():
    found = compare_choices([issue(2, {0})], {TOOL: takes(0, 1)}, k=4)
    assert found.systems[RANDOM]["hits"] == found.systems[TOOL]["hits"] == 1
    assert found.systems[RANDOM]["recall_at_5"] == 1


def test_every_issue_counts_the_same():
    found = compare_choices([issue(8, {0}), issue(8, {0, 1, 2, 3})], {TOOL: takes(0, 7, 6, 5, 4)})
    assert found.systems[TOOL]["hits_per_k"] == pytest.approx((1 + 1 / 4) / 2) and found.chosen == 2.5


def test_the_tool_is_tested_against_the_best_baseline():
    issues = [issue(9, {0, 1, 2}, mark=str(n)) for n in range(12)]
    found = compare_choices(issues, {TOOL: takes(0, 1, 8), **CHOOSERS})
    assert found.best == "first" and found.systems["first"]["hits_per_k"] == 1
    assert found.difference.mean == pytest.approx(-1 / 3) and found.difference.p < 0.001
    assert "比最好的基线（前 k 篇）：命中/k -33.3 [-33.3, -33.3]，p < 0.001" in found.table()


def test_chance_is_the_average_of_blind_choices():
    random = np.random.default_rng(13)
    issues = [issue(n, set(range(r))) for n, r in ((14, 5), (9, 3), (4, 2))] * 400

    def blind(articles, k):
        return set(random.permutation(len(articles))[:k].tolist())

    systems = compare_choices(issues, {TOOL: blind}).systems
    for figure in ("hits", "hits_per_k", "recall_at_5", "r_precision"):
        assert systems[TOOL][figure] == pytest.approx(systems[RANDOM][figure], abs=0.05)


def test_two_readers_share_what_is_counted_by_hand():
    # {0,1,2} and {0,1,3}: 2 shared, 2·2/6; {0,1,2} and {4}: 0; {0,1,3} and {4}: 0; in the other issue 1 of 1.
    issues = [issue(5, {0, 1}, {0, 1, 2}, {0, 1, 3}, {4}), issue(5, {0}, {0}, {0})]
    found = compare_choices(issues, {TOOL: takes(0)})
    assert found.readers == pytest.approx({"hits": 3 / 4, "share": (2 / 3 + 1) / 4})
    assert "两位读者之间：相同 0.75 篇" in found.table()
    assert compare_choices([issue(5, {0}, {0})], {TOOL: takes(0)}).readers is None


def test_the_table_of_choices_is_aligned_and_json_has_the_same_facts():
    issues = [issue(9, {n % 4, 5, 7}, mark=str(n)) for n in range(10)]
    found = compare_choices(issues, {TOOL: takes(5, 0, 7, 1), **CHOOSERS}, version="0.1.0")
    head, systems, notes = (block.split("\n") for block in found.table().split("\n\n"))
    assert "10 期" in head[0] and "命中/k 就是 R精确率" in head[0]
    assert len({width(line) for line in systems}) == 1
    assert [line.split()[0] for line in systems[1:]] == ["本工具", "前", "每栏一篇", "最长的", "中心度", "随机（期望）"]
    assert notes[-1] == found.signature and found.signature.startswith("命中/k|k:R|issues:10|articles:90|data:")
    assert "|seed:13|version:0.1.0 = " in found.signature
    facts = json.loads(json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False))
    assert list(facts) == ["n", "articles", "chosen", "k", "systems", "best", "difference", "readers", "signature"]
    for figures in facts["systems"].values():
        assert list(figures) == ["hits", "hits_per_k", "recall_at_5", "r_precision", "interval"]
        for name, (low, high) in figures["interval"].items():
            assert low <= figures[name] + 1e-12 and figures[name] <= high + 1e-12
    assert facts["difference"].keys() == {"mean", "interval", "p"}


def test_a_single_issue_has_no_interval():
    found = compare_choices([issue(6, {0, 1})], {TOOL: takes(0, 1), **CHOOSERS})
    assert found.systems[TOOL]["interval"] is None and found.difference is None
    assert found.table().split("\n")[-1] == found.signature and found.signature.endswith(" = 100.0")


def test_the_signature_changes_with_what_was_chosen():
    one, other = (compare_choices([issue(6, {chosen})], {TOOL: takes(0)}).signature for chosen in (0, 1))
    assert one.split("data:")[1][:7] != other.split("data:")[1][:7]


# Sentences -------------------------------------------------------------------------------------

REFERENCES = ["标准发布", "机器人下线", "专利增长"]
ANSWERS = {
    TOOL: ["标准发布。", "机器人下线。", "会议召开。"],
    LEAD: ["会议召开。", "机器人下线。", "会议召开。"],
    ORACLE: ["标准发布。", "机器人下线。", "专利增长两成。"],
}


def test_the_slice_holds_the_articles_whose_lead_is_not_the_oracles_sentence():
    found = compare_sentences(REFERENCES, ANSWERS)
    assert (found.n, found.hard.n, found.hard.hard) == (3, 2, None)
    assert found.systems[TOOL]["rouge1"] == pytest.approx(2 / 3) and found.systems[LEAD]["rouge1"] == pytest.approx(1 / 3)
    assert found.hard.systems[TOOL]["rouge1"] == pytest.approx(1 / 2) and found.hard.systems[LEAD]["rouge1"] == 0
    assert found.systems[ORACLE]["rouge1"] == pytest.approx((1 + 1 + 2 * 4 / 10) / 3)
    assert found.difference["rouge2"].mean == pytest.approx(1 / 3)
    assert compare_sentences(REFERENCES, ANSWERS | {LEAD: ANSWERS[ORACLE]}).hard is None


def test_the_table_of_sentences_is_aligned_and_json_has_the_same_facts():
    found = compare_sentences(REFERENCES, {**ANSWERS, "某工具": ANSWERS[LEAD]}, model="3f2a9c1", version="0.1.0")
    blocks = found.table().split("\n\n")
    assert blocks[0].startswith("共 3 篇") and blocks[3].startswith("其中首句不是最好一句的 2 篇（66.7%）")
    for block in (blocks[1], blocks[4]):
        assert len({width(line) for line in block.split("\n")}) == 1
        assert [line.split()[0] for line in block.split("\n")[1:]] == ["本工具", "首句", "最好的一句（上限）", "某工具"]
    assert blocks[2].split("\n")[0].startswith("本工具比首句：ROUGE-1 +33.3 [0.0, 100.0]，p = ")
    assert blocks[-1] == found.signature and "|tokens:characters|model:3f2a9c1|seed:13|" in found.signature
    facts = json.loads(json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False))
    assert list(facts) == ["n", "systems", "difference", "hard", "signature"]
    assert list(facts["systems"]["某工具"]) == ["rouge1", "rouge2", "rougeL", "interval"]
    assert facts["hard"]["signature"].startswith("ROUGE-1|n:2|slice:lead≠oracle|")


# The paired bootstrap --------------------------------------------------------------------------


def test_p_of_three_items_is_the_one_worked_by_hand():
    # Differences 2, 2, -1. A drawing of three sums to 0 or less with two or three times -1:
    # 3 · (1/3)² · 2/3 + (1/3)³ = 7/27; two-sided twice that.
    found = paired([3, 3, 0], [1, 1, 1], draws=20_000)
    assert found.mean == 1 and found.p == pytest.approx(14 / 27, abs=0.02)
    assert found.interval == [-1, 2]


def test_systems_without_difference_have_p_one_and_a_constant_one_the_smallest():
    assert paired([1, 2, 3], [1, 2, 3]).p == 1
    found = paired([2, 3, 4], [1, 2, 3])
    assert (found.mean, found.interval, found.p) == (1, [1, 1], 2 / 2001)
    assert found.text() == "+100.0 [100.0, 100.0]，p < 0.001"


def test_the_order_of_the_two_systems_only_turns_the_sign():
    random = np.random.default_rng(3)
    a, b = random.random((2, 50))
    one, other = paired(a, b), paired(b, a)
    assert one.mean == -other.mean and one.p == other.p
    assert one.interval == pytest.approx([-other.interval[1], -other.interval[0]])


@pytest.mark.parametrize("effect", [0.0, 0.05, 0.1])
def test_interval_and_p_are_near_those_of_the_t_test(effect):
    from scipy.stats import ttest_rel

    random = np.random.default_rng(7)
    b = random.random(300)
    a = b + random.normal(effect, 0.5, 300)
    found, known = paired(a, b), ttest_rel(a, b)
    assert found.p == pytest.approx(known.pvalue, abs=0.03)
    assert found.interval == pytest.approx(list(known.confidence_interval()), abs=0.01)


def test_the_same_seed_gives_the_same_interval_and_another_one_another():
    a, b = np.random.default_rng(5).random((2, 40))
    assert paired(a, b) == paired(a, b) != paired(a, b, seed=14)
