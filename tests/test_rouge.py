"""Character ROUGE: worked by hand, against an independent count, and light to import."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter

import pytest
from conftest import ROOT

from nlp.evaluation.rouge import Rouge, overlap, rouge


def test_the_three_figures_are_those_worked_by_hand():
    # reference 标准发布: 4 characters, 3 pairs (标准 准发 发布)
    # text    发布标准了: 5 characters, 4 pairs (发布 布标 标准 准了)
    # ROUGE-1: 4 shared, precision 4/5, recall 4/4, F = 2·4/(5+4) = 8/9
    # ROUGE-2: 标准 and 发布 shared, precision 2/4, recall 2/3, F = 2·2/(4+3) = 4/7
    # ROUGE-L: the longest common subsequence is 标准 (or 发布): 2/5 and 2/4, F = 2·2/(5+4) = 4/9
    assert rouge("标准发布", "发布标准了") == pytest.approx(Rouge(8 / 9, 4 / 7, 4 / 9))
    assert overlap("标准发布", "发布标准了") == pytest.approx((8 / 9 + 4 / 7) / 2)


def test_a_character_counts_as_often_as_both_have_it():
    # 常常州 and 常常常: two of the three shared; of the pairs 常常 常州 and 常常 常常 one.
    assert rouge("常常州", "常常常") == pytest.approx((2 / 3, 1 / 2, 2 / 3))


def test_signs_and_spaces_count_for_nothing_and_letters_and_figures_as_they_are():
    assert rouge("“常州”，5G！", "常 州 5G。") == (1, 1, 1)
    assert rouge("5G", "5g") == pytest.approx((1 / 2, 0, 1 / 2))


@pytest.mark.parametrize(("reference", "text"), [("", "常州"), ("常州", ""), ("", ""), ("。", "！"), ("常", "州")])
def test_nothing_shared_is_zero(reference, text):
    assert rouge(reference, text) == (0, 0, 0) and overlap(reference, text) == 0


def counted(reference: str, text: str) -> tuple[float, float, float]:
    """The same figures without the package."""
    a, b = ([c for c in s if c.isalnum()] for s in (reference, text))
    figures = []
    for n in (1, 2):
        x, y = (Counter(zip(*(s[i:] for i in range(n)), strict=False)) for s in (a, b))
        figures.append(2 * (x & y).total() / max(1, x.total() + y.total()))
    row = [0] * (len(b) + 1)  # lengths of the longest common subsequence
    for c in a:
        corner = 0
        for j, d in enumerate(b, 1):
            corner, row[j] = row[j], corner + 1 if c == d else max(row[j - 1], row[j])
    return figures[0], figures[1], 2 * row[-1] / max(1, len(a) + len(b))


@pytest.mark.parametrize("seed", range(100))
def test_figures_agree_with_an_independent_count(seed):
    draw = random.Random(seed)
    reference, text = ("".join(draw.choices("常州智造，发布3D。", k=draw.randrange(30))) for _ in range(2))
    assert rouge(reference, text) == pytest.approx(counted(reference, text))
    assert overlap(reference, text) == pytest.approx(sum(counted(reference, text)[:2]) / 2)


def test_importing_it_brings_no_package_along():
    code = "import sys, nlp.evaluation.rouge, nlp.evaluation.baselines; assert not {'rouge_score', 'nltk', 'numpy'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0
