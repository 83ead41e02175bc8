"""The key sentences of an article: which of its sentences say what it is about.

It rates and compares; it refuses to write: every sentence is a span of the article's body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..bulletin import NO_TITLE, Article, Highlight
from ..text.sentences import LONGEST, SAME, Span, bigrams, dice, ending, sentence_spans

SHORTEST = 12  # characters of a sentence that says something
HEADLINE = 40  # characters at most of a line that may be a headline
BRIEF = 25  # characters below which a sentence with neither figure nor document says little
REACH = 3  # so many sentences on, figures may stand for a sentence that only announces them
NEWS, WEAK = 0.3, 0.5  # what a sentence gains that tells what happened, and what one loses that hangs in the air
OUTDONE = 0.2  # by how much the figures then outdo the sentence that announces them
# What ``rate`` counts beside the log-probability that the encoder gives a sentence. The title says what to look for,
# and the rules read it better than the encoder; without one they know little (both chosen on items of 2024 and dev issues).
WITH_TITLE, WITHOUT_TITLE = 25.0, 0.5

_SPOKEN = re.compile(  # a word in quotation marks is no speech
    r"^(?:记者|主持人|问|答|[QA])\s*[:：]|^[“「‘『\"][^”」’』\"]{16}|(?:说|表示|介绍|写道|告诉记者)。$"
)
_FORMULA = re.compile(
    "印发给|请.{0,20}(?:执行|落实|实施|联系)|现将|现予|特此|^(?:来看|跟随|请看)|为您解答|今天起.{0,6}推出|首先来?关注|^.{0,12}意见反馈截止"
    "|制[定订]本|本实施意见|(?:如下|提出以下).{0,6}[。：:]$"
    "|^(?:第?[一二三四五六七八九十]+[、章节]|[（(][一二三四五六七八九十]+[)）]).{0,25}$"  # a heading with a full stop
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

Scorer = Callable[[Article, Sequence[str]], Sequence[float]]  # an article and sentences of it, in order -> how much each says


def key_sentences(article: Article, n: int = 1, scorer: Scorer | None = None) -> list[Highlight]:
    """The n sentences that say best what an article is about, in the order of the source, no two alike.

    Fragments, questions, quotations, formulas and brief sentences without a fact are passed over. Where nothing good is
    left the lead stays, even if it is one of those; of an empty body none. ``scorer`` is a second opinion; where there is
    no title, its word counts most, and a line that stands like a headline may be taken too.
    """
    headline = re.sub("^【.*?】", "", article.title.replace(NO_TITLE, ""))
    title = bigrams(headline)
    spans = [span for span in sentence_spans(article.body, headline) if re.search(r"\w", span.text)]
    whole = [span for span in spans if span.whole and _says_something(span.line, title)]
    unspoken = [span for span in whole if not _SPOKEN.search(span.line)]
    candidates = [span for span in unspoken if not _FORMULA.search(span.line)]
    headless = bool(scorer) and not title
    if headless:
        candidates = [span for span in spans if span in candidates or _stands_like_a_headline(article.body, span)]
    if not candidates or (not headless and all(_is_weak(span.line) for span in candidates)):
        candidates = (unspoken or whole or sorted(spans, key=lambda span: not span.whole))[:1]
    scores, scale = rate([span.line for span in candidates], title), 1.0
    if scorer:
        learnt = dict(zip((span.start for span in spans), scorer(article, [span.line for span in spans]), strict=True))
        rules = WITH_TITLE if title else WITHOUT_TITLE
        scale = max(scale, rules)
        scores = [round(learnt[span.start] + rules * score, 3) for span, score in zip(candidates, scores, strict=True)]
    said = [bigrams(span.line) for span in candidates]
    alike = [0.0] * len(candidates)  # to the closest sentence taken
    taken: list[int] = []
    while len(taken) < n and (left := [i for i, share in enumerate(alike) if share < SAME]):
        best = max(left, key=lambda i: scores[i] - scale * alike[i])
        taken.append(best)
        alike = [1.0 if i == best else max(share, dice(said[i], said[best])) for i, share in enumerate(alike)]
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
        said = bigrams(sentence)
        of_title = len(title & said) / max(1, len(title))
        figures = min(3, len(_FIGURE.findall(sentence))) / 3
        score = 1 / (1 + place) + 1.5 * of_title + 0.2 * figures - 0.3 * (len(sentence) > LONGEST)
        score += NEWS * bool(_NEWS.search(sentence)) - WEAK * weak[place]
        scores.append(round(score, 3))
        if _only_announces(sentence) or (dice(said, title) >= SAME and not re.search(r"\d", sentence)):  # the day is news to the title
            hollow.append(place)
    for place in hollow:
        after = [i for i in range(place + 1, min(place + 1 + REACH, len(scores))) if telling[i]]
        if after:
            best = max(after, key=scores.__getitem__)
            scores[best] = max(scores[best], round(scores[place] + OUTDONE, 3))
    return scores


def _is_weak(sentence: str) -> bool:
    """It hangs in the air, only announces, or has few words, no figure and no document: ``_is_weak("机器人来了。")``."""
    brief = len(sentence) < BRIEF and not re.search(r"[\d《]", sentence)
    return brief or bool(_WEAK.search(sentence)) or _only_announces(sentence)


def _only_announces(sentence: str) -> bool:
    """A meeting was held, data came out, and no figure is told: ``_only_announces("26日，省里通报了有关情况。")``."""
    return bool(_ANNOUNCED.search(sentence)) and not _FIGURE.search(sentence)


def _stands_like_a_headline(body: str, span: Span) -> bool:
    """A line of its own without a stop: ``机器人产业园在常州开工``."""
    alone = body[: span.start].rstrip(" \u3000")[-1:] in ("", "\n") and body[span.start + len(span.text) :].lstrip(" \u3000")[:1] in ("", "\n")
    return alone and span.text[-1].isalnum() and SHORTEST <= len(span.text) <= HEADLINE and "\n" not in span.text


def _says_something(sentence: str, title: set[str]) -> bool:
    """No question, not too short, not the title again."""
    return ending(sentence) not in "？?" and len(sentence) >= SHORTEST and dice(bigrams(sentence), title) < 0.9
