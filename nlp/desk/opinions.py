"""What the model thinks of the articles on the desk, found out beside the editor's work and never in its way.

One thread reads one article after the other while the editor rests; the grounds of an article are worked out when they
are asked for. All is kept by an article's text, so that a moved article need not be read again and an edited one is.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ..bulletin import Article, Prediction
from ..duplicates import find_duplicates
from ..errors import SubaoError
from .explain import Grounds, Passed, grounds

BATCH = 4  # articles read at once when they are asked for: another question waits no longer than for these
PAUSE = 1.5  # seconds after an editor's step in which nothing is read in the background: the next key comes soon


class Opinions:
    """Predictions and grounds by the text of an article, from a classifier opened in the background."""

    def __init__(self, open_model: Callable[[], object]) -> None:
        self.trouble = ""  # why there is no model, in Chinese
        self._open = open_model
        self._model: object | None = None
        self._known: dict[tuple[str, str], Prediction] = {}
        self._grounds: dict[tuple[str, str], Grounds] = {}
        self._waiting: deque[Article] = deque()
        self._queued: set[tuple[str, str]] = set()
        self._signal = threading.Condition()
        self._lock = threading.Lock()  # one question to the model at a time
        self._closed = False
        self._asking = 0  # questions of an editor who waits: they go before the reading in the background
        self._question = 0  # of the grounds asked for only the last are worked out, and those not after the next step
        self._resume = 0.0  # when the reading in the background may go on, by the monotonic clock
        self._stories: tuple[tuple[tuple[str, str], ...], dict[int, int]] = ((), {})
        threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """Read nothing more."""
        with self._signal:
            self._closed = True
            self._signal.notify_all()

    def ask(self, articles: Iterable[Article]) -> None:
        """Have articles read that are not known yet; returns at once."""
        if not self._queued:
            self.pause()  # the page is about to be drawn
        with self._signal:
            for article in articles:
                if (text := _text(article)) not in self._queued:
                    self._queued.add(text)
                    self._waiting.append(article)
            self._signal.notify()

    def pause(self) -> None:
        """The editor is at work: leave the processor alone for a moment."""
        self._resume = time.monotonic() + PAUSE

    def interrupt(self) -> None:
        """The editor goes on: the grounds of the article before need not be worked out."""
        with self._signal:
            self._question += 1
        self.pause()

    def of(self, article: Article) -> Prediction | None:
        """What the model thinks of an article, if it has read it by now."""
        return self._known.get(_text(article))

    def read(self, articles: Sequence[Article]) -> list[Prediction]:
        """Read articles now, one batch after the other; SubaoError where there is no model."""
        for start in range(0, len(articles), BATCH):
            some = [article for article in articles[start : start + BATCH] if _text(article) not in self._known]
            with self._turn():
                found = self._opened().predict(some)
            for article, prediction in zip(some, found, strict=True):
                self._queued.add(_text(article))
                self._known[_text(article)] = prediction
        return [replace(self._known[_text(article)], article=article) for article in articles]

    def signature(self) -> str:
        """What tells the model from others."""
        with self._turn():
            return self._opened().signature

    @property
    def left(self) -> int:
        """How many articles wait to be read."""
        return 0 if self.trouble else len(self._queued) - len(self._known)

    def why(self, article: Article) -> tuple[Prediction, Grounds]:
        """The prediction for an article and its grounds; takes up to a second the first time.

        Raises SubaoError: there is no model; Passed: another article's were asked for meanwhile, or the editor went on.
        """
        text = _text(article)
        with self._signal:
            self._question += 1
            mine = self._question
        if text not in self._grounds:
            with self._turn():
                if self._question != mine:
                    raise Passed
                model = self._opened()
                if text not in self._known:
                    self._queued.add(text)
                    self._known[text] = model.predict([article])[0]
                if text not in self._grounds:
                    self._grounds[text] = grounds(model, article, self._known[text], lambda: self._question == mine)
        return self._known[text], self._grounds[text]

    def same_story(self, articles: tuple[Article, ...], at: int) -> list[int]:
        """The places of the other articles that tell the story of ``articles[at]``."""
        texts = tuple(map(_text, articles))
        if self._stories[0] != texts:
            self._stories = (texts, find_duplicates(articles))
        copies = self._stories[1]
        story = copies.get(at, at)
        return [i for i in range(len(articles)) if i != at and copies.get(i, i) == story]

    def _work(self) -> None:
        while not (self.trouble or self._closed):
            with self._signal:
                while not self._waiting or self._asking or self._rest() > 0:
                    self._signal.wait(self._rest() if self._waiting and self._rest() > 0 else None)
                    if self._closed:
                        return
                article = self._waiting.popleft()
            if _text(article) in self._known:
                continue
            try:
                with self._lock:
                    found = self._opened().predict([article])
            except SubaoError as error:
                self.trouble = str(error)
                return
            except Exception:
                if self._closed:  # a model that is opened while Python ends cannot be
                    return
                raise
            self._known.setdefault(_text(article), found[0])

    def _rest(self) -> float:
        """Seconds until the reading in the background may go on."""
        return self._resume - time.monotonic()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._signal:
            self._asking += 1
        try:
            with self._lock:
                yield
        finally:
            with self._signal:
                self._asking -= 1
                self._signal.notify_all()

    def _opened(self):
        if self.trouble:
            raise SubaoError(self.trouble)
        if self._model is None:
            self._model = self._open()
        return self._model


def _text(article: Article) -> tuple[str, str]:
    return article.title, article.body
