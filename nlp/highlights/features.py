"""What speaks for one article: its subject, its level, what is new in it, its data, its column, each by name.

It knows words and counts of one article; it refuses to know the other articles and how many are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..bulletin import Article
from ..house import House
from ..text.doubt import confidence_in
from ..text.places import MUNICIPALITIES, PROVINCES
from .lexicon import load_lexicon
from .moved import moved_weights

LEAD = 150  # characters of the body that say what the article is about
NEUTRAL = 0.35  # what most articles' subjects rate: about a third of an issue leads it
LIKELY = 0.8  # how sure the mark 请核对 must be for the column to count all the same

# 题材 is what the words of ``taste`` say, learnt from another reader's ratings of other articles. The weights are fitted on
# 30 issues of 12 to 16 articles with the five that each of three readers took: logistic regression on the pairs of one
# issue of which more readers took the one, L2, rounded; 申报 (such calls are few), 省 and 篇幅 by hand. The patterns below
# come from the bulletin's rules, 12 of the issues and an editor's remarks. `benchmarks/highlights.py --refit` fits again
# without each issue.
WEIGHTS = {
    "题材": 4.0,
    "例行": -0.7,
    "申报": -1.8,
    "首创": 0.9,
    "国家": 0.4,
    "导语国家": 0.4,
    "省": 0.2,
    "数据": 0.6,
    "篇幅": 0.2,
}

LENGTH, COLUMN = "篇幅", "栏目"  # the kinds of reasons that only the whole issue can put in words

_ROUTINE = re.compile("废止|名单|成员|公示|征求意见|征集|转发|批转|信息公开|年度报告|有关事项|工作要点|侵权假冒|打击侵犯|制售假冒|联席会议|回访|侧记|纪实|竞赛")
_CALLS = re.compile("(?:申报|征集|遴选|招募|推荐(?!性)).*(?:通知|公告|启事)")
_FIRSTS = re.compile(
    r"首(?:[次个台飞条架艘创发]|套(?!房)|批(?!\s*[\d两一二三四五六七八九十百千]))"  # 首批6套: a delivery
    r"|突破(?![^，。；！？\s]{0,8}(?:瓶颈|困|围|制约|束缚|壁垒|局限|口))"  # 突破结构之困: a wish
    "|填补|领先|前列|里程碑|新纪录|(?:世界|全球|国际|国内|全国)(?:第一|首|先进|最)"
)
_NATIONAL = re.compile(
    "我国|全国|中国|国家(?!级?(?:高新|经开|经济技术|经济开发|农高|农业高新|新区|开发区|自主创新|自创))|"  # no parks
    "国务院|中共中央|党中央|中办|国办|中央|最高人民|[一二三四五六七八九十两]+部门|部委|工业和信息化部|工信部|科技部|"
    "科学技术部|发展改革委|发改委|财政部|商务部|教育部|市场监管总局|国资委|习近平|总书记|总理|新华社|人民日报|经济日报|科技日报|光明日报|央视"
)
_PROVINCIAL = re.compile("|".join((*PROVINCES, *MUNICIPALITIES, "自治区", "省委", "省政府", "全省")))
_FIGURE = re.compile(r"\d[\d.,，]*\s*(?:[%％万亿千家项个台套倍元吨件人]|公里|平方|公顷|兆瓦|百分点)")


@dataclass(frozen=True)
class Reason:
    """Why an article is stronger (or, with a weight below 0, weaker) than others, as the editor reads it."""

    name: str
    weight: float
    kind: str = ""  # one of ``WEIGHTS``, or ``COLUMN``


def reasons(article: Article, house: House) -> tuple[Reason, ...]:
    """What speaks for and against one article, the weightiest first; the column's weight is the house's own.

    While it is doubtful (请核对) which column an article belongs to, its column says nothing for it, unless the first
    probability in the mark is at least ``LIKELY``.
    """
    moved = moved_weights()
    found = [Reason(name, round((WEIGHTS[kind] + moved.get(kind, 0)) * strength, 2), kind) for kind, name, strength in signals(article)]
    weights = {column.name: column.weight + moved.get(column.name, 0) for column in house.columns}
    if _column_is_likely(article):
        found.append(Reason(f"{article.column}栏", weights.get(article.column, 0.0), COLUMN))
    return tuple(sorted((reason for reason in found if reason.weight), key=lambda reason: -abs(reason.weight)))


def _column_is_likely(article: Article) -> bool:
    """No doubt, or hardly any: ``标准化 91%，次选 行业新闻 3%`` is likely, ``标准化 41%`` and a mark without a figure not."""
    return confidence_in(article.doubt) >= LIKELY


def importance(article: Article, house: House) -> float:
    """The sum of the weights of an article's reasons; comparable within an issue and across an inbox."""
    return sum(reason.weight for reason in reasons(article, house))


def signals(article: Article) -> Iterator[tuple[str, str, float]]:
    """Give (kind, name for the editor, strength 0–1) for each of ``WEIGHTS``: what the weights are fitted to.

    The strength of 题材 is below 0 where its words rate lower than ``NEUTRAL``, and 0 of an empty article; ten
    figures and 1,500 characters are enough.
    """
    title, lead = article.title, article.body[:LEAD]
    taste = load_lexicon()
    rate = taste.rate(title, article.body) if title or lead else NEUTRAL
    told = "、".join(taste.telling(title, article.body, against=rate < NEUTRAL))
    subject = "题材合本刊" if rate >= NEUTRAL else "题材离本刊远"
    yield "题材", f"{subject}（{told}）" if told else "题材一般", (rate - NEUTRAL) / (1 - NEUTRAL)
    call = bool(_CALLS.search(title))
    yield "申报", "申报、征集一类的通知", call
    yield "例行", "例行公文或纪实", not call and bool(_ROUTINE.search(title))
    yield "首创", "首次或突破", bool(_FIRSTS.search(title))
    national = bool(_NATIONAL.search(f"{article.source}\n{title}"))
    yield "国家", "国家级来源或全国性题目", national
    yield "导语国家", "导语说到国家层面", bool(_NATIONAL.search(lead))
    yield "省", "省级", not national and bool(_PROVINCIAL.search(f"{article.source}\n{title}"))
    figures = len(_FIGURE.findall(article.body))
    yield "数据", f"数据 {figures} 处", min(1.0, figures / 10)
    yield LENGTH, f"篇幅 {len(article.body)} 字", min(1.0, len(article.body) / 1500)
