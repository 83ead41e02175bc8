"""Learning to rank: the best sentence of an article outweighs the accepted ones, and one group is never on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.training.listwise import GOOD, fit, folds, target


def test_the_best_has_most_and_the_accepted_share_the_rest():
    assert target(np.array([0, 1, 2, 3]), 1, frozenset({2, 3})).tolist() == pytest.approx([0, 1 - GOOD, GOOD / 2, GOOD / 2])
    assert target(np.array([0, 1]), 1, frozenset()).tolist() == [0, 1]
    assert target(np.array([0, 2]), 1, frozenset({2})).tolist() == [0, 1]
    assert target(np.array([0, 1]), -1, frozenset()).tolist() == [0, 0]


def test_what_the_best_sentences_have_gets_weight_and_what_all_have_gets_none():
    draw = np.random.default_rng(13)
    tables = [np.column_stack([draw.permutation(5) == 0, draw.random(5), np.ones(5)]).astype(float) for _ in range(40)]
    weights = fit(tables, [table[:, 0] for table in tables], np.full(3, 1.0))
    assert weights[0] > 3 and abs(weights[1]) < 1 and weights[2] == 0


def test_a_group_is_in_one_fold_and_every_fold_has_some():
    groups = [i // 3 for i in range(60)]
    found = folds(groups, 4, seed=13)
    assert all(len({found[i] for i in range(60) if groups[i] == g}) == 1 for g in range(20))
    assert set(found) == {0, 1, 2, 3}
