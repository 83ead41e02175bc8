"""The base encoder: its tokenizer, its masking, its vectors, and a run that stops and goes on."""

from __future__ import annotations

import collections
import dataclasses
import json

import numpy as np
import pytest

from nlp.training.contrastive import Texts, contrastive_loss
from nlp.training.corpora import read_texts
from nlp.training.pretrain import main, mask_words, ppmi_vectors, pretrain
from nlp.training.settings import PretrainSettings
from nlp.training.tokenizer import WORD_START, build_tokenizer, pack


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer(collections.Counter({"常州": 50, "标准化": 30, "2022": 9, "的": 99, "髙": 5, "罕见词": 1}), 7200)


def test_frequent_words_are_pieces_and_any_other_word_falls_into_characters(tokenizer):
    assert tokenizer.tokenize("常州的标准化，2022年ABC") == ["常州", "的", "标准化", ",", "2022", "年", "a", "b", "c"]
    assert tokenizer.tokenize("常 州\n常州") == ["常", "州", "常州"]


def test_no_chinese_character_of_gb2312_and_none_of_the_text_is_unknown(tokenizer):
    assert tokenizer.unk_token_id not in tokenizer("鑫髙齄淼龋").input_ids


def test_a_clause_of_a_hundred_characters_is_still_cut_into_pieces(tokenizer):
    assert tokenizer("常州" * 100, add_special_tokens=False).input_ids == tokenizer.convert_tokens_to_ids(["常州"] * 100)


def test_whole_words_are_hidden_and_special_tokens_never():
    # Two words of two pieces each between [CLS] and [SEP]: both pieces of a word are hidden, or neither.
    row = np.array([2, 10 | WORD_START, 11, 12 | WORD_START, 13, 3], dtype=np.uint16)
    block = np.tile(row, (4000, 1))
    inputs, hidden, ids = mask_words(block, 0.2, 100, np.random.default_rng(0))
    assert (ids == [2, 10, 11, 12, 13, 3]).all()
    assert not hidden[:, [0, 5]].any()
    assert (hidden[:, 1] == hidden[:, 2]).all() and (hidden[:, 3] == hidden[:, 4]).all()
    assert hidden[:, 1:5].mean() == pytest.approx(0.2, abs=0.02)
    assert (inputs[~hidden] == ids[~hidden]).all()
    assert (inputs[hidden] == 4).mean() == pytest.approx(0.8, abs=0.03)


def test_tokens_with_the_same_neighbours_get_like_vectors():
    # Pieces 5 and 6 both stand between 7 and 8; piece 9 between 10 and 11.
    sentence = np.array([7, 5, 8, 3, 7, 6, 8, 3, 10, 9, 11, 3] * 200, dtype=np.uint16)
    v = ppmi_vectors(sentence, 12, 4, window=1)
    cosine = lambda a, b: v[a] @ v[b] / (np.linalg.norm(v[a]) * np.linalg.norm(v[b]) + 1e-9)  # noqa: E731
    assert cosine(5, 6) > 0.9 > cosine(5, 9) + 0.4


def test_a_share_of_a_file_is_always_the_same_share(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as parquet

    rows = {"date": ["2024-01-01"] * 199 + ["2025-06-01"], "title": [f"第{i}条" for i in range(200)], "body": ["正文"] * 200}
    path = tmp_path / "broadcast.parquet"
    parquet.write_table(pa.table(rows), path)
    some = list(read_texts([f"{path}=0.3"]))
    assert some == list(read_texts([f"{path}=0.3"]))
    assert 30 < len(some) < 90
    assert len(list(read_texts([str(path)]))) == 199  # the item of 2025 stays out


def test_a_run_leaves_a_whole_encoder_its_facts_and_no_checkpoint(tiny_base, tmp_path):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    settings = PretrainSettings(layers=1, hidden=64, tokens_per_step=256, short=32, long=32, passages=4)
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    tokens = np.load(tiny_base / "cache" / "tokens.npy")
    facts = pretrain(tokenizer, tokens, tmp_path / "b", minutes=0, steps=20, settings=settings, report=lambda line: None)
    assert facts["steps"] == 20 and 0 < facts["held_out_loss"] < np.log(len(tokenizer)) + 1
    written = json.loads((tmp_path / "b" / "pretraining.json").read_text(encoding="utf-8"))
    assert written["settings"] == dataclasses.asdict(settings)
    assert not list((tmp_path / "b").glob("*.pt"))
    AutoModelForSequenceClassification.from_pretrained(tmp_path / "b", num_labels=3)


def test_packed_text_travels_as_parts_and_a_finished_base_is_trained_on(tiny_base, tmp_path, capsys):
    text = tmp_path / "a.txt"
    text.write_text("常州市发布智能制造行动计划，推进标准化工作。" * 200, encoding="utf-8")
    away = tmp_path / "away"
    arguments = ["-o", str(away), "--tokens-per-step", "128", "--short", "16", "--long", "16", "--passages", "4"]
    assert main([str(text), *arguments, "--start", str(tiny_base), "--pack"]) == 0
    assert "tokens-00.xz" in capsys.readouterr().out
    packed = np.load(away / "cache" / "tokens.npy")
    (away / "cache" / "tokens.npy").unlink()
    assert np.array_equal(pack([], away / "cache", 7200)[1], packed)
    assert main([*arguments, "--start", str(tiny_base), "--steps", "10"]) == 0
    assert json.loads((away / "config.json").read_text())["hidden_size"] == 64
    assert main(["-o", str(tmp_path / "none")]) == 1 and "没有打包好的文字" in capsys.readouterr().err


def test_two_passages_are_of_one_text_and_share_no_token():
    lengths = [40, 41, 300, 39, 90]  # the fourth is too short
    texts = [np.arange(100 + 1000 * i, 100 + 1000 * i + n, dtype=np.uint16) for i, n in enumerate(lengths)]
    passages = Texts(np.concatenate([np.append(text, np.uint16(3)) for text in texts]))
    random = np.random.default_rng(13)
    for _ in range(200):
        one, other = passages.draw(9, 24, 56, random)
        assert len(one) == len(other) == len(passages) == 4
        for a, b in zip(one, other, strict=True):
            assert a[0] == b[0] == 2 and 3 in a and 3 in b
            a, b = a[a > 3], b[b > 3]
            assert len(set(a // 1000) | set(b // 1000)) == 1 and set(a // 1000) != {3}
            assert not set(a) & set(b) and 8 <= len(a) <= 24 and 8 <= len(b) <= 56
            assert (np.diff(a) == 1).all() and (np.diff(b) == 1).all()


def test_passages_that_agree_cost_less_than_passages_that_do_not():
    import torch

    one = torch.eye(4)
    assert contrastive_loss(one, one) < 1e-6 < contrastive_loss(one, one.roll(1, 0))


def test_an_interrupted_run_goes_on_from_its_checkpoint(tiny_base, tmp_path):
    from transformers import AutoTokenizer

    settings = PretrainSettings(layers=1, hidden=64, tokens_per_step=256, short=32, long=32, passages=4, checkpoint=20)
    tokenizer, tokens = AutoTokenizer.from_pretrained(tiny_base), np.load(tiny_base / "cache" / "tokens.npy")

    def interrupt(line):
        if "step 50 " in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pretrain(tokenizer, tokens, tmp_path / "b", minutes=0, steps=60, settings=settings, report=interrupt)
    lines: list[str] = []
    pretrain(tokenizer, tokens, tmp_path / "b", minutes=0, steps=60, settings=settings, report=lines.append)
    assert lines[0].startswith("continued at") and lines[0].endswith("step 40")
