"""What speaks for one article: its subject, its level, what is new in it, its data, its column, each by name.

It knows words and counts of one article, and what the encoder's reading of it counts; it refuses to know the other
articles and how many are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..bulletin import Article
from ..house import House
from ..text.doubt import confidence_in
from ..text.places import MUNICIPALITIES, PROVINCES
from .lexicon import READ_TASTE, TASTE, Lexicon, load_lexicon
from .moved import moved_weights
from .weights import ARTICLES, Weights, load_weights

LEAD = 150  # characters of the body that say what the article is about
NEUTRAL = 0.7  # what the words of most articles rate, of grades from 0 never among those that lead to 3 leads nearly every issue
LIKELY = 0.8  # how sure the mark 请核对 must be for the column to count all the same
FRESH = 31  # days before the date within which an article is news
NARROW = 13.0  # how soon nearness to a mark fades
STALE = 0.25  # of a grade that each further month costs, at most four of them

SUBJECT, READ, LENGTH, COLUMN, AGE = "题材", "通读", "篇幅", "栏目", "日期"  # kinds that the rules do not put in words

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


_COMPANY = re.compile("公告称|涨停|股价|上市公司|IPO|募集资金|减持|增持|净利润|财报|融资|诉讼|起诉|专利证书|[（(](?:\d{6}|[A-Z]{2,5})[.）)]")
_VISIT = re.compile("会见|出席|贺信|致辞|座谈会|考察|调研|代表团|访问|视察|批示|致电|会谈")
_HARD = re.compile("制造|机器人|光伏|电池|新能源|芯片|半导体|人工智能|大模型|工业|装备|航天|量子|材料|汽车|储能|算力|5G|6G|低空|生物医药|碳|标准|专利|知识产权")
_SOFT = re.compile("旅游|文旅|消费券|扶贫|脱贫|住房|公积金|楼市|房地产|农业|乡村|春运|就业|养老|医保|景区|非遗|电影|体育|高考|文化")
_MEASURE = re.compile("奖励|补贴|补助|资助|减免|免征|最高.{0,8}万元|不超过|支持|试点|专项|资金|目标|力争|到20\d\d年")
_MARKET = re.compile("价格|指数|行情|涨|跌|批发|期货|报价|成交|销量|出货量")
_FOREIGN = re.compile("美国|欧盟|日本|韩国|英国|德国|法国|俄罗斯|印度|苹果公司|特斯拉|三星|英伟达|谷歌|微软|OpenAI|台积电")


@dataclass(frozen=True)
class Reason:
    """Why an article is stronger (or, with a weight below 0, weaker) than others, as the editor reads it."""

    name: str
    weight: float
    kind: str = ""  # the name of its weight


def reasons(
    article: Article, house: House, vector: np.ndarray | None = None, issued: str = "", weights: Weights | None = None, taste: Lexicon | None = None
) -> tuple[Reason, ...]:
    """What speaks for and against one article, in grades, the weightiest first.

    ``vector`` is the encoder's of the article, ``issued`` the date of the issue (YYYY-MM-DD); ``weights`` and ``taste``
    are the shipped ones. While it is doubtful (请核对) which column an article belongs to, its column says nothing for
    it, unless the first probability in the mark is at least ``LIKELY``; what the column weighs is the house's own.
    """
    weights = weights or load_weights(ARTICLES)
    hidden = 0 if vector is None else len(vector)
    named, reads, moved = weights.of(hidden), weights.reads(hidden), moved_weights()
    taste = taste or load_lexicon(READ_TASTE if reads else TASTE)
    found = [Reason(name, round((named.get(kind, 0.0) + moved.get(kind, 0)) * strength, 2), kind) for kind, name, strength in signals(article, taste)]
    if reads:
        read = named.get(READ, 1.0) * (float(nearness(unit(vector), weights.vectors["whole"]) @ weights.vectors["whole_counts"]) - weights.base.get("whole", 0.0))
        found.append(Reason("通读与历来选中的相近" if read > 0 else "通读与历来选中的不同", round(read, 2), READ))
    columns = {column.name: column.weight for column in house.columns}
    if _column_is_likely(article):
        found.append(Reason(f"{article.column}栏", round(named.get(COLUMN, 0.0) * columns.get(article.column, 0.0) + named.get(article.column, 0.0) + moved.get(article.column, 0), 2), COLUMN))
    if months := _months_before(article.date, issued):
        found.append(Reason(f"稿件日期 {article.date}，早于本期", round(-STALE * min(4, months), 2), AGE))
    return tuple(sorted((reason for reason in found if reason.weight), key=lambda reason: -abs(reason.weight)))


def importance(
    article: Article, house: House, vector: np.ndarray | None = None, issued: str = "", weights: Weights | None = None, taste: Lexicon | None = None
) -> float:
    """The grade that an article would be given on its own merit, about 0–3: comparable across issues and an inbox."""
    return NEUTRAL + sum(reason.weight for reason in reasons(article, house, vector, issued, weights, taste))


def named_weights() -> dict[str, float]:
    """The kinds of ``signals`` and what each counts without the encoder: what a newsroom's choices may move."""
    weights = load_weights(ARTICLES).alone
    return {kind: weights.get(kind, 0.0) for kind, _, _ in signals(Article("", ""))}


def unit(vector: np.ndarray) -> np.ndarray:
    """A vector of length 1, in the direction of the one given."""
    return vector / max(1e-9, float(np.linalg.norm(vector)))


def nearness(vectors: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """How near vectors of length 1 are to the marks, 0–1: 1 at a mark itself."""
    return np.exp(-NARROW * (1 - np.asarray(vectors, dtype=np.float64) @ np.asarray(marks, dtype=np.float64).T))


def _months_before(day: str, issued: str) -> int:
    """Whole months by which an article is older than news: ``_months_before("2022-01-05", "2022-05-15") -> 3``."""
    try:
        return max(0, ((date.fromisoformat(issued) - date.fromisoformat(day)).days - FRESH) // 30)
    except ValueError:
        return 0


def _column_is_likely(article: Article) -> bool:
    """No doubt, or hardly any: ``标准化 91%，次选 行业新闻 3%`` is likely, ``标准化 41%`` and a mark without a figure not."""
    return confidence_in(article.doubt) >= LIKELY


def signals(article: Article, taste: Lexicon | None = None) -> Iterator[tuple[str, str, float]]:
    """Give (kind, name for the editor, strength) for each named weight: what the weights are fitted to.

    The strength of 题材 is a difference in grades, below 0 where the words rate lower than ``NEUTRAL``, and 0 of an
    empty article; all others are 0–1: ten figures and 1,500 characters are enough.
    """
    title, lead = article.title, article.body[:LEAD]
    taste = taste or load_lexicon()
    rate = taste.rate(title, article.body) if title or lead else NEUTRAL
    told = "、".join(taste.telling(title, article.body, against=rate < NEUTRAL))
    subject = "题材合本刊" if rate >= NEUTRAL else "题材离本刊远"
    yield SUBJECT, f"{subject}（{told}）" if told else "题材一般", rate - NEUTRAL
    yield from plain_signals(article)


def plain_signals(article: Article) -> Iterator[tuple[str, str, float]]:
    """The same without what the words of ``taste`` say."""
    title, lead = article.title, article.body[:LEAD]
    both = f"{title}\n{lead}"
    call = bool(_CALLS.search(title))
    yield "申报", "申报、征集一类的通知", call
    yield "例行", "例行公文或纪实", not call and bool(_ROUTINE.search(title))
    yield "首创", "首次或突破", bool(_FIRSTS.search(title))
    yield "导语首创", "导语说到首次或突破", bool(_FIRSTS.search(lead))
    national = bool(_NATIONAL.search(f"{article.source}\n{title}"))
    yield "国家", "国家级来源或全国性题目", national
    yield "导语国家", "导语说到国家层面", bool(_NATIONAL.search(lead))
    yield "省", "省级", not national and bool(_PROVINCIAL.search(f"{article.source}\n{title}"))
    yield "产业", "制造、科技、知识产权类题目", bool(_HARD.search(title))
    yield "导语产业", "导语说到制造、科技、知识产权", min(3, len(set(_HARD.findall(lead)))) / 3
    yield "民生", "民生、文旅、农业类题目", bool(_SOFT.search(title)) and not _HARD.search(title)
    yield "公司", "公司公告、诉讼、融资", bool(_COMPANY.search(both))
    yield "会见", "会见、贺信、考察一类", bool(_VISIT.search(title))
    yield "措施", "有措施或目标", min(3, len(set(_MEASURE.findall(article.body[:600])))) / 3
    yield "行情", "价格、销量等行情", bool(_MARKET.search(title))
    yield "境外", "主角在境外", bool(_FOREIGN.search(title))
    figures = len(_FIGURE.findall(article.body))
    yield "数据", f"数据 {figures} 处", min(1.0, figures / 10)
    yield LENGTH, f"篇幅 {len(article.body)} 字", min(1.0, len(article.body) / 1500)
    yield "短讯", "短讯", len(article.body) < 150
