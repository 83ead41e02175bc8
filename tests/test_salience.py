"""Headlines teach sentences: lessons, tokens and their sentences, scores of a second head on the same encoder."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.bulletin import Article
from nlp.cli.model import scorer_of
from nlp.model.classifier import ColumnClassifier
from nlp.model.sentence_head import SalienceScorer, tokens_of
from nlp.training.sentence_data import lessons_from

BODY = "清晨，厂房里灯火通明，人来人往。星河公司首条智能焊装线今天投产，每小时产出三十台。工人们说，活儿轻了。"
HEADLINE = "星河公司首条智能焊装线投产"


def test_the_sentence_that_has_the_headline_is_worth_most_and_shares_sum_to_one():
    (lesson,) = lessons_from([(HEADLINE, BODY)])
    assert [len(s) > 5 for s in lesson.sentences] == [True] * 3
    assert sum(lesson.target) == pytest.approx(1) and lesson.target[1] > 0.9


def test_about_every_second_lesson_shows_its_headline_and_one_sentence_teaches_nothing():
    many = list(lessons_from([(HEADLINE, BODY)] * 200))
    assert 70 < sum(lesson.title == HEADLINE for lesson in many) < 130 and {lesson.title for lesson in many} == {HEADLINE, ""}
    assert not list(lessons_from([(HEADLINE, "只有一句话。")]))


@pytest.fixture(scope="module", params=["onnx", "torch"])
def encoder(request, salience_model):
    return ColumnClassifier.load(salience_model, engine=request.param).encoder


def test_every_token_belongs_to_its_sentence_and_the_window_is_kept(encoder):
    sentences = ["星河公司投产。", "厂房里灯火通明。" * 200, "不再读到。"]
    tokens, second, owner = tokens_of(encoder, "标题", sentences)
    assert len(tokens) == len(owner) == encoder.length and owner[:second] == [-1] * second and owner[-1] == -1
    assert set(owner[second:-1]) == {0, 1} and owner[second:-1] == sorted(owner[second:-1])
    first = encoder.tokenizer.encode(sentences[0], add_special_tokens=False).ids
    assert tokens[second : second + len(first)] == first


def test_scores_are_log_probabilities_in_order_and_what_is_not_read_gets_the_least(encoder):
    sentences = ["星河公司投产。", "厂房里灯火通明。" * 200, "不再读到。"]
    scores = SalienceScorer(encoder)(Article("标题", "".join(sentences)), sentences)
    assert np.exp(scores[:2]).sum() == pytest.approx(1) and scores[2] == min(scores[:2])
    assert SalienceScorer(encoder)(Article("", ""), []) == []


def test_the_second_head_is_learnt_saved_and_read_alike_by_both_engines(salience_model):
    sentences = ["清晨，厂房里灯火通明。", "星河公司首条智能焊装线今天投产。"]
    torch, onnx = (ColumnClassifier.load(salience_model, engine=engine).encoder for engine in ("torch", "onnx"))
    tokens, second, _ = tokens_of(torch, "", sentences)
    assert np.corrcoef(torch.salience(tokens, second), onnx.salience(tokens, second))[0, 1] > 0.98


def test_a_model_without_lessons_has_no_second_head(tiny_model):
    assert not any(ColumnClassifier.load(tiny_model, engine=engine).encoder.has_salience for engine in ("onnx", "torch"))


def test_a_model_without_the_second_head_borrows_the_shipped_models(tiny_model, salience_model):
    own = ColumnClassifier.load(salience_model)
    assert scorer_of(own).encoder is own.encoder
    borrowed = scorer_of(ColumnClassifier.load(tiny_model))
    assert borrowed.encoder.has_salience
