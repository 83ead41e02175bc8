"""What the encoder is asked to say: soft, weighted targets, views of an article, batches, rates of the layers."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.bulletin import Article
from nlp.training.finetune import Collator, layer_rates
from nlp.training.targets import CERTAIN, COUNTS, row_targets, views

LABELS = ["政策法规", "各地动态", "行业新闻"]


def article(column: str, second: str = "", confidence: int = 0) -> Article:
    return Article("题", "文", column=column, second=second, confidence=confidence)


def test_the_second_label_takes_what_the_reader_was_not_sure_of():
    rows = row_targets([article("政策法规", "各地动态", 1), article("各地动态", "各地动态", 3)], LABELS, 0.0, 0.0)
    assert rows[0].tolist() == pytest.approx([CERTAIN[1] * COUNTS[1], (1 - CERTAIN[1]) * COUNTS[1], 0])
    assert rows[1].tolist() == pytest.approx([0, COUNTS[3], 0])


def test_a_second_label_that_the_model_does_not_have_changes_nothing():
    rows = row_targets([article("政策法规", "综合", 1)], LABELS, 0.0, 0.0)
    assert rows[0].tolist() == pytest.approx([COUNTS[1], 0, 0])


def test_rare_labels_count_more_and_the_mean_weight_stays_one():
    rows = row_targets([article("政策法规")] * 9 + [article("行业新闻")], LABELS, 0.0, 0.5)
    weight = rows.sum(axis=1)
    assert weight[9] > 2 * weight[0]
    assert weight.mean() == pytest.approx(1, abs=1e-3)


def test_an_article_is_shown_as_it_is_without_title_and_titled_by_its_first_clause():
    assert views("常州出台办法", "市政府昨天印发办法，即日施行。")[1:] == [
        ("", "市政府昨天印发办法，即日施行。"), ("市政府昨天印发办法", "市政府昨天印发办法，即日施行。"),
    ]  # fmt: skip
    assert views("只有标题", "") == [("只有标题", "")] * 3


def test_a_batch_shows_every_view_hides_the_share_asked_for_and_never_what_is_kept():
    import torch

    torch.manual_seed(1)
    row = {"views": [[2, *[7] * 60, 3], [2, 9, 3], [2, 8, 8, 3]], "second": [1, 1, 1], "labels": [1.0, 0.0]}
    batch = Collator(mask=4, kept={9}, hidden=0.25)([row] * 400)
    ids, shown = batch["input_ids"], batch["attention_mask"]
    lengths = shown.sum(1)
    assert {3, 4, 62} == set(lengths.tolist())
    assert float((lengths == 62).float().mean()) == pytest.approx(0.76, abs=0.08)
    long = ids[lengths == 62]
    assert float((long == 4).float().mean()) == pytest.approx(0.25 * 60 / 62, abs=0.02)
    assert (ids[:, 0] == 2).all() and (ids[lengths == 3][:, 1] == 9).all()
    assert not (ids * (1 - shown)).any()


def test_each_layer_learns_slower_than_the_one_above(tiny_base):
    from nlp.training.finetune import _open_base

    _, network = _open_base(str(tiny_base), 3)
    rates = {name: group["lr"] for (name, _), group in zip(network.named_parameters(), layer_rates(network, 1.0, 0.5, 0.01), strict=True)}
    assert rates["classifier.weight"] == 1.0
    assert rates["bert.encoder.layer.1.output.dense.weight"] == 0.5
    assert rates["bert.encoder.layer.0.output.dense.weight"] == 0.25
    assert rates["bert.embeddings.word_embeddings.weight"] == 0.125


def test_the_packed_model_is_read_as_its_format_says(tmp_path):
    """A file of the format, written by hand: one array of each kind, four pieces."""
    import struct

    from nlp.training.base import PackedModel

    pieces = ["<s>", "<pad>", "</s>", "<unk>", "常州"]
    blob = "".join(pieces).encode()
    ends = np.cumsum([0] + [len(piece.encode()) for piece in pieces]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, 4, 1, 1, 8, 5, 16, 2, 1e-12, 32)
    head += struct.pack("<5iQ", 5, 0, 2, 1, 3, len(blob)) + ends.tobytes() + np.arange(5, dtype="<f4").tobytes() + blob + struct.pack("<ii", 0, 0)
    nibbles = np.arange(16, dtype=np.uint8) | (np.arange(16, dtype=np.uint8)[::-1] << 4)
    data = np.array([1.5, -2.5], dtype="<f4").tobytes() + np.array([0.5], dtype="<f2").tobytes() + nibbles.tobytes()
    names = [("plain", 0, 2, 0, 8), ("packed", 1, 32, 8, 18)]
    size = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in names)
    directory = struct.pack("<i", 2) + b"".join(
        struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, size + at, length) for name, kind, count, at, length in names
    )
    packed = PackedModel(head + directory + data)
    assert packed.pieces == pieces and packed.scores.tolist() == [0, 1, 2, 3, 4]
    assert (packed.hidden, packed.layers, packed.pad, packed.unk) == (4, 1, 1, 3)
    assert packed.array("plain").tolist() == [1.5, -2.5]
    assert packed.array("packed").tolist() == [(i - 8) / 2 for i in range(16)] + [(15 - i - 8) / 2 for i in range(16)]
