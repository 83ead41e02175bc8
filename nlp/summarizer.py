"""The key sentences of an article, and the articles that lead an issue, each with its reasons.

It cuts, compares and adds up; it refuses to write: every sentence is a span of the article's body.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .bulletin import Article, Highlight, House
from .duplicates import find_duplicates
from .importance import reasons
from .text import split_sentences

SAME = 0.6  # share of common character pairs (Dice) from which two sentences say the same
CROWDED = 0.2  # what each article already taken of a column costs the next one of it; the best theme weighs 2.5
RETOLD = 100.0  # what it costs that the story is already taken: it comes after all others
TELLING = 0.1  # the weight from which a reason is worth telling
SHORTEST, LONGEST = 12, 200  # characters of a sentence that says something, and of one read at a glance
OPEN_LINE = 30  # a line that long with a comma and without an end goes on in the next one; others are headings

_CLOSERS = dict(zip("”’」』》）)", "“‘「『《（（", strict=True))
_MARK = re.compile(r"[“”‘「」『』《》（）()]|(?<![A-Za-z])’|\"")
_CLOSING = "”’」』）)》\""
_BYLINE = r"\s*[（(][^）)]{0,80}[）)]"
_OUTLET = r"(?:本[报刊网台]|中国网络电视台|[\u4e00-\u9fff]{2,8}[报网社台])[^，。！？；：:]{0,30}?"
_DATELINE = re.compile(
    rf"\s*(?:{_OUTLET}(?:日[电讯](?:{_BYLINE})?\s*[，,:：]?|(?:电|讯|消息|报道)(?:{_BYLINE})?\s*[:：]|讯(?:{_BYLINE}|(?=\s)))\s*"
    r"|[（(](?:本报|本刊|特约|通讯员|记者)[^）)]{0,80}[）)]\s*"
    r"|(?:各|尊敬的)[^。！？：:]{2,200}(?:[府委办厅局院校]|机构|单位|部门|公司|企业|同志|读者)\s*[:：]\s*)+"  # a salutation
)
_SPOKEN = re.compile(  # a word in quotation marks is no speech
    r"^(?:记者|主持人|问|答|[QA])\s*[:：]|^[“「‘『\"][^”」’』\"]{16}|(?:说|表示|介绍|写道|告诉记者)。$"
)
_FORMULA = re.compile(
    "印发给|请.{0,20}(?:执行|落实|实施|联系)|现将|现予|特此|^(?:来看|跟随|请看)"
    "|^(?:第?[一二三四五六七八九十]+[、章节]|[（(][一二三四五六七八九十]+[)）]).{0,25}$"  # a heading with a full stop
)
_FIGURE = re.compile(r"\d[\d.]*")


@dataclass(frozen=True)
class Choice:
    """An article that leads the issue, why, and its key sentences in the order of the source."""

    article: Article
    score: float
    reasons: tuple[str, ...]
    sentences: tuple[Highlight, ...]


@dataclass(frozen=True)
class Span:
    """A sentence and its place in the body; ``whole`` if it starts and ends as a sentence does, its marks closed."""

    text: str
    start: int
    whole: bool


def sentence_spans(body: str) -> list[Span]:
    """Cut a body as ``split_sentences`` does, but only at 。！？ outside quotations; no subheadings, no datelines.

    >>> [span.text for span in sentence_spans("新华社南京5月15日电（记者 李明）他说：“好。行！”一是快；二是准。")]
    ['他说：“好。行！”', '一是快；二是准。']
    """
    spans: list[Span] = []
    at, broken = 0, False
    for line in body.split("\n"):
        if not line.lstrip().startswith("### "):
            spans += _spans_of_line(line, at, broken)
        text = line.strip()
        long = len(text) >= OPEN_LINE and "，" in text and text[-1] not in "：:"
        broken = text.endswith(("，", "、")) or (long and not _ending(text))
        at += len(line) + 1
    return spans


def _spans_of_line(line: str, at: int, broken: bool) -> Iterator[Span]:
    """The sentences of one line that begins at ``at``; ``broken`` if its first one began in the line before."""
    dateline = _DATELINE.match(line)
    begin = end = dateline.end() if dateline else 0
    depth: Counter[str] = Counter()
    for piece in split_sentences(line[begin:]):
        start = line.index(piece, end)
        if begin == end:
            begin = start
        end = start + len(piece)
        for mark in _MARK.findall(piece):
            if mark in _CLOSERS:
                depth[_CLOSERS[mark]] -= 1
            elif mark == '"':
                depth[mark] = 1 - depth[mark]
            else:
                depth["（" if mark == "(" else mark] += 1
        depth["（"] = max(0, depth["（"])  # 1）, 2）: a list, not a bracket
        if _ending(piece) and max(depth.values(), default=0) <= 0:
            yield Span(line[begin:end], at + begin, not broken and not any(depth.values()))
            begin, broken = end, False
            depth.clear()
    if begin < end:
        yield Span(line[begin:end], at + begin, False)


def key_sentences(article: Article, n: int = 1) -> list[Highlight]:
    """The n sentences that say best what an article is about, in the order of the source, no two alike.

    Fragments, questions, quotations and formulas are passed over. Of a body with nothing else its first sentence, even
    if it is one of those; of an empty body none.
    """
    spans = [span for span in sentence_spans(article.body) if re.search(r"\w", span.text)]
    title = _pairs(re.sub("^【.*?】", "", article.title))
    whole = [span for span in spans if span.whole and _says_something(span.text, title)]
    plain = [span for span in whole if not (_SPOKEN.search(span.text) or _FORMULA.search(span.text))]
    candidates = plain or whole or sorted(spans, key=lambda span: not span.whole)[:1]
    scores = rate([span.text for span in candidates], title)
    pairs = [_pairs(span.text) for span in candidates]
    alike = [0.0] * len(candidates)  # to the closest sentence taken
    taken: list[int] = []
    while len(taken) < n and (left := [i for i, share in enumerate(alike) if share < SAME]):
        best = max(left, key=lambda i: scores[i] - alike[i])
        taken.append(best)
        alike = [1.0 if i == best else max(share, _dice(pairs[i], pairs[best])) for i, share in enumerate(alike)]
    picked = [(candidates[i], scores[i]) for i in sorted(taken)]
    return [Highlight(article, span.text, span.start, span.start + len(span.text), score) for span, score in picked]


def rate(sentences: Sequence[str], title: set[str]) -> list[float]:
    """Score an article's sentences, given in order, against the character pairs of its title.

    The lead leads, as in news; the second sentence overtakes it with a third more of the title, the sixth with half
    more: then the lead was a scene. Figures weigh a little, a sentence too long to read at a glance loses a little.
    """
    scores = []
    for place, sentence in enumerate(sentences):
        of_title = len(title & _pairs(sentence)) / max(1, len(title))
        figures = min(3, len(_FIGURE.findall(sentence))) / 3
        score = 1 / (1 + place) + 1.5 * of_title + 0.2 * figures - 0.3 * (len(sentence) > LONGEST)
        scores.append(round(score, 3))
    return scores


def _says_something(sentence: str, title: set[str]) -> bool:
    """No question, not too short, not the title again."""
    return _ending(sentence) not in "？?" and len(sentence) >= SHORTEST and _dice(_pairs(sentence), title) < 0.9


def _ending(text: str) -> str:
    """The sign that ends a sentence, before closing marks; empty where none does: ``_ending("“好。”") -> "。"``."""
    sign = text.rstrip(_CLOSING)[-1:]
    return sign if sign in "。！？!?" else ""


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring letters or digits: ``_pairs("常州，市") -> {"常州"}``."""
    return {pair for a, b in itertools.pairwise(text) if (pair := a + b).isalnum()}


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))


def choose(articles: Sequence[Article], house: House, k: int | None = None, sentences: int = 1) -> list[Choice]:
    """Choose the k articles that lead the issue, in print order: the strongest, under a fair share for each column.

    Articles outside the house's columns (备选, 不收录) are left out; ``k`` is a third of the others, rounded (a third
    never ends in a half), at least 1. An article is known by its place: two with one title are two.
    """
    names = house.column_names
    printed = sorted((a for a in articles if a.column in names), key=lambda article: names.index(article.column))
    found = [reasons(article, house) for article in printed]
    strengths = [round(sum(reason.weight for reason in given), 2) for given in found]
    columns = [article.column for article in printed]
    taken = spread(strengths, columns, max(1, (len(printed) + 1) // 3) if k is None else k, find_duplicates(printed))
    crowd: Counter[str] = Counter()
    chosen: dict[int, Choice] = {}
    for i, score in taken.items():
        crowd[columns[i]] += 1
        nth = crowd[columns[i]]
        place = f"{columns[i]}栏" + ("首篇" if nth == 1 else f"第 {nth} 篇")
        named = [reason.name for reason in found[i] if reason.weight >= TELLING]
        why = [place if name == f"{columns[i]}栏" else name for name in named]
        why += [place] if place not in why else []
        chosen[i] = Choice(printed[i], score, tuple(why), tuple(key_sentences(printed[i], sentences)))
    return [chosen[i] for i in sorted(chosen)]


def spread(
    strengths: Sequence[float], columns: Sequence[str], k: int, copy_of: Mapping[int, int] | None = None
) -> dict[int, float]:
    """Take k of the articles, the strongest first, each costing the later ones of its column and of its story.

    Returns place -> score in the order of taking; ties go to the earlier place.

    >>> spread([3.0, 2.9, 2.9, 2.8], ["甲", "甲", "甲", "乙"], 2)
    {0: 3.0, 3: 2.8}
    """
    story = [(copy_of or {}).get(i, i) for i in range(len(strengths))]
    taken: dict[int, float] = {}
    while len(taken) < min(k, len(strengths)):
        crowd, told = Counter(columns[i] for i in taken), {story[i] for i in taken}
        scores = {
            i: round(strength - CROWDED * crowd[columns[i]] - RETOLD * (story[i] in told), 2)
            for i, strength in enumerate(strengths)
            if i not in taken
        }
        best = max(scores, key=scores.__getitem__)
        taken[best] = scores[best]
    return taken


def as_dict(choice: Choice) -> dict:
    """One entry of ``subao highlights --json``; ``sentence`` is the best of ``sentences``, empty where there is none."""
    best = max(choice.sentences, key=lambda sentence: sentence.score, default=None)
    return {
        "title": choice.article.title,
        "column": choice.article.column,
        "score": choice.score,
        "reasons": list(choice.reasons),
        "sentence": best.sentence if best else "",
        "start": best.start if best else 0,
        "end": best.end if best else 0,
        "sentences": [{"text": s.sentence, "start": s.start, "end": s.end} for s in choice.sentences],
    }
