"""Vectors of articles and sentences: title and text read together, no sentence cut in two, in the order given."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.model.states import GLANCE, Reader


class Letters:
    """An encoder whose state of a token is the token itself, so that means can be worked out by hand."""

    class tokenizer:
        @staticmethod
        def encode(text, add_special_tokens=False):
            return type("Encoding", (), {"ids": [ord(c) for c in text]})

    def __init__(self) -> None:
        self.asked = []

    def ids(self, title, body, length=0):
        return [0, *map(ord, title), 0, *map(ord, body), 0][:length], len(title) + 2

    def states(self, encoded):
        self.asked += encoded
        return [np.array([[float(token)] for token in tokens], np.float32) for tokens, _ in encoded]


def test_a_sentences_vector_is_the_mean_of_its_own_tokens_and_the_title_comes_first():
    (found,) = Reader(Letters()).sentences([("b", ["aa", "ac", ""])])
    assert found[:, 0].tolist() == [pytest.approx(98 / 3), 97.0, 98.0, pytest.approx(98 / 3)]


def test_what_does_not_fit_is_read_in_another_window_under_the_same_title():
    encoder = Letters()
    (found,) = Reader(encoder, window=10).sentences([("b", ["aaaa", "cccc", "e" * 50])])
    assert found[1:, 0].tolist() == [97.0, 99.0, 101.0]
    assert [tokens[:3] for tokens, _ in encoder.asked] == [[0, 98, 0]] * 3
    assert all(len(tokens) <= 10 for tokens, _ in encoder.asked)


def test_a_whole_is_read_at_a_glance_and_nothing_gives_nothing():
    assert Reader(Letters()).wholes([("b", "d" * 999)]).shape == (1, 1)
    encoder = Letters()
    Reader(encoder).wholes([("b", "d" * 999)])
    assert len(encoder.asked[0][0]) == GLANCE
    assert Reader(Letters()).sentences([]) == [] and len(Reader(Letters()).wholes([])) == 0
