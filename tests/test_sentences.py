"""Sentences are cut where they stand in the body: marks closed, hard line breaks joined, headings left alone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from news import LAST, NEXT, TEXTS

from nlp.text.sentences import on_one_line, sentence_spans


@given(body=TEXTS)
def test_whole_sentences_lie_side_by_side_with_their_marks_closed(body):
    spans = sentence_spans(body)
    assert all(a.start + len(a.text) <= b.start for a, b in itertools.pairwise(spans))
    for span in spans:
        assert body[span.start : span.start + len(span.text)] == span.text
        if span.whole:
            assert all(span.text.count(a) == span.text.count(b) for a, b in ("“”", "「」", "《》"))


def test_a_quotation_of_several_sentences_stays_whole():
    sentence = "李明表示：“这份计划很及时。企业会更有信心！下一步就看落实。”"
    assert [span.text for span in sentence_spans(sentence + NEXT)] == [sentence, NEXT]


@pytest.mark.parametrize("at", [30, 35])
def test_a_sentence_over_a_hard_line_break_is_kept_as_it_stands_and_reads_as_one_line(at):
    sentence = "常州市近日发布智能制造三年行动计划，提出到2025年建成智能工厂，带动一千家中小企业改造。"
    broken = f"{sentence[:at]}\n{sentence[at:]}"
    first = sentence_spans(broken + NEXT)[0]
    assert (first.text, first.start, first.whole) == (broken, 0, True)
    assert first.line == on_one_line(broken) == sentence


def test_a_sentence_may_go_over_several_lines():
    lines = "这一年各地努力推进制造业的智能化改造，取得了不少令人欣喜的成绩和\n很好的社会反响，企业的投入比上一年增加，订单也跟着多了起来并且\n还在增长。"
    assert [span.line for span in sentence_spans(lines)] == [lines.replace("\n", "")]


def test_lines_broken_at_one_width_go_on_even_without_a_stop_in_them():
    sentence = "常州市人民政府办公室近日印发推进制造业智能化改造和数字化转型三年行动计划并且公布了首批建设二十个智能工厂和十个产业园区的重点任务清单和责任分工方案以及各区的年度目标。"
    lines = [sentence[:30], sentence[30:60], sentence[60:] + NEXT[:8], NEXT[8:], LAST]
    assert [span.line for span in sentence_spans("\n".join(lines)) if span.whole] == [sentence, NEXT, LAST]
