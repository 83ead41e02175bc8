"""The bulletin's taste is a file of words: what they say adds up, can be told, and is read back as it was written."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import UnusableModel
from nlp.highlights.features import NEUTRAL
from nlp.highlights.lexicon import LEAD, Lexicon, as_json, load_lexicon, parts

TASTE = Lexicon(200, {"机器人": (300, 100), "机器": (50, 20), "进厂": (4, 5), "旅游": (-150, -80), "消费": (-60, -40)})


def test_a_word_says_in_a_title_what_it_says_there_and_in_a_lead_what_it_says_there():
    assert TASTE.rate("机器人", "") == pytest.approx(0.2 + 0.3 + 0.05)
    assert TASTE.rate("", "机器人。") == pytest.approx(0.2 + 0.1 + 0.02)
    assert TASTE.rate("机器人机器人", "") == TASTE.rate("机器人", "")
    assert TASTE.rate("", "") == 0.2


def test_words_are_told_by_what_they_say_and_none_within_another():
    assert TASTE.telling("机器人旅游消费", "") == ["机器人"]
    assert TASTE.telling("机器人旅游消费", "", against=True) == ["旅游", "消费"]
    assert TASTE.telling("进厂", "进厂。") == TASTE.telling("", "") == []


def test_the_series_and_what_stands_in_brackets_are_not_read_and_of_the_body_only_the_lead():
    assert parts("【机器人】进 车间（2022年）", "央视网消息（新闻联播）：今天(5月8日)开工") == ("进车间", "央视网消息：今天开工")
    assert TASTE.rate("", "开工" * LEAD + "机器人") == TASTE.rate("", "")


@given(st.text(max_size=40), st.text(max_size=300))
def test_any_text_has_a_rating_and_at_most_three_words_of_it_are_told(title, body):
    taste = load_lexicon()
    assert -9 < taste.rate(title, body) < 12
    told = taste.telling(title, body)
    assert len(told) <= 3 and all(word in "".join(parts(title, body)) for word in told)


def test_a_taste_is_read_back_as_it_was_written(tmp_path):
    file = tmp_path / "taste.json"
    file.write_text(as_json(TASTE), encoding="utf-8")
    assert load_lexicon(file) == TASTE


@pytest.mark.parametrize("text", ["", "[]", '{"base": 1}', '{"base": 1, "words": {"甲": 3}}', '{"base": 1, "words": {"甲": ["a", 1]}}'])
def test_a_damaged_or_missing_file_is_named_in_one_line(tmp_path, text):
    file = tmp_path / "taste.json"
    with pytest.raises(UnusableModel, match="缺少"):
        load_lexicon(file)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableModel, match=r"taste\.json.*损坏") as caught:
        load_lexicon(file)
    assert "\n" not in str(caught.value)


def test_the_shipped_file_is_small_and_likes_technology_better_than_tourism():
    file = ROOT / "models" / "highlights" / "taste.json"
    assert file.stat().st_size < 1_000_000
    assert load_lexicon(file) == load_lexicon()
    liked, disliked = "我国工业机器人研发创新取得突破", "假日旅游消费持续升温"
    assert load_lexicon().rate(liked, "") > NEUTRAL > load_lexicon().rate(disliked, "") + 0.1
    assert "旅游" in load_lexicon().telling(disliked, "", against=True)
