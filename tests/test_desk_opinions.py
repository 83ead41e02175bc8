"""The model reads beside the editor's work: never while keys are pressed, and one article at a time."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from desk import ARTICLES, HOUSE

from nlp.bulletin import REJECTED, Prediction
from nlp.desk import opinions
from nlp.desk.explain import Passed
from nlp.desk.opinions import Opinions
from nlp.errors import SubaoError


class Reading:
    """A model that notes what it was given, and when."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.first = 0.0

    def predict(self, articles):
        self.first = self.first or time.monotonic()
        self.given.append(len(articles))
        return [Prediction(a, {name: float(name == a.column) for name in (*HOUSE.column_names, REJECTED)}) for a in articles]


def wait_until_read(judged: Opinions) -> None:
    deadline = time.monotonic() + 20
    while judged.left and time.monotonic() < deadline:
        time.sleep(0.01)


def test_nothing_is_read_while_the_editor_works_and_then_one_after_the_other(monkeypatch):
    monkeypatch.setattr(opinions, "PAUSE", 0.2)
    model = Reading()
    judged = Opinions(lambda: model)
    judged.ask(ARTICLES)
    for _ in range(6):  # a key every twentieth of a second, longer than the pause
        time.sleep(0.05)
        judged.pause()
    last = time.monotonic()
    wait_until_read(judged)
    assert model.first >= last + 0.19
    assert model.given == [1] * len(ARTICLES)
    assert judged.of(ARTICLES[0]).column == ARTICLES[0].column


def test_what_is_asked_for_does_not_wait_for_the_pause_and_is_read_once(monkeypatch):
    monkeypatch.setattr(opinions, "PAUSE", 0.2)
    model = Reading()
    judged = Opinions(lambda: model)
    judged.ask(ARTICLES)
    begin = time.monotonic()
    assert [p.column for p in judged.read(ARTICLES[:2])] == [a.column for a in ARTICLES[:2]]
    assert model.first - begin < 0.15
    wait_until_read(judged)
    assert sum(model.given) == len(ARTICLES)


def test_no_model_is_said_and_stops_the_reading(monkeypatch):
    monkeypatch.setattr(opinions, "PAUSE", 0.0)

    def none():
        raise SubaoError("没有模型")

    judged = Opinions(none)
    judged.ask(ARTICLES[:1])
    wait_until_read(judged)
    assert (judged.trouble, judged.left) == ("没有模型", 0)
    with pytest.raises(SubaoError, match="没有模型"):
        judged.read(ARTICLES[:1])


def test_the_grounds_of_an_article_that_was_passed_are_given_up(monkeypatch):
    monkeypatch.setattr(opinions, "PAUSE", 60.0)
    article = replace(ARTICLES[0], body="一是快。二是准。三是稳。" * 8)

    class Editor(Reading):
        linear = None

        def predict(self, articles):
            if len(self.given) == 3:  # a key is pressed while the sentences are weighed
                judged.interrupt()
            return super().predict(articles)

    model = Editor()
    judged = Opinions(lambda: model)
    with pytest.raises(Passed):
        judged.why(article)
    assert len(model.given) == 4
    prediction, found = judged.why(article)
    assert prediction.column == article.column and found.title == 0.0
    assert len(model.given) == 4 + 1 + 24


def test_a_closed_desk_reads_no_more(monkeypatch):
    monkeypatch.setattr(opinions, "PAUSE", 0.1)
    model = Reading()
    judged = Opinions(lambda: model)
    judged.ask(ARTICLES)
    judged.close()
    time.sleep(0.3)
    assert model.given == []
