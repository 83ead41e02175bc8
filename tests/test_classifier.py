"""A model folder is a whole model: what is saved is what is loaded, and damage is named."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest

from nlp.bulletin import Article
from nlp.errors import UnusableModel
from nlp.house import load_house
from nlp.model.calibration import probabilities
from nlp.model.classifier import ColumnClassifier
from nlp.model.folder import choose_model, chosen_model, shipped_model, signature


@pytest.fixture(scope="module")
def classifier(tiny_model):
    return ColumnClassifier.load(tiny_model)


def test_probabilities_are_a_softmax_of_logits_over_temperature():
    # exp(ln 3 / 1) : exp(0) = 3 : 1; with temperature 2 it is √3 : 1.
    logits = np.array([[np.log(3), 0.0]])
    assert probabilities(logits, 1.0) == pytest.approx(np.array([[0.75, 0.25]]))
    assert probabilities(logits, 2.0)[0, 0] == pytest.approx(3**0.5 / (3**0.5 + 1))


def test_scores_name_every_label_and_sum_to_one_in_input_order(classifier, corpus):
    predictions = classifier.predict(corpus[:9])
    assert [p.article for p in predictions] == corpus[:9]
    for p in predictions:
        assert tuple(p.scores) == classifier.labels
        assert sum(p.scores.values()) == pytest.approx(1)
        assert p.confidence == max(p.scores.values())
        assert p.second != p.column


def test_the_encoder_and_the_linear_model_judge_together(tiny_model, corpus):
    classifier = ColumnClassifier.load(tiny_model)
    logits, margins = classifier.logits(corpus[:9]), classifier.margins(corpus[:9])
    for weight in (0.0, 1.5):
        classifier.card = dataclasses.replace(classifier.card, temperature=2.0, linear=weight)
        expected = probabilities(logits / 2 + weight * margins)
        found = [list(p.scores.values()) for p in classifier.predict(corpus[:9])]
        assert found == pytest.approx(expected)


def test_the_linear_model_speaks_of_the_same_columns_under_another_name(tiny_model, corpus):
    house = dataclasses.replace(load_house(), home_column="聚焦无锡")
    ours, theirs = ColumnClassifier.load(tiny_model), ColumnClassifier.load(tiny_model, house)
    assert "聚焦无锡" in theirs.labels
    assert np.array_equal(ours.margins(corpus[:5]), theirs.margins(corpus[:5]))


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_the_answer_for_an_article_does_not_depend_on_its_neighbours_or_their_order(tiny_model, corpus, engine):
    classifier = ColumnClassifier.load(tiny_model, engine=engine)
    together = classifier.logits(corpus[:12])
    backwards = classifier.logits(corpus[:12][::-1])[::-1]
    alone = np.concatenate([classifier.logits([article]) for article in corpus[:12]])
    assert np.array_equal(together, backwards)
    assert together == pytest.approx(alone, abs=1e-4)


def test_saved_and_loaded_again_is_bitwise_the_same(tiny_model, corpus, tmp_path):
    classifier = ColumnClassifier.load(tiny_model, engine="torch")
    classifier.save(tmp_path / "copy")
    again = ColumnClassifier.load(tmp_path / "copy")
    assert np.array_equal(again.logits(corpus[:8]), classifier.logits(corpus[:8]))
    assert again.card == classifier.card
    assert signature(tmp_path / "copy") == again.signature


def test_empty_title_empty_body_and_a_very_long_body_are_judged(classifier):
    articles = [Article("只有标题", ""), Article("", "只有正文。"), Article("长", "国家标准发布。" * 20_000)]
    assert len(classifier.predict(articles)) == 3
    assert classifier.predict([]) == []


def test_below_the_threshold_an_article_is_doubtful(classifier, corpus):
    for p in classifier.predict(corpus[:40]):
        assert p.doubtful == (p.confidence < classifier.card.threshold)


def damaged(tiny_model, tmp_path, harm) -> str:
    """The message for a copy of the model to which ``harm`` was done."""
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_model, folder)
    harm(folder)
    with pytest.raises(UnusableModel) as caught:
        ColumnClassifier.load(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def relabel(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["id2label"].popitem()
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda f: [(f / name).unlink() for name in ("model.safetensors", "model.onnx")], "缺少 model.safetensors"),
        (lambda f: (f / "tokenizer.json").unlink(), "缺少 tokenizer.json"),
        (lambda f: (f / "model.safetensors").write_bytes((f / "model.safetensors").read_bytes()[:-100]), "不完整"),
        (lambda f: (f / "model.safetensors").write_bytes(b"not weights at all"), "损坏"),
        (lambda f: (f / "config.json").write_text("{", encoding="utf-8"), "config.json"),
        (lambda f: (f / "subao.json").write_text("[", encoding="utf-8"), "校准"),
        (relabel, "标签 7 个，输出层却有 8 个"),
        (shutil.rmtree, "没有这个模型文件夹"),
    ],
)
def test_damage_to_a_model_folder_is_named_in_one_line(tiny_model, tmp_path, harm, says):
    assert says in damaged(tiny_model, tmp_path, harm)


def test_a_chosen_model_stays_until_the_shipped_one_is_chosen_again(tiny_model, monkeypatch):
    assert chosen_model() == shipped_model()
    choose_model(tiny_model)
    assert chosen_model() == tiny_model.resolve()
    monkeypatch.setenv("SUBAO_MODEL", "elsewhere")
    assert str(chosen_model()) == "elsewhere"
    assert str(chosen_model("named")) == "named"
    monkeypatch.delenv("SUBAO_MODEL")
    choose_model(None)
    assert chosen_model() == shipped_model()
