"""model.onnx judges as the weights do, or is not there."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from conftest import ROOT

from nlp.errors import SubaoError, UnusableModel
from nlp.model.classifier import ColumnClassifier
from nlp.model.encoder import OnnxEncoder, open_session
from nlp.model.folder import signature
from nlp.model.onnx_graph import build_graph
from nlp.training import run as training
from nlp.training.export import EXACT, INT8, Trial, export, facts_of


@pytest.fixture(scope="module")
def folder(tiny_model, tmp_path_factory):
    """The tiny model with an int8 model.onnx, whatever the gate said of it."""
    copy = tmp_path_factory.mktemp("onnx") / "model"
    shutil.copytree(tiny_model, copy)
    (copy / "model.onnx").write_bytes(build_graph(copy, int8=True))
    return copy


@pytest.fixture
def copy(folder, tmp_path):
    """A copy of it to do harm to."""
    return shutil.copytree(folder, tmp_path / "copy")


@pytest.fixture(scope="module")
def torch_logits(folder, corpus):
    return ColumnClassifier.load(folder, engine="torch").logits(corpus[:60])


def with_graph(folder, graph: bytes) -> ColumnClassifier:
    """The classifier of a folder with another graph in it."""
    classifier = ColumnClassifier.load(folder)
    classifier.encoder = OnnxEncoder(classifier.encoder.tokenizer, open_session(graph), classifier.encoder.length)
    return classifier


def change_weights(folder, change) -> None:
    """Let ``change`` work on the arrays of model.safetensors."""
    from safetensors.numpy import load_file, save_file

    arrays = load_file(folder / "model.safetensors")
    change(arrays)
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})


def test_the_exact_graph_gives_the_logits_of_torch(folder, corpus, torch_logits):
    exact = with_graph(folder, build_graph(folder, int8=False)).logits(corpus[:60])
    assert exact == pytest.approx(torch_logits, abs=1e-5)


def test_the_int8_graph_comes_near_them(folder, corpus, torch_logits):
    int8 = ColumnClassifier.load(folder).logits(corpus[:60])
    assert np.abs(int8 - torch_logits).max() < 0.05 * np.ptp(torch_logits)


def test_an_article_gets_bitwise_the_same_answer_in_any_company(folder, corpus):
    classifier = ColumnClassifier.load(folder)
    some = corpus[:70]
    together = classifier.logits(some)
    assert np.array_equal(together, classifier.logits(some[::-1])[::-1])
    assert np.array_equal(together, np.concatenate([classifier.logits([article]) for article in some]))


def test_the_same_weights_give_the_same_bytes_and_int8_the_smaller_file(folder):
    assert build_graph(folder, int8=True) == (folder / "model.onnx").read_bytes()
    assert build_graph(folder, int8=False) == build_graph(folder, int8=False)
    assert (folder / "model.onnx").stat().st_size < 0.65 * (folder / "model.safetensors").stat().st_size


def test_no_sum_of_two_int8_products_overflows_16_bits(folder):
    import onnx

    graph = onnx.load(folder / "model.onnx").graph
    arrays = {array.name: onnx.numpy_helper.to_array(array) for array in graph.initializer}
    matrices = [arrays[node.input[1]] for node in graph.node if node.op_type == "DynamicQuantizeMatMul"]
    assert len(matrices) == 6 * 2  # six matrices a layer, two layers
    assert 2 * 255 * max(int(np.abs(matrix.astype(int)).max()) for matrix in matrices) < 2**15


def test_the_gate_asks_for_99_of_100_columns_and_half_a_point_of_macro_f1():
    assert Trial(INT8, 100, 0.99, 0.806, 0.81).passed
    assert not Trial(INT8, 100, 0.98, 0.81, 0.81).passed
    assert not Trial(INT8, 100, 0.99, 0.804, 0.81).passed
    assert facts_of([Trial(INT8, 100, 0.9, 0.8, 0.8), Trial(EXACT, 100, 1.0, 0.8, 0.8)])["used"] == EXACT
    assert facts_of([Trial(INT8, 100, 0.9, 0.8, 0.8)])["used"] is None


def test_where_int8_is_too_coarse_the_exact_graph_is_written(copy, corpus):
    def let_one_neuron_shout(arrays):  # into the void: exactly nothing changes, but int8 no longer sees the others
        for i in (0, 1):
            arrays[f"bert.encoder.layer.{i}.intermediate.dense.bias"][0] = 30_000
            arrays[f"bert.encoder.layer.{i}.output.dense.weight"][:, 0] = 0
            arrays[f"bert.encoder.layer.{i}.attention.self.value.bias"][0] = 30_000
            arrays[f"bert.encoder.layer.{i}.attention.output.dense.weight"][:, 0] = 0

    change_weights(copy, let_one_neuron_shout)
    lines: list[str] = []
    trials = export(ColumnClassifier.load(copy, engine="torch"), copy, corpus[::2], lines.append)
    assert facts_of(trials)["used"] == EXACT
    assert [trial.passed for trial in trials] == [False, True]
    assert "没有通过" in lines[0] and "通过" in lines[1]
    assert ColumnClassifier.load(copy).encoder.engine == "onnx"


def test_where_neither_judges_alike_torch_remains(copy, corpus):
    stranger = ColumnClassifier.load(copy, engine="torch")
    change_weights(copy, lambda arrays: np.negative(arrays["classifier.weight"], out=arrays["classifier.weight"]))
    lines: list[str] = []
    assert facts_of(export(stranger, copy, corpus[::4], lines.append))["used"] is None
    assert len(lines) == 3 and "torch" in lines[-1]
    assert not (copy / "model.onnx").exists()
    assert ColumnClassifier.load(copy).encoder.engine == "torch"


def test_another_kind_of_encoder_stays_with_torch(copy, corpus):
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}), encoding="utf-8")
    lines: list[str] = []
    assert export(ColumnClassifier.load(copy, engine="torch"), copy, corpus[:20], lines.append) == []
    assert "relu" in lines[0] and "torch" in lines[1]
    assert not (copy / "model.onnx").exists()


def test_training_leaves_a_model_onnx_and_says_how_it_did(tiny_model):
    facts = json.loads((tiny_model / "report.json").read_text(encoding="utf-8"))["onnx"]
    assert facts["used"] in (INT8, EXACT)
    assert facts["tried"][-1]["agreement"] >= 0.99
    assert (tiny_model / "model.onnx").is_file()
    assert "ONNX" in (tiny_model / "lines.txt").read_text(encoding="utf-8")


def test_a_trained_folder_is_calibrated_measured_and_exported_again(copy, capsys):
    before = {name: (copy / name).read_bytes() for name in ("subao.json", "held-out.csv", "model.safetensors")}
    (copy / "model.onnx").unlink()
    card = json.loads(before["subao.json"]) | {"temperature": 1.0, "linear": 0.0, "threshold": 0.0, "coverage": 1.0}
    (copy / "subao.json").write_text(json.dumps(card), encoding="utf-8")
    assert training.main([str(copy), str(ROOT / "corpus")]) == 0
    assert "ONNX" in capsys.readouterr().out
    assert json.loads((copy / "report.json").read_text(encoding="utf-8"))["onnx"]["used"]
    assert (copy / "model.onnx").is_file()
    assert {name: (copy / name).read_bytes() for name in before} == before
    assert training.main([str(copy), str(ROOT / "corpus" / "issues")]) == 1
    assert "错误" in capsys.readouterr().err


def test_the_engine_is_onnx_where_the_file_is_unless_torch_is_asked_for(folder, copy):
    assert ColumnClassifier.load(folder).encoder.engine == "onnx"
    assert ColumnClassifier.load(folder, engine="torch").encoder.engine == "torch"
    assert signature(folder, "onnx") != signature(folder, "torch")
    (copy / "model.onnx").unlink()
    assert ColumnClassifier.load(copy).encoder.engine == "torch"
    with pytest.raises(UnusableModel, match=r"缺少 model\.onnx"):
        ColumnClassifier.load(copy, engine="onnx")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda f: (f / "model.onnx").write_bytes((f / "model.onnx").read_bytes()[:-1000]), "模型打不开"),
        (lambda f: (f / "model.onnx").write_bytes(b""), "模型打不开"),
        (lambda f: (f / "model.onnx").write_bytes(b"not a graph"), "模型打不开"),
        (lambda f: change_weights(f, lambda arrays: arrays["classifier.bias"].fill(1)), "不是由同一文件夹的权重导出"),
    ],
)
def test_a_damaged_or_foreign_graph_is_named_in_one_line(copy, harm, says):
    harm(copy)
    with pytest.raises(UnusableModel, match=says) as caught:
        ColumnClassifier.load(copy)
    assert "\n" not in str(caught.value)


def test_only_a_classifier_on_torch_is_saved_and_an_old_graph_does_not_outlive_its_weights(folder, copy, tmp_path):
    with pytest.raises(SubaoError, match="torch"):
        ColumnClassifier.load(folder).save(tmp_path / "other")
    ColumnClassifier.load(folder, engine="torch").save(copy)
    assert not (copy / "model.onnx").exists()


def test_both_engines_can_be_named_and_no_third(folder, capsys):
    from nlp.cli import main

    answers = []
    for engine in ("onnx", "torch"):
        assert main(["sort", str(ROOT / "corpus" / "inbox"), "--json", "--model", str(folder), "--engine", engine]) == 0
        answers.append([json.loads(line) for line in capsys.readouterr().out.splitlines()])
    for one, other in zip(*answers, strict=True):
        assert one["id"] == other["id"]
        assert one["scores"] == pytest.approx(other["scores"], abs=0.05)
    with pytest.raises(SystemExit) as left:
        main(["sort", "x", "--engine", "third"])
    assert left.value.code == 2 and "onnx" in capsys.readouterr().err
