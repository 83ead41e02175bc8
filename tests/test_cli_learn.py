"""subao learn and subao use: what was learnt is used only if it is better, and nothing is lost on the way."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import CORPUS
from safetensors.numpy import load_file, save_file

from nlp.bulletin import Prediction
from nlp.cli import main
from nlp.errors import SubaoError, UnusableModel
from nlp.house import load_house
from nlp.learning import decisions, newsroom
from nlp.learning.memory import GUARD, MEMORY, make
from nlp.learning.seen import vectors_of
from nlp.model.classifier import ColumnClassifier
from nlp.model.folder import choose_model, chosen_model, parent_of, shipped_model, user_models
from nlp.model.onnx_graph import build_graph

HOUSE = load_house()
LEANING = 5.0  # logits by which the model errs towards its first label: what corrections can mend


@pytest.fixture(scope="module")
def model(tiny_model, corpus, tmp_path_factory) -> Path:
    """The tiny model, which puts too much under its first label, with what it remembers of its articles."""
    folder = tmp_path_factory.mktemp("remembering") / "tiny"
    shutil.copytree(tiny_model, folder)
    arrays = load_file(folder / "model.safetensors")
    arrays["classifier.bias"][0] += LEANING
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.onnx").write_bytes(build_graph(folder, int8=False))
    make(folder, corpus, lambda line: None)
    return folder


@pytest.fixture
def in_use(model) -> Path:
    choose_model(model)
    return model


def answers_of(folder: Path, articles) -> bytes:
    predictions = ColumnClassifier.load(folder).predict(articles)
    return repr([list(p.scores.items()) for p in predictions]).encode()


def write_corrections(folder: Path, articles, columns, was) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [
        {"time": f"2022-06-02T09:{i % 60:02}:00", "issue": "46", "id": f"{i}.txt", "title": a.title, "body": a.body, "from": w, "to": c,
         "second": "", "confidence": 0.4, "model": "0000000"} for i, (a, c, w) in enumerate(zip(articles, columns, was, strict=True))
    ]  # fmt: skip
    (folder / "更正.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def wrong(model, corpus) -> list[Prediction]:
    """What the model gets wrong."""
    found = [p for p in ColumnClassifier.load(model).predict(corpus) if p.column != p.article.column]
    assert len(found) >= newsroom.LEAST
    return found


@pytest.fixture
def mistakes(in_use, wrong, tmp_path) -> Path:
    """The articles that the model gets wrong, corrected."""
    return write_corrections(tmp_path / "存档", [p.article for p in wrong], [p.article.column for p in wrong], [p.column for p in wrong])


def test_the_whole_model_written_as_a_layer_answers_the_same(model, corpus):
    classifier = ColumnClassifier.load(model)
    start = newsroom.own_layer(classifier.own_labels, classifier.encoder.head(), classifier.card.temperature, classifier.card.linear)
    scores = start.scores(classifier.features(corpus[:9]), classifier.margins(corpus[:9]))
    powers = np.exp(scores - scores.max(1, keepdims=True))
    expected = [list(p.scores.values()) for p in classifier.predict(corpus[:9])]
    assert powers / powers.sum(1, keepdims=True) == pytest.approx(np.array(expected), abs=1e-4)


def test_corrections_are_learnt_and_one_command_goes_back(in_use, mistakes, corpus, capsys):
    before = answers_of(in_use, corpus[:5])
    assert main(["learn", str(mistakes)]) == 0
    learnt = chosen_model()
    assert parent_of(learnt) == in_use.resolve() and learnt.parent == user_models()
    assert {file.name for file in learnt.iterdir()} == {"decision.npz", "subao.json", "report.json"}
    assert "→" in capsys.readouterr().out
    assert main(["use"]) == 0
    told = capsys.readouterr().out
    assert str(learnt) in told and "学成" in told and "条本刊的决定" in told and "对照文章" in told
    assert main(["learn", str(mistakes)]) == 0 and chosen_model() == learnt  # nothing new: nothing changes
    assert main(["use", "--back"]) == 0 and chosen_model() == in_use.resolve()
    assert answers_of(chosen_model(), corpus[:5]) == before
    assert main(["use", "--back"]) == 0 and chosen_model() == learnt
    assert main(["sort", str(CORPUS / "inbox"), "--json"]) == 0
    assert main(["use", "--shipped"]) == 0 and chosen_model() == shipped_model()


def test_random_labels_are_refused_with_the_figures_and_the_old_model_stays(in_use, corpus, tmp_path, capsys):
    labels = ColumnClassifier.load(in_use).labels
    drawn = np.random.default_rng(5).integers(len(labels), size=100)
    folder = write_corrections(tmp_path / "乱", corpus[:100], [labels[i] for i in drawn], ["-"] * 100)
    assert main(["learn", str(folder)]) == 1
    captured = capsys.readouterr()
    assert "没有换，仍用原来的模型" in captured.err and "篇，改对" in captured.out
    assert chosen_model() == in_use.resolve() and not [f for f in user_models().iterdir() if f.is_dir()]


def test_a_worse_model_is_refused_unless_it_is_wanted_anyway(in_use, tmp_path, capsys):
    worse = tmp_path / "worse"
    shutil.copytree(in_use, worse)
    card = json.loads((worse / "subao.json").read_text(encoding="utf-8"))
    (worse / "subao.json").write_text(json.dumps(card | {"linear": -9.0}), encoding="utf-8")  # it says the opposite
    assert main(["use", str(worse)]) == 1
    assert "→" in (said := capsys.readouterr().err) and "--anyway" in said and chosen_model() == in_use.resolve()
    assert main(["use", str(worse), "--anyway"]) == 0 and chosen_model() == worse.resolve()


def test_too_few_decisions_are_one_line(in_use, corpus, tmp_path, capsys):
    folder = write_corrections(tmp_path / "少", corpus[:3], ["标准化"] * 3, ["-"] * 3)
    assert main(["learn", str(folder)]) == 1
    assert "至少要 10 条" in capsys.readouterr().err
    assert main(["learn", str(folder), "--show"]) == 0
    assert "可学的决定 3 条" in capsys.readouterr().out


def test_a_new_column_of_the_house_counts_from_five_examples_and_a_column_given_up_goes(model):
    columns = [c for c in HOUSE.columns if c.name != "产品市场"]
    house = dataclasses.replace(HOUSE, columns=(*columns, dataclasses.replace(columns[0], name="人才"), dataclasses.replace(columns[0], name="金融")))
    classifier = ColumnClassifier.load(model, house)
    told = [decisions.Decision(None, "人才", "更正", "")] * 5 + [decisions.Decision(None, "金融", "更正", "")] * 4
    labels, few = newsroom._labels(classifier, told, house)
    assert labels[-1] == "人才" and "产品市场" not in labels and few == {"金融": 4}


def test_a_layer_that_stands_on_other_weights_is_named_with_the_way_out(in_use, mistakes, tmp_path):
    assert main(["learn", str(mistakes)]) == 0
    card = json.loads((chosen_model() / "subao.json").read_text(encoding="utf-8"))
    card["parent"]["signature"] = "0000000"
    (chosen_model() / "subao.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(UnusableModel, match="subao learn"):
        ColumnClassifier.load(chosen_model())
    assert newsroom.foundation(chosen_model()) == (shipped_model(), None)  # so that learning again is a way out
    (chosen_model() / "decision.npz").write_bytes(b"no layer")
    assert main(["sort", str(CORPUS / "inbox")]) == 1


def test_a_model_without_memory_cannot_learn_and_says_so(tiny_model, corpus, mistakes, capsys):
    choose_model(tiny_model)
    assert not (tiny_model / MEMORY).exists() and not (tiny_model / GUARD).exists()
    assert main(["learn", str(mistakes)]) == 1
    assert MEMORY in capsys.readouterr().err


def test_deep_learning_writes_a_model_of_its_own_or_leaves_all_as_it_was(in_use, mistakes, corpus, capsys):
    before = answers_of(in_use, corpus[:3])
    code = main(["learn", str(mistakes), "--deep"])
    captured = capsys.readouterr()
    assert "第 3 轮，损失" in captured.err
    if code == 0:
        below = parent_of(chosen_model())
        assert below.parent == user_models() and (below / MEMORY).is_file() and below != in_use
        assert answers_of(chosen_model(), corpus[:3]) != before
        assert main(["use", "--back"]) == 0
    else:
        assert "连编码器一起学的" in captured.err
    assert chosen_model() == in_use.resolve() and answers_of(in_use, corpus[:3]) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_killed_at_twenty_moments_the_old_model_answers_as_before(in_use, mistakes, corpus):
    material = decisions.sift(decisions.read_decisions([mistakes], HOUSE, print), HOUSE)
    outcome = newsroom.learn(in_use, material, HOUSE)
    before, classifier = answers_of(in_use, corpus[:3]), ColumnClassifier.load(in_use)
    content = {file: hashlib.sha256(file.read_bytes()).digest() for file in in_use.iterdir()}
    finished = 0
    for moment in range(1, 21):
        if (child := os.fork()) == 0:
            die_at(moment)
            store = user_models() / f"vectors-{moment}.npz"
            newsroom_store(store, classifier, outcome)
            choose_model(newsroom.keep(outcome, user_models() / f"学习-{moment}"))
            os._exit(0)
        finished += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        if chosen_model() != in_use.resolve():
            assert parent_of(chosen_model()) == in_use.resolve()  # it had come to its last step: whole, and chosen
            ColumnClassifier.load(chosen_model())
            choose_model(in_use)
        assert chosen_model() == in_use.resolve()
        assert content == {file: hashlib.sha256(file.read_bytes()).digest() for file in in_use.iterdir()}
    assert finished < 20 and answers_of(chosen_model(), corpus[:3]) == before


def die_at(moment: int) -> None:
    """Kill this process, as nothing can be caught, when it touches the disk for the time after ``moment``."""
    left = [moment]

    def count(event: str, _) -> None:
        if event in ("open", "os.mkdir", "os.rename", "os.remove"):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def newsroom_store(store: Path, classifier: ColumnClassifier, outcome) -> None:
    """Write vectors as learning does, of numbers that are there already: a forked process starts no engine."""
    from nlp.learning.seen import _keep

    width = outcome.learnt.layer.features.shape[1]
    _keep(store, {b"0" * 32: (np.zeros(width, np.float16), np.zeros(len(classifier.own_labels), np.float16))})


def test_vectors_are_read_once_and_a_damaged_store_is_begun_anew(model, corpus, tmp_path):
    classifier, read = ColumnClassifier.load(model), []
    store = tmp_path / "vectors.npz"
    first = vectors_of(classifier, corpus[:4], store)
    again = vectors_of(classifier, corpus[:4], store, read.append)
    assert read == [4] and np.array_equal(first[0], again[0])
    store.write_bytes(b"damaged")
    assert np.array_equal(vectors_of(classifier, corpus[:4], store)[0], first[0])


def test_learning_from_nothing_at_all_names_the_way(in_use, tmp_path):
    with pytest.raises(SubaoError, match="没有这个文件"):
        decisions.read_decisions([tmp_path / "没有"], HOUSE, print)
