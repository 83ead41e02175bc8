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
from .importance import COLUMN, LENGTH, reasons
from .text import split_sentences, without_han_gaps

SAME = 0.6  # share of common character pairs (Dice) from which two sentences say the same
CROWDED = 0.2  # what each article already taken of a column costs the next one of it; the best theme weighs 2.5
RETOLD = 100.0  # what it costs that the story is already taken: it comes after all others
TELLING = 0.1  # the weight from which a reason is worth telling
LONG_ONES = 3  # articles of an issue whose length is told as a reason
NUMERALS = "零一二三四五六七八九十"
SHORTEST, LONGEST = 12, 200  # characters of a sentence that says something, and of one read at a glance
BRIEF = 25  # characters below which a sentence with neither figure nor document says little
OPEN_LINE = 30  # a line that long with a stop in it and none at its end goes on in the next one; others are headings
EVEN = 0.8  # lines broken at one width are at least so long, compared with the longest
REACH = 3  # so many sentences on, figures may stand for a sentence that only announces them
NEWS, WEAK = 0.3, 0.5  # what a sentence gains that tells what happened, and what one loses that hangs in the air

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
    "印发给|请.{0,20}(?:执行|落实|实施|联系)|现将|现予|特此|^(?:来看|跟随|请看)|为您解答|今天起.{0,6}推出|首先来?关注|^.{0,12}意见反馈截止"
    "|制[定订]本|本实施意见|(?:如下|提出以下).{0,6}[。：:]$"
    "|^(?:第?[一二三四五六七八九十]+[、章节]|[（(][一二三四五六七八九十]+[)）]).{0,25}$"  # a heading with a full stop
)
_NEW_LINE = re.compile(  # what begins a paragraph even after a line without an end
    r"#|第?[一二三四五六七八九十]+[、章节条]|[（(][一二三四五六七八九十\d]+[)）]|\d+(?:[、．)）]|\.(?!\d))|[●■◆▲*·—]|[问答]\s*[:：]|近日|日前|$"
)
_NEWS = re.compile(
    r"(?:近日|日前|近期|\d月|[今昨]天).{0,80}(?:发布|印发|出台|公布|判决|投用|投产|下线|启动|启用|开工|建成|上线|交付|揭牌|签约)"
)
_WEAK = re.compile(
    "^(?:这(?!个.[天季])|该|其|此|同时|与此|对此|因此|为此|另外|会上|但|不过|然而|而|随后|于是|双方|[他她它])"  # hangs on the sentence before
    "|^(?:将(?!来)|把(?!握)|要(?!闻|素)|持续|继续|今年新|(?:进一步|深入|全面|积极|大力|加快|着力|切实)?"
    "(?:推[动进]|加[快强大]|坚持|强化|优化|修[编订]|完善|健全|支持|鼓励|引导|开展|组织实施|落实|严格))"  # who?
    "|^(?:走进|走在|来到|步入|站在|推开|清晨|凌晨|傍晚|夜幕|午后|一大早|初春|盛夏|深秋|寒冬|[^，。]{1,8}(?:时节|季节)|没有[^。]{0,40}只有)"  # a scene
)
_ANNOUNCED = re.compile("(?:通报|介绍|公布|发布|召开|举行|举办)[^，。；：]{0,40}(?:情况|指数|数据|报告|结果|会议?)。$")
_FIGURE = re.compile(  # no date, no number of a document, no 5G
    r"(?<![\d.A-Za-z第-])\d[\d.,]*(?![\d.,]|[GD](?![A-Za-z])|\s*(?:[-—~～至年月日号时期届条章版型〕]|周年))"
)


@dataclass(frozen=True)
class Choice:
    """An article that leads the issue, why, and its key sentences in the order of the source."""

    article: Article
    score: float
    reasons: tuple[str, ...]
    sentences: tuple[Highlight, ...]


@dataclass(frozen=True)
class Span:
    """A sentence and its place in the body; ``whole`` if it starts and ends as a sentence does, its marks closed.

    Where a hard line break cuts the sentence, ``text`` holds it, as the body does; ``line`` is the form to read.
    """

    text: str
    start: int
    whole: bool

    @property
    def line(self) -> str:
        return on_one_line(self.text)


def on_one_line(sentence: str) -> str:
    """Join a sentence over a hard line break for reading: ``on_one_line("研发投入\\n强度") -> "研发投入强度"``."""
    return without_han_gaps(re.sub(r"\s*\n\s*", " ", sentence)) if "\n" in sentence else sentence


def sentence_spans(body: str, title: str = "") -> list[Span]:
    """Cut a body as ``split_sentences`` does, but only at 。！？ outside quotations; no subheadings, no datelines.

    A line that breaks off goes on in the next one; one that says the ``title`` again is a heading and does not.

    >>> [span.text for span in sentence_spans("新华社南京5月15日电（记者 李明）他说：“好。行！”一是快；二是准。")]
    ['他说：“好。行！”', '一是快；二是准。']
    """
    spans: list[Span] = []
    begin = at = 0
    lines = body.split("\n")
    *_, third, _, longest = sorted([0, 0, 0, *map(len, lines)])
    full = EVEN * longest if third >= EVEN * longest else len(body) + 1  # nothing is that long
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        at += len(line) + 1
        if line.lstrip().startswith("### "):
            begin = at
        elif not _goes_on(line.strip(), following.strip(), title, len(line) >= full):
            spans += _spans_of(body, begin, at - 1)
            begin = at
    return spans


def _goes_on(line: str, following: str, title: str, full: bool) -> bool:
    """Whether a line (``full`` if as long as lines get) breaks off in mid-sentence, and the next may be the rest of it."""
    if _NEW_LINE.match(following):
        return False
    long = len(line) >= OPEN_LINE and (full or re.search("[，。；]", line)) and line[-1] not in "：:…" and not _ending(line)
    return line.endswith(("，", "、")) or (bool(long) and _dice(_pairs(line), _pairs(title)) < SAME)


def _spans_of(body: str, at: int, stop: int) -> Iterator[Span]:
    """The sentences of one paragraph, ``body[at:stop]``, the line breaks in it read as spaces."""
    line = body[at:stop].replace("\n", " ")
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
            text = body[at + begin : at + end]
            yield Span(text, at + begin, not any(depth.values()) and not ("\n" in text and len(text) > LONGEST))
            begin = end
            depth.clear()
    if begin < end:
        yield Span(body[at + begin : at + end], at + begin, False)


def key_sentences(article: Article, n: int = 1) -> list[Highlight]:
    """The n sentences that say best what an article is about, in the order of the source, no two alike.

    Fragments, questions, quotations, formulas and brief sentences without a fact are passed over. Where nothing good is
    left the lead stays, even if it is one of those; of an empty body none.
    """
    headline = re.sub("^【.*?】", "", article.title)
    title = _pairs(headline)
    spans = [span for span in sentence_spans(article.body, headline) if re.search(r"\w", span.text)]
    whole = [span for span in spans if span.whole and _says_something(span.line, title)]
    unspoken = [span for span in whole if not _SPOKEN.search(span.line)]
    candidates = [span for span in unspoken if not _FORMULA.search(span.line)]
    if all(_is_weak(span.line) for span in candidates):
        candidates = (unspoken or whole or sorted(spans, key=lambda span: not span.whole))[:1]
    scores = rate([span.line for span in candidates], title)
    pairs = [_pairs(span.line) for span in candidates]
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
    more: then the lead was a scene. Figures weigh a little, a sentence too long to read at a glance loses a little; what
    hangs in the air loses more; what only announces figures or says the title again is outdone by the figures that follow.
    """
    scores: list[float] = []
    hollow: list[int] = []
    weak = [_is_weak(sentence) for sentence in sentences]
    telling = [bool(_FIGURE.search(sentence)) and not loses for sentence, loses in zip(sentences, weak, strict=True)]
    for place, sentence in enumerate(sentences):
        pairs = _pairs(sentence)
        of_title = len(title & pairs) / max(1, len(title))
        figures = min(3, len(_FIGURE.findall(sentence))) / 3
        score = 1 / (1 + place) + 1.5 * of_title + 0.2 * figures - 0.3 * (len(sentence) > LONGEST)
        score += NEWS * bool(_NEWS.search(sentence)) - WEAK * weak[place]
        scores.append(round(score, 3))
        if _only_announces(sentence) or (_dice(pairs, title) >= SAME and not re.search(r"\d", sentence)):  # the day is news to the title
            hollow.append(place)
    for place in hollow:
        after = [i for i in range(place + 1, min(place + 1 + REACH, len(scores))) if telling[i]]
        if after:
            best = max(after, key=scores.__getitem__)
            scores[best] = max(scores[best], round(scores[place] + 0.001, 3))
    return scores


def _is_weak(sentence: str) -> bool:
    """It hangs in the air, only announces, or has few words, no figure and no document: ``_is_weak("机器人来了。")``."""
    brief = len(sentence) < BRIEF and not re.search(r"[\d《]", sentence)
    return brief or bool(_WEAK.search(sentence)) or _only_announces(sentence)


def _only_announces(sentence: str) -> bool:
    """A meeting was held, data came out, and no figure is told: ``_only_announces("26日，省里通报了有关情况。")``."""
    return bool(_ANNOUNCED.search(sentence)) and not _FIGURE.search(sentence)


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
    long = min(sorted(len(article.body) for article in printed)[-LONG_ONES:], default=0)
    crowd: Counter[str] = Counter()
    chosen: dict[int, Choice] = {}
    for i, score in taken.items():
        crowd[columns[i]] += 1
        nth = crowd[columns[i]]
        place = f"本栏得分第{NUMERALS[nth] if nth < len(NUMERALS) else f' {nth} '}"
        telling = [r for r in found[i] if r.weight >= TELLING and (r.kind != LENGTH or len(printed[i].body) >= long)]
        why = [place if reason.kind == COLUMN else reason.name for reason in telling]
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
