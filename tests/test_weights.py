"""Named weights: read back as they were written, used only with the encoder they were fitted for, moved by a newsroom."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.bulletin import Article
from nlp.errors import UnusableModel
from nlp.highlights.candidates import candidates
from nlp.highlights.features import plain_signals, reasons
from nlp.highlights.sentence_features import NAMES, features_of
from nlp.highlights.weights import ARTICLES, NAMED, SENTENCES, Weights, load_weights, save_weights
from nlp.house import load_house

READ, ALONE = {"首创": 0.25, "数据": -0.5}, {"首创": 0.5, "数据": 0.0}


def test_each_kind_is_read_back_as_it_was_written_and_leaves_the_other_alone(tmp_path):
    save_weights(SENTENCES, Weights(READ, ALONE, {"sentence": np.array([1.0, 2.0])}, {"none": -3.0}), tmp_path)
    save_weights(ARTICLES, Weights(ALONE, READ, {"whole": np.array([4.0])}, {}), tmp_path)
    sentences, articles = load_weights(SENTENCES, tmp_path), load_weights(ARTICLES, tmp_path)
    assert (sentences.read, sentences.alone, sentences.base) == (READ, ALONE, {"none": -3.0})
    assert (articles.read, articles.alone) == (ALONE, READ)
    assert sentences.vectors["sentence"].tolist() == [1.0, 2.0] and articles.vectors["whole"].tolist() == [4.0]


def test_without_vectors_or_with_those_of_another_encoder_the_names_stand_alone():
    weights = Weights(READ, ALONE, {"sentence": np.zeros(3)}, {})
    assert weights.of(3) == READ and weights.of(0) == weights.of(4) == ALONE


@pytest.mark.parametrize("text", ["", "{}", '{"sentences": {"base": {}, "weights": {"甲": 1}}}'])
def test_a_damaged_or_missing_file_is_named_in_one_line(tmp_path, text):
    with pytest.raises(UnusableModel, match="缺少"):
        load_weights(SENTENCES, tmp_path)
    (tmp_path / NAMED).write_text(text, encoding="utf-8")
    with pytest.raises(UnusableModel, match=r"weights\.json.*损坏") as caught:
        load_weights(SENTENCES, tmp_path)
    assert "\n" not in str(caught.value)


def test_the_shipped_file_names_every_feature_of_sentences_and_articles():
    assert set(NAMES) <= set(load_weights(SENTENCES).alone)
    assert {kind for kind, _, _ in plain_signals(Article("", ""))} <= set(load_weights(ARTICLES).alone)


def test_features_are_as_many_as_their_names_and_never_leave_their_range():
    article = Article("常州发布计划", "近日，常州市发布计划，投资12亿元，增长5%。“怎么办？”\n另外，企业说。" * 4)
    rows = features_of(candidates(article), article.title)
    assert rows and all(len(row) == len(NAMES) and all(-1 <= value <= 1 for value in row) for row in rows)


def test_old_news_loses_and_says_so():
    article = Article("我国机器人产业取得突破", "正文。", column="行业新闻", date="2022-01-05")
    fresh, old = (sum(r.weight for r in reasons(article, load_house(), issued=day)) for day in ("2022-01-20", "2022-05-15"))
    assert old < fresh and "2022-01-05" in " ".join(r.name for r in reasons(article, load_house(), issued="2022-05-15"))
    assert reasons(article, load_house(), issued="") == reasons(article, load_house(), issued="2022-01-20")
