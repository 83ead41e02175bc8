"""What speaks for one article: its subject, its level, what is new in it, its data, its column, each by name.

It knows words and counts of one article; it refuses to know the other articles and how many are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .bulletin import Article, House

LEAD = 150  # characters of the body that say what the article is about
LIKELY = 80  # percent in the mark 请核对 from which the column counts all the same

# Fitted on 30 issues of 12 to 16 articles with the five that each of three readers took: logistic regression on the
# pairs of one issue of which more readers took the one, L2, rounded; 申报 by hand, such calls being few. The words below
# come from the bulletin's rules, 12 of the issues and an editor's remarks. `benchmarks/highlights.py --refit` fits again
# without each issue.
WEIGHTS = {
    "主题": 2.5,
    "题外": -2.0,
    "例行": -1.0,
    "申报": -1.8,
    "首创": 1.2,
    "国家": 0.5,
    "导语国家": 0.5,
    "省": 0.3,
    "数据": 0.5,
    "篇幅": 0.2,
}

LENGTH, COLUMN = "篇幅", "栏目"  # the kinds of reasons that only the whole issue can put in words

_THEMES = re.compile(
    "科技|技术|科研|研发|创新|攻关|成果转化|实验室|院士|人才|产业|工业|制造|智造|装备|机床|企业|专精特新|高新|新兴|新质生产力|智能|机器人|"
    "数字|数智|大数据|数据要素|算力|云计算|软件|芯片|集成电路|半导体|互联网|物联网|区块链|[56]G|量子|新材料|纳米|新能源|光伏|锂电|"
    "风电|氢能|储能|电池|核电|双碳|汽车|自动驾驶|无人机|低空|航天|卫星|北斗|火箭|飞机|高铁|深海|专利|知识产权|标准化|营商环境|高质量|转型升级"
)
_ASIDES = re.compile(
    "住房|公积金|房地产|危房|棚户|小区|物业|社区|居民|扶贫|脱贫|贫困|小康|乡村|农村|三农|农民|旅游|冰雪|景区|假日|假期|小长假|春节|消费|体育|"
    "冬奥|环卫|城管|城市管理|垃圾|绿化|园林|污染|消防|养老|老年|慰问|会见|缅怀|先烈|古城|村落|文明|建筑|党建|基层|惠民|便民|民生|群众|"
    "医疗|卫生|食品|教育|就业|社会保障|档案"
)
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
_PROVINCIAL = re.compile(
    "河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|"
    "北京|天津|上海|重庆|自治区|省委|省政府|全省"
)
_PROBABILITY = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
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
    found = [Reason(name, round(WEIGHTS[kind] * strength, 2), kind) for kind, name, strength in signals(article)]
    weights = {column.name: column.weight for column in house.columns}
    if _column_is_likely(article):
        found.append(Reason(f"{article.column}栏", weights.get(article.column, 0.0), COLUMN))
    return tuple(sorted((reason for reason in found if reason.weight), key=lambda reason: -abs(reason.weight)))


def _column_is_likely(article: Article) -> bool:
    """No doubt, or hardly any: ``标准化 91%，次选 行业新闻 3%`` is likely, ``标准化 41%`` and a mark without a figure not."""
    first = _PROBABILITY.search(article.doubt)
    return not article.doubt or (first is not None and float(first[1]) >= LIKELY)


def importance(article: Article, house: House) -> float:
    """The sum of the weights of an article's reasons; comparable within an issue and across an inbox."""
    return sum(reason.weight for reason in reasons(article, house))


def signals(article: Article) -> Iterator[tuple[str, str, float]]:
    """Give (kind, name for the editor, strength 0–1) for each of ``WEIGHTS``: what the weights are fitted to.

    Two words of the title count as much as four of the lead; ten figures and 1,500 characters are enough.
    """
    title, lead = article.title, article.body[:LEAD]
    for kind, name, pattern in (("主题", "讲科技产业", _THEMES), ("题外", "讲民生文旅", _ASIDES)):
        named = list(dict.fromkeys(pattern.findall(title) + pattern.findall(lead)))
        strength = min(2, len(set(pattern.findall(title)))) / 4 + min(4, len(set(pattern.findall(lead)))) / 8
        yield kind, f"{name}（{'、'.join(named[:3])}）", strength
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
