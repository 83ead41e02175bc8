"""The figures of an evaluation: worked by hand, against scikit-learn, and as they are printed."""

import json
import re
import time
from dataclasses import replace

import numpy as np
import pytest

from nlp.bulletin import Article, Prediction
from nlp.errors import SubaoError
from nlp.evaluation.columns import LINEAR, MAJORITY, calibration_error, error_rows, evaluate, score
from nlp.evaluation.intervals import mcnemar
from nlp.model.calibration import choose_threshold, fit_mixture, fit_temperature
from nlp.text.terminal import align, pad, width

LABELS = ("政策法规", "知识产权", "标准化")
#            编辑 \ 模型  政策法规  知识产权  标准化
#            政策法规         3         1        0     precision 3/4  recall 3/4  F1 3/4
#            知识产权         0         2        1     precision 2/3  recall 2/3  F1 2/3
#            标准化           1         0        1     precision 1/2  recall 1/2  F1 1/2
TRUTH = ["政策法规"] * 4 + ["知识产权"] * 3 + ["标准化"] * 2
GIVEN = ["政策法规"] * 3 + ["知识产权"] * 3 + ["标准化"] * 2 + ["政策法规"]


def predict(given, confidence=0.9, labels=LABELS):
    """Predictions with these best labels; the rest of the probability is shared by the others."""
    sure = confidence if isinstance(confidence, list) else [confidence] * len(given)
    rest = max(len(labels) - 1, 1)
    return [
        Prediction(Article(f"标题{i}", "正文", path=f"{i}.txt"), {k: p if k == g else (1 - p) / rest for k in labels})
        for i, (g, p) in enumerate(zip(given, sure, strict=True))
    ]


def draw(n, labels, seed=13, sharpness=2.0):
    """Random truth and predictions of a model that is often right."""
    random = np.random.default_rng(seed)
    truth = random.integers(len(labels), size=n)
    logits = random.normal(size=(n, len(labels)))
    logits[np.arange(n), truth] += sharpness
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    articles = [Article(f"标题{i}", "正文" * 400, path=f"{i}.txt") for i in range(n)]
    rows = zip(articles, scores.tolist(), strict=True)
    return [labels[i] for i in truth], [Prediction(a, dict(zip(labels, row, strict=True))) for a, row in rows]


def test_accuracy_and_f1_are_those_worked_by_hand():
    found = evaluate(TRUTH, predict(GIVEN), 0.8)
    assert (found.n, found.accuracy) == (9, pytest.approx(6 / 9))
    assert found.macro_f1 == pytest.approx((3 / 4 + 2 / 3 + 1 / 2) / 3)
    assert list(found.columns) == list(LABELS)  # in the model's order
    assert found.columns["政策法规"] == pytest.approx({"precision": 3 / 4, "recall": 3 / 4, "f1": 3 / 4, "n": 4})
    assert found.columns["标准化"] == pytest.approx({"precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2, "n": 2})


def test_the_mean_is_over_the_labels_of_the_truth():
    # a: precision 2/3, recall 1, F1 4/5; b: 0; c was given, but is not in the truth: no third term.
    assert score(["a", "a", "b", "b"], ["a", "a", "a", "c"]) == pytest.approx({"accuracy": 1 / 2, "macro_f1": 2 / 5})


def test_all_into_the_largest_column_is_printed_beside_the_model():
    # Of the truth: 政策法规 4 of 9, F1 = 2·4/(9+4); of the training rows: 标准化 2 of 9, F1 = 2·2/(9+2).
    found = evaluate(TRUTH, predict(GIVEN), 0.8, baselines={LINEAR: TRUTH})
    assert found.baselines[MAJORITY] == pytest.approx({"accuracy": 4 / 9, "macro_f1": 8 / 13 / 3})
    assert found.baselines[LINEAR] == {"accuracy": 1, "macro_f1": 1}
    found = evaluate(TRUTH, predict(GIVEN), 0.8, training_labels=["标准化", "标准化", "政策法规"])
    assert found.baselines[MAJORITY] == pytest.approx({"accuracy": 2 / 9, "macro_f1": 4 / 11 / 3})


def test_calibration_error_is_the_one_worked_by_hand():
    # Bin (14/15, 1]: two articles, half correct, confidence .95: gap .45 · 2/4
    # Bin (7/15, 8/15]: one, correct, .5: gap .5 · 1/4.   Bin (4/15, 5/15]: one, wrong, .3: gap .3 · 1/4
    correct, confidence = np.array([True, False, True, False]), np.array([0.95, 0.95, 0.5, 0.3])
    assert calibration_error(correct, confidence) == pytest.approx(0.225 + 0.125 + 0.075)
    assert calibration_error(np.array([True]), np.array([1.0])) == 0


def test_coverage_and_precision_at_the_threshold_are_those_worked_by_hand():
    truth, given = ["政策法规"] * 4, ["政策法规", "政策法规", "标准化", "政策法规"]
    predictions = predict(given, [0.9, 0.8, 0.7, 0.6])
    assert evaluate(truth, predictions, 0.8).threshold == {
        "value": 0.8, "coverage": 0.5, "precision": 1.0, "doubtful": 2,
    }  # fmt: skip
    assert evaluate(truth, predictions, 0.65).threshold["precision"] == pytest.approx(2 / 3)
    assert evaluate(truth, predictions, 0.95).threshold == {
        "value": 0.95, "coverage": 0.0, "precision": None, "doubtful": 4,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_figures_agree_with_scikit_learn(seed):
    from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

    truth, predictions = draw(200, tuple("甲乙丙丁戊"), seed, sharpness=1.0)
    truth = [t if t != "戊" else "甲" for t in truth]  # a label that is given and never true
    given, present = [p.column for p in predictions], sorted(set(truth))
    found = evaluate(truth, predictions, 0.8)
    assert found.accuracy == pytest.approx(accuracy_score(truth, given))
    assert found.macro_f1 == pytest.approx(f1_score(truth, given, labels=present, average="macro"))
    wanted = zip(*precision_recall_fscore_support(truth, given, labels=present, zero_division=0), strict=True)
    for label, figures in zip(present, wanted, strict=True):
        assert list(found.columns[label].values()) == pytest.approx(figures)


def test_the_interval_is_the_one_of_drawing_articles_one_by_one():
    truth, predictions = draw(300, tuple("甲乙丙丁"))
    found, given, random = evaluate(truth, predictions, 0.8), [p.column for p in predictions], np.random.default_rng(1)
    naive = []
    for _ in range(600):
        chosen = random.integers(300, size=300)
        naive.append(tuple(score([truth[i] for i in chosen], [given[i] for i in chosen]).values()))
    for name, values in zip(("accuracy", "macro_f1"), zip(*naive, strict=True), strict=True):
        assert found.interval[name] == pytest.approx(np.percentile(values, [2.5, 97.5]), abs=0.012)


@pytest.mark.parametrize("seed", range(20))
def test_the_interval_contains_the_estimate(seed):
    truth, predictions = draw(3 + 5 * seed, tuple("甲乙丙丁"), seed)
    found = evaluate(truth, predictions, 0.8)
    for name, (low, high) in found.interval.items():
        assert low <= getattr(found, name) + 1e-12 and getattr(found, name) <= high + 1e-12


def test_the_same_seed_gives_the_same_evaluation_and_another_seed_another_interval():
    truth, predictions = draw(200, LABELS)
    assert evaluate(truth, predictions, 0.8) == evaluate(truth, predictions, 0.8)
    assert evaluate(truth, predictions, 0.8).interval != evaluate(truth, predictions, 0.8, seed=14).interval


def test_the_order_of_the_articles_changes_nothing():
    truth, predictions = draw(200, LABELS)
    one, other = evaluate(truth, predictions, 0.8), evaluate(truth[::-1], predictions[::-1], 0.8)
    assert (one.interval, one.signature, one.macro_f1) == (other.interval, other.signature, other.macro_f1)


def test_five_thousand_articles_take_less_than_two_seconds():
    truth, predictions = draw(5000, tuple("甲乙丙丁戊己庚辛"))
    start = time.process_time()
    evaluate(truth, predictions, 0.8)
    assert time.process_time() - start < 2


def test_no_labelled_article_is_an_error_an_editor_can_read():
    with pytest.raises(SubaoError, match=r"没有可评测的稿件.*请"):
        evaluate([], [], 0.8)


def test_labels_the_model_does_not_have_are_named_and_counted_as_wrong():
    found = evaluate(["政策法规", "综合", "综合"], predict(["政策法规"] * 3), 0.8)
    assert found.unknown_labels == ("综合",) and found.as_dict()["unknown_labels"] == ["综合"]
    assert found.accuracy == pytest.approx(1 / 3)
    assert found.macro_f1 == pytest.approx((2 * 1 / (3 + 1) + 0) / 2)
    assert "模型没有这些栏目，按判错计算：综合" in found.table()


def test_any_strings_are_labels():
    labels = ("news_story", "", "国 际|x", "=1")
    truth, predictions = draw(50, labels)
    found = evaluate(truth, predictions, 0.5)
    assert set(found.columns) == set(truth) and found.table()


def test_a_model_of_one_label_can_be_evaluated():
    found = evaluate(["标准化"], predict(["标准化"], 1.0, ("标准化",)), 0.8)
    assert (found.accuracy, found.macro_f1, found.ece) == (1, 1, 0)
    assert found.interval == {"accuracy": [1, 1], "macro_f1": [1, 1]}


def test_the_json_has_exactly_the_agreed_fields():
    found = evaluate(TRUTH, predict(GIVEN), 0.8, baselines={LINEAR: GIVEN}, model="3f2a9c1", version="0.1.0")
    facts = json.loads(json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False))
    assert list(facts) == [
        "n", "accuracy", "macro_f1", "interval", "columns", "ece", "threshold", "baselines", "signature",
    ]  # fmt: skip
    assert facts["interval"].keys() == {"accuracy", "macro_f1"}
    assert all(c.keys() == {"precision", "recall", "f1", "n"} for c in facts["columns"].values())
    assert all(b.keys() == {"accuracy", "macro_f1"} for b in facts["baselines"].values())


def test_the_signature_says_what_was_measured_with_what():
    found = evaluate(TRUTH, predict(GIVEN), 0.8, model="3f2a9c1", version="0.1.0")
    accuracy, macro_f1 = ([f"{100 * x:.1f}" for x in found.interval[k]] for k in ("accuracy", "macro_f1"))
    wanted = (
        rf"准确率 66\.7 \[{accuracy[0]}, {accuracy[1]}\]  宏平均F1\|avg:macro\|columns:3\|n:9\|model:3f2a9c1"
        rf"\|data:[0-9a-f]{{7}}\|seed:13\|version:0\.1\.0 = 63\.9 \[{macro_f1[0]}, {macro_f1[1]}\]"
    )
    assert re.fullmatch(wanted, found.signature)
    assert "model:" not in evaluate(TRUTH, predict(GIVEN), 0.8).signature


def test_the_signature_changes_with_a_label_of_the_data():
    predictions = predict(GIVEN)
    data = [re.search(r"data:(\w+)", evaluate(t, predictions, 0.8).signature)[1] for t in (TRUTH, TRUTH[::-1])]
    assert data[0] != data[1]


def test_the_table_is_aligned_and_speaks_plainly():
    truth, predictions = draw(500, ("政策法规", "标准化", "news_story"))
    found = evaluate(truth, predictions, 0.8, baselines={LINEAR: truth})
    table = found.table()
    head, columns, systems, notes = (block.split("\n") for block in table.split("\n\n"))
    assert "500 篇" in head[0]
    assert len({width(line) for line in columns}) == 1 and columns[0].startswith("栏目")
    assert systems[0].split() == ["准确率", "95%", "区间", "宏平均F1", "95%", "区间"]
    assert [line.split()[0] for line in systems[1:]] == ["本模型", "字", "全部归最多的一栏"]
    figures = {k: f"{100 * v:.1f}" for k, v in found.threshold.items() if k in ("coverage", "precision")}
    assert notes[1] == (
        f"把握 ≥ 0.80 的 {figures['coverage']}% 篇，其中 {figures['precision']}% 正确；"
        f"其余 {found.threshold['doubtful']} 篇标请核对"
    )
    assert notes[-1] == found.signature
    assert not any(line.endswith(" ") for line in table.split("\n"))


def test_the_table_says_when_no_article_is_sure_enough():
    assert "把握都低于 0.95；9 篇全部标请核对" in evaluate(TRUTH, predict(GIVEN), 0.95).table()


def test_chinese_characters_take_two_columns():
    assert width("栏目 F1") == 7 and width("e\u0301") == 1
    assert pad("栏", 4) == "栏  " and pad("栏", 4, right=True) == "  栏"
    assert align([["栏目", "N"], ["a", "12"]]) == ["栏目   N", "a     12"]


def test_mcnemar_is_the_one_worked_by_hand():
    # Nine only a has right, one only b: 2 · (1 + 10) / 2**10. The five that both have right do not count.
    truth = ["x"] * 15
    found = mcnemar(truth, ["x"] * 14 + ["y"], ["x"] * 5 + ["y"] * 9 + ["x"])
    assert found.as_dict() == {"a_only": 9, "b_only": 1, "p": 22 / 1024}
    assert found.line() == "只有本模型判对 9 篇，只有对方判对 1 篇；McNemar 精确检验 p = 0.021，差别不像偶然"


def test_mcnemar_of_equal_systems_is_one():
    assert mcnemar(TRUTH, GIVEN, GIVEN).line().endswith("p = 1.000，差别可能出于偶然")
    assert mcnemar(["x", "x"], ["x", "y"], ["y", "x"]).p == 1


@pytest.mark.parametrize("a_only, b_only", [(0, 1), (3, 8), (40, 61), (700, 801), (3000, 1)])
def test_mcnemar_is_the_exact_binomial_test(a_only, b_only):
    from scipy.stats import binomtest

    truth = ["x"] * (a_only + b_only)
    found = mcnemar(truth, ["x"] * a_only + ["y"] * b_only, ["y"] * a_only + ["x"] * b_only)
    assert found.p == pytest.approx(binomtest(a_only, a_only + b_only).pvalue, rel=1e-9)


def test_the_threshold_is_the_smallest_that_reaches_the_precision():
    correct, confidence = [True, True, False, True], [0.9, 0.8, 0.7, 0.6]  # precision 1, 1, 2/3, 3/4
    assert choose_threshold(correct, confidence, 0.95) == 0.8
    assert choose_threshold(correct, confidence, 0.75) == 0.6
    assert choose_threshold([True, True], [0.3, 0.4]) == 0.3


def test_articles_of_the_same_confidence_stand_or_fall_together():
    assert choose_threshold([True, True, False], [0.9, 0.8, 0.8], 0.95) == 0.9
    assert choose_threshold([True, False], [0.8, 0.8], 0.95) == 1.0


def test_a_precision_that_cannot_be_reached_makes_everything_doubtful():
    assert choose_threshold([False, True, False], [0.9, 0.8, 0.7], 0.95) == 1.0
    assert choose_threshold([], []) == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_the_threshold_is_that_of_trying_each(seed):
    random = np.random.default_rng(seed)
    confidence = random.integers(1, 40, size=80) / 40
    correct = random.random(80) < 0.5 + confidence / 2
    tried = [t for t in sorted(set(confidence)) if correct[confidence >= t].mean() >= 0.9]
    assert choose_threshold(correct, confidence, 0.9) == (tried[0] if tried else 1.0)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_of_overconfident_logits_is_found(temperature):
    random = np.random.default_rng(13)
    logits = random.normal(size=(4000, 5)) * 2
    labels = (logits + random.gumbel(size=logits.shape)).argmax(axis=1)  # drawn from softmax(logits)
    assert fit_temperature(logits * temperature, labels) == pytest.approx(temperature, rel=0.1)


def test_the_temperature_is_the_best_of_a_grid():
    random = np.random.default_rng(13)
    logits, labels = random.normal(size=(60, 3)) * 4, random.integers(3, size=60)
    labels[:40] = logits[:40].argmax(axis=1)

    def loss(temperature):
        scaled = logits / temperature
        return (np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(60), labels]).mean()

    assert loss(fit_temperature(logits, labels)) <= min(loss(t) for t in np.geomspace(0.1, 10, 400)) + 1e-9


@pytest.mark.parametrize(("temperature", "weight"), [(2.0, 0.5), (0.7, 2.0), (1.0, 0.0)])
def test_the_shares_of_two_models_are_found(temperature, weight):
    random = np.random.default_rng(13)
    one, other = random.normal(size=(2, 6000, 5)) * 2
    scores = one / temperature + weight * other
    labels = (scores + random.gumbel(size=scores.shape)).argmax(axis=1)  # drawn from softmax(scores)
    assert fit_mixture(one, other, labels) == pytest.approx((temperature, weight), rel=0.1, abs=0.05)


def test_without_margins_the_mixture_is_the_temperature_alone():
    random = np.random.default_rng(13)
    logits, labels = random.normal(size=(60, 3)) * 4, random.integers(3, size=60)
    temperature, _ = fit_mixture(logits, np.zeros_like(logits), labels)
    assert temperature == pytest.approx(fit_temperature(logits, labels), rel=0.01)


def test_logits_that_are_always_right_keep_the_temperature_in_bounds():
    assert 0.09 < fit_temperature(np.eye(3) * 1000, [0, 1, 2]) < 10.01


def test_the_mistakes_are_listed_the_most_confident_first():
    truth, given = ["政策法规"] * 3 + ["综合"], ["政策法规", "标准化", "知识产权", "标准化"]
    scores = [{"政策法规": 0.3, "知识产权": 0.1, "标准化": 0.6}, {"政策法规": 0.2, "知识产权": 0.7, "标准化": 0.1}]
    predictions = predict(given, 0.5)
    predictions[1:3] = [Prediction(p.article, s) for p, s in zip(predictions[1:3], scores, strict=True)]
    rows = error_rows(truth, predictions)
    assert [row["id"] for row in rows] == ["2.txt", "1.txt", "3.txt"]
    assert rows[0] == {
        "id": "2.txt", "title": "标题2", "true": "政策法规", "predicted": "知识产权", "second": "政策法规",
        "confidence": 0.7,
    }  # fmt: skip


def test_a_mistake_of_a_model_with_one_label_has_no_second():
    assert error_rows(["综合"], predict(["标准化"], 1.0, ("标准化",)))[0]["second"] == ""


def test_articles_with_two_right_labels_count_in_the_lenient_figure_alone():
    predictions = predict(GIVEN)
    wrong = next(i for i, (t, g) in enumerate(zip(TRUTH, GIVEN, strict=True)) if t != g)
    predictions[wrong] = replace(predictions[wrong], article=replace(predictions[wrong].article, also=GIVEN[wrong]))
    found = evaluate(TRUTH, predictions, 0.5, baselines={LINEAR: TRUTH})
    assert (found.n, found.n_lenient) == (8, 9)
    assert found.accuracy == pytest.approx(6 / 8) and found.accuracy_lenient == pytest.approx(7 / 9)
    facts = found.as_dict()
    assert facts["accuracy_lenient"] == found.accuracy_lenient and facts["n_lenient"] == 9
    assert "连同有两个栏目都算对的 1 篇，共 9 篇，放对 77.8%" in found.table()


def test_the_accuracy_on_each_frequent_source_is_told():
    often = [replace(p, article=replace(p.article, source="北方日报")) for p in predict(["标准化"] * 9 + ["知识产权"])]
    seldom = [replace(p, article=replace(p.article, source="偶见")) for p in predict(["标准化"] * 3)]
    found = evaluate(["标准化"] * 13, often + seldom, 0.5)
    assert found.sources == {"北方日报": {"accuracy": 0.9, "n": 10}}
    assert "北方日报" in found.table() and "偶见" not in found.table()
    assert "sources" not in evaluate(TRUTH, predict(GIVEN), 0.5).as_dict()
