"""The sentences of an article that could stand for it, each with what it must know of its neighbours.

It cuts, at semicolons too and inside speeches that no one could print whole; it refuses to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..bulletin import NO_TITLE, Article
from ..text.sentences import LONGEST, Span, bigrams, dice, ending, on_one_line, sentence_spans

MOST = 30  # candidates of an article; what says most stands among the first so many or not at all
SHORTEST = 12  # characters of a sentence that says something
TOO_LONG = 400  # characters that no one prints as one sentence
AGAIN = 0.9  # share of common character pairs (Dice) with the title from which a sentence is only the title again
_FORMULA = re.compile(
    "印发给你|请.{0,20}(?:遵照|认真|贯彻)?(?:执行|落实|实施)。$|^(?:来看|跟随|请看)|为您解答|今天起.{0,6}推出|^首先来?关注|^.{0,12}意见反馈截止|制[定订]本.{0,8}。$"
    "|(?:如下|提出以下).{0,6}[。：:]$|^(?:第?[一二三四五六七八九十]+[、章节]|[（(][一二三四五六七八九十]+[)）]).{0,25}。?$|^[，、]|^(?:记者|主持人|问|答|[QA])\s*[:：]"
    "|^发布日期|(?:说|表示|介绍|写道|告诉记者)。$"
)
_SERIES = re.compile("^【.*?】")
_DANGLES = re.compile(  # what it speaks of was named before it: 目前该公司已拥有……; or a quotation that no one is named for
    r".{0,14}?(?<!应)该(?!书)|.{1,14}?(?:这[家个项台款种一位](?![天年月])|此次|其(?![中他余它次实]))|“[^“”]*”$"
)
_CUT = re.compile(r"[^；;]*[；;]+[”’」』）)》\"]*|[^；;]+$")
_INNER = re.compile(r"[^。！？；;]*(?:[。！？；;]+[”’」』）)》\"]*|$)")


@dataclass(frozen=True)
class Candidate:
    """A stretch of the body, ``body[start:end] == text``; ``line`` is the form to read.

    ``whole``: it begins and ends as a sentence does, no quotation or bracket half open. ``after``: the sentence before
    it, of which it is the next clause where that ends with a semicolon. ``sentence``: where the sentence that it is a
    clause of begins and ends, if that is whole.
    """

    text: str
    start: int
    whole: bool
    after: str = ""
    sentence: tuple[int, int] | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def line(self) -> str:
        return on_one_line(self.text)


def headline_of(article: Article) -> str:
    """The title without the name of a series: ``【新思想引领新征程】传统产业向“新”发展 -> 传统产业向“新”发展``."""
    return _SERIES.sub("", article.title.replace(NO_TITLE, "")).strip()


def candidates(article: Article, most: int = MOST) -> list[Candidate]:
    """The first ``most`` stretches of an article that end at 。！？； and are no picture, table row or bare sign.

    >>> [c.text for c in candidates(Article("", "出口增长14.4%；顺差增长41.2%。"))]
    ['出口增长14.4%；', '顺差增长41.2%。']
    """
    found: list[Candidate] = []
    before = ""
    for span in sentence_spans(article.body, headline_of(article)):
        for text, start, whole in _pieces(span):
            if re.search(r"\w", text):
                found.append(Candidate(text, start, whole, before, (span.start, span.start + len(span.text)) if span.whole else None))
                before = text
            if len(found) == most:
                return found
    return found


def can_stand(one: Candidate, headline: str) -> bool:
    """Whether it is a sentence at all that an editor could print: whole, no question, no heading, not the title again."""
    line = one.line
    if not one.whole or len(line) < SHORTEST or ending(line) in ("？", "?") or len(line) > TOO_LONG:
        return False
    return not _FORMULA.search(line) and dice(bigrams(line), bigrams(headline)) < AGAIN


def dangles(one: Candidate) -> bool:
    """Whether it leans on what was said before it: ``该机累计工作611小时。``, or is what someone unnamed says."""
    return bool(_DANGLES.match(one.line))


def _pieces(span: Span) -> Iterator[tuple[str, int, bool]]:
    """A sentence's clauses between semicolons; of a speech too long to be read at a glance, its sentences."""
    pattern = _INNER if len(span.text) > LONGEST else _CUT
    begin = end = 0
    for match in pattern.finditer(span.text):
        end = match.end()
        text = span.text[begin:end]
        if begin < end and (_closed(text) or pattern is _INNER):
            lead = len(text) - len(text.lstrip())
            yield text.strip(), span.start + begin + lead, span.whole and _closed(text)
            begin = end
    if begin < end:
        text = span.text[begin:end]
        yield text.strip(), span.start + begin + len(text) - len(text.lstrip()), span.whole and begin == 0


def _closed(text: str) -> bool:
    """Every quotation and bracket that opens is closed: ``_closed("他说：“好。") -> False``."""
    return all(text.count(a) == text.count(b) for a, b in (("“", "”"), ("《", "》"), ("「", "」"), ("『", "』"))) and (
        sum(map(text.count, "（(")) <= sum(map(text.count, "）)"))
    )
