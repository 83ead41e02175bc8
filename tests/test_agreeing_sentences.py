"""How often readers would print the tool's sentence: places found, shares counted, what none can stand for counted apart."""

from __future__ import annotations

import json

import pytest
from news import LAST, LEAD, NEXT

from nlp.bulletin import Article
from nlp.errors import SubaoError
from nlp.evaluation.gold import Marked, read_marked
from nlp.evaluation.highlights import LEAD as FIRST
from nlp.evaluation.highlights import TOOL
from nlp.evaluation.sentences import SECOND, compare_marked, shown_index, text_index

BODY = f"本报讯 {LEAD}{NEXT}\n{LAST}"
SHOWN = (f"本报讯{LEAD}", NEXT, LAST)


def marked(best: int, *good: int, second=None) -> Marked:
    return Marked(Article("计划", BODY), SHOWN, best, frozenset(good), second)


def test_a_span_is_the_sentence_shown_that_it_shares_most_with_whatever_the_blanks():
    for place, sentence in enumerate((LEAD, NEXT, LAST)):
        start = BODY.index(sentence)
        assert shown_index(marked(0), start, start + len(sentence)) == place
    start = BODY.index(NEXT)
    assert shown_index(marked(0), start - 3, start + len(NEXT)) == 1
    assert shown_index(marked(0), 0, 0) == -1


def test_a_peers_text_is_found_by_its_place_or_by_what_it_shares():
    assert text_index(marked(0), NEXT[:12]) == 1
    assert text_index(marked(0), LAST.replace("下一步，", "")) == 2
    assert text_index(marked(0), "毫不相干的话") == text_index(marked(0), "") == -1


def test_accepted_and_best_are_shares_of_the_articles_that_have_a_sentence():
    articles = [marked(1, 0), marked(2), marked(0, second=(1, frozenset())), marked(-1)]
    found = compare_marked(articles, {TOOL: [0, 2, 2, 0], FIRST: [0, 0, 0, 0]}, [True, True, False, False])
    assert found.n == 3
    assert (found.systems[TOOL]["acceptable"], found.systems[TOOL]["best"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found.systems[SECOND] == {"n": 1, "acceptable": 0.0, "best": 0.0, "interval": None}
    assert found.none == {"n": 1, "found": 1, "false": pytest.approx(1 / 3)}
    assert found.difference["acceptable"].mean == pytest.approx(0) and "首句" in found.table()
    assert json.loads(json.dumps(found.as_dict()))["n"] == 3


def test_rows_are_read_and_bad_ones_named(tmp_path):
    file = tmp_path / "dev.jsonl"
    row = {"id": "a", "title": "计划", "body": BODY, "sentences": SHOWN, "best": 1, "good": [0, -1], "second": {"best": 2, "good": []}}
    bad = [row | {"best": 7}, {k: v for k, v in row.items() if k != "best"}, row | {"body": None}]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in [row, *bad]), encoding="utf-8")
    said: list[str] = []
    (found,) = read_marked([file], said.append)
    assert (found.best, found.good, found.accepted, found.second) == (1, {0}, {0, 1}, (2, frozenset()))
    assert len(said) == 3 and "第 2 行" in said[0]
    file.write_text(json.dumps(bad[0]), encoding="utf-8")
    with pytest.raises(SubaoError, match="best"):
        read_marked([file], said.append)
