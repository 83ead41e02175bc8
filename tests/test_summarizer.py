"""Key sentences are spans of their source: those that say what an article is about."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from news import LAST, LEAD, NEXT, TEXTS

from nlp.bulletin import Article, Highlight
from nlp.highlights.abstract import abstract
from nlp.highlights.candidates import candidates, dangles
from nlp.highlights.excerpt import excerpt
from nlp.highlights.key_sentences import key_sentences
from nlp.highlights.ranking import Choice, as_dict, choose
from nlp.highlights.sentence_features import NAMES
from nlp.house import load_house
from nlp.text.sentences import on_one_line


def key(body: str, title: str = "") -> str:
    return "".join(highlight.sentence for highlight in key_sentences(Article(title, body)))


@given(body=TEXTS, title=TEXTS, n=st.integers(0, 6))
def test_every_sentence_stands_in_the_source_in_order_and_once(body, title, n):
    found = key_sentences(Article(title, body), n)
    assert len(found) <= n
    assert all(body[h.start : h.end] == h.sentence and h.sentence.strip() == h.sentence != "" for h in found)
    assert all("\n" not in on_one_line(h.sentence) for h in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert len({h.sentence for h in found}) == len(found)


def test_the_lead_of_a_news_item_is_its_key_sentence():
    assert key(f"{LEAD}{NEXT}\n{LAST}") == LEAD


@pytest.mark.parametrize(
    "dateline",
    [
        "本报讯（记者 李明 通讯员 王芳）", "本报讯 ", "新华社南京5月15日电（记者 李明）", "科技日报北京5月14日电 （记者 李明）", "央视网消息(新闻联播)：",
        "央视网(新闻联播)消息：", "中国网络电视台消息（新闻联播）：", "本台消息：", "人民网合肥5月15日电 ", "财联社6月2日电，", "（本报记者 李明）", "（通讯员 王芳）",
    ],
)  # fmt: skip
def test_a_dateline_is_cut_away(dateline):
    found = key_sentences(Article("", f"{dateline}{LEAD}{NEXT}"))
    assert [(h.sentence, h.start) for h in found] == [(LEAD, len(dateline))]


@pytest.mark.parametrize(
    "sentence",
    [
        "新华网与国科天成签署合作协议，约定双方共同建设科普实验室。",
        "各地因地制宜，推出三项举措：一是减税，二是放贷，三是培训。",
        "据新华社报道，我国北斗系统已经为全球用户提供服务。",
    ],
)
def test_what_only_looks_like_a_dateline_stays(sentence):
    assert candidates(Article("", sentence + NEXT))[0].text == sentence


@pytest.mark.parametrize(
    "before",
    [
        "### 数据说话\n", "各市科技局：\n", "各设区市人民政府，省有关单位：", "尊敬的读者同志：", "粤府〔2018〕116号\n", "好消息！",
        "我国的短板在哪里？", "记者：请介绍计划的背景和意义。\n", "“大家等这份计划已经等了很久很久了。”企业家王先生说。\n",
        "现将《智能制造三年行动计划》印发给你们，请认真执行。\n", "一、加快发展智能制造。\n", "发布日期: 2021-04-23 来源：常州日报\n", "，也没有说完的前一行\n",
    ],
)  # fmt: skip
def test_what_says_nothing_of_substance_is_passed_over(before):
    assert key(f"{before}{LEAD}{NEXT}") == LEAD


def test_a_word_in_quotation_marks_at_the_beginning_is_no_speech():
    sentence = "“十四五”时期，常州将建成100家智能工厂和20个产业园区。"
    assert key(sentence + NEXT) == sentence


def test_the_key_sentence_is_not_cut_out_of_a_quotation():
    sentence = "李明表示：“这份计划很及时。企业会更有信心！下一步就看落实。”"
    assert [one.text for one in candidates(Article("", sentence + NEXT))] == [sentence, NEXT]
    assert key(f"他说：“这句话没有说完。{LEAD}\n{NEXT}") == NEXT


@pytest.mark.parametrize("at", [30, 35])
def test_a_key_sentence_over_a_hard_line_break_is_a_span_of_the_body(at):
    sentence = "常州市近日发布智能制造三年行动计划，提出到2025年建成智能工厂，带动一千家中小企业改造。"
    found = key_sentences(Article("", f"{sentence[:at]}\n{sentence[at:]}{NEXT}"))
    assert [(h.start, on_one_line(h.sentence)) for h in found] == [(0, sentence)]
    assert found[0].sentence == f"{sentence[:at]}\n{sentence[at:]}"


def test_a_sentence_does_not_go_on_over_a_heading_or_into_the_next_item():
    half = "这一年各地努力推进制造业的智能化改造，取得了不少令人欣喜的成绩和"
    for following in (f"### 数据说话\n{LEAD}", f"\n{LEAD}", f"二、{LEAD}", f"（二）{LEAD}", f"2. {LEAD}"):
        assert key(f"{half}\n{following}") in following


def test_a_heading_does_not_go_on_in_the_next_line():
    title = "常州市推进智能制造三年行动，提出建成一百家智能工厂和二十个产业园区"
    assert key(f"{title}\n{LEAD}", title) == LEAD
    assert key(f"关于印发《常州市推进制造业智能化改造和数字化转型三年行动计划》的通知\n{LEAD}") == LEAD


@pytest.mark.parametrize(
    "weak",
    [
        "这台机器是常州一家企业三年以前开始研制的新产品。", "此外，各区也在努力完善自己的工作机制和政策。", "会上，几位企业家介绍了自己的做法和体会感受。",
        "将进一步完善全市智能制造的政策体系和服务体系建设。", "持续推动制造业高端化智能化绿色化发展，塑造新优势。", "机床厂这样变了样。",
        "清晨，车间里的灯已经亮了，老王像往常一样走向机床。", "麦收时节，合作社的院子里停满了新买来的各种机器。",
    ],
)  # fmt: skip
def test_what_hangs_in_the_air_or_says_little_loses(weak):
    assert key(f"{weak}{LEAD}{NEXT}") == LEAD


@pytest.mark.parametrize(
    "formula",
    [
        "为推进智能制造，根据国家有关规定，结合本市实际，制定本办法。", "经市政府同意，就做好智能制造工作提出方案如下。", "智能制造政策怎么用？记者为您解答各种疑问。",
        "本台今天起推出系列报道，请看各地智能制造的新做法。", "首先来关注智能制造方面的几条重要的消息和动态。",
    ],
)  # fmt: skip
def test_formulas_are_passed_over(formula):
    assert key(f"{formula}{LEAD}{NEXT}", "智能制造") == LEAD


def test_an_announcement_and_a_title_said_again_give_way_to_the_figures_that_follow():
    announced = "省统计局会同省知识产权局26日公布全省专利密集型产业统计结果和有关情况。"
    fact = "核算显示，全省专利密集型产业增加值为1.18万亿元，同比增长7.6%。"
    assert key(f"{announced}{fact}", "全省专利密集型产业统计结果公布") == fact
    assert key(f"全省专利密集型产业的增加值占地区生产总值的比重明显上升。{fact}", "全省专利密集型产业增加值比重明显上升") == fact
    assert key(f"{announced}下一步两个部门将就统计方法继续开展研究和完善。", "全省专利密集型产业统计结果公布") == announced


def test_news_gains_and_dates_are_no_figures():
    background = "智能制造是制造强国建设的主攻方向，各地近年来都很重视它。"
    news = "近日，常州市印发《智能制造三年行动计划》，明确了各区的任务和分工。"
    assert key(f"{background}{news}", "常州智能制造三年行动计划") == news
    announced = "常州市政府在创新中心举行智能制造三年行动计划的启动会议。"
    assert key(f"{announced}活动的时间是2021年5月12日至6月30日，地点在新北区。", "常州举行智能制造启动会议") == announced


def test_a_scene_at_the_beginning_gives_way_to_the_sentence_that_says_what_the_title_says():
    scene = "清晨六点，车间里的灯已经亮了，老王像往常一样换上工装走向机床。"
    assert key(f"{scene}三十年来他一直如此，从没有请过假。\n{LEAD}{NEXT}", "常州发布智能制造三年行动计划") == LEAD


def test_further_sentences_keep_the_order_and_do_not_repeat():
    body = f"{LEAD}\n{LEAD.replace('提出', '明确')}\n{NEXT}\n{LAST}"
    assert [h.sentence for h in key_sentences(Article("", body), 3)] == [LEAD, NEXT, LAST]
    assert len(key_sentences(Article("", body), 99)) == 3


def test_a_body_with_nothing_suitable_gives_its_first_sentence_and_an_empty_one_none():
    assert key("行吗？好。") == "行吗？"
    assert key("没有句号的一行\n又一行") == "没有句号的一行"
    assert key("好。") == "好。"
    assert key("") == key("\n \n") == key("……") == ""


@pytest.mark.parametrize(
    "body",
    [
        LEAD * 3000, "“" + LEAD * 3000, "！" * 100_000 + "a", "字" * 100_000, "各" * 100_000, "（甲乙。\n" * 20_000, "本报讯 " * 25_000,
        " " * 100_000 + "a", "近日" * 50_000 + "。",
        "通报" * 50_000 + "。", f"{LEAD[:-1]}\n" * 3000, "".join(f"第{i}家企业投产，产值{i}亿元。" for i in range(6000)),
    ],
)  # fmt: skip
def test_a_hundred_thousand_characters_take_no_more_than_their_share_of_time(body):
    start = time.process_time()
    for highlight in key_sentences(Article("智能制造", body), 3):
        assert body[highlight.start : highlight.end] == highlight.sentence
    assert time.process_time() - start < 3  # measured: below half a second; what is quadratic takes minutes


# What readers print: the sentence that says what the headline does not


TITLE = "常州发布智能制造三年行动计划"
PLAIN = "近日，常州市发布智能制造三年行动计划。"


def test_the_measure_or_the_figure_goes_before_what_the_headline_has_said():
    assert key(f"{PLAIN}会议由市长主持，各区负责人出席并讲话。{NEXT}", TITLE) == NEXT


@pytest.mark.parametrize(
    "no_prose",
    ["![智能工厂里的生产线，摄于2025年5月，共100台](图/3f2a.png)", "| 年份 | 智能工厂增加到100家 |", "### 到2025年建成100家智能工厂，增长30%"],
)
def test_pictures_rows_of_tables_and_subheadings_are_no_sentences(no_prose):
    for body in (f"{no_prose}\n{LEAD}", f"{LEAD}\n{no_prose}\n{NEXT}", f"这一年各地努力推进制造业的智能化改造，取得成绩和\n{no_prose}"):
        assert all(no_prose.strip("#| ")[-8:] not in one.text for one in candidates(Article("", body)))


def test_clauses_between_semicolons_are_cut_but_not_inside_quotations():
    body = "全年出口3926亿美元，同比增长14.4%；实现顺差2491亿美元。他说：“先减税；再培训。”"
    cut = candidates(Article("", body))
    assert [one.text for one in cut] == ["全年出口3926亿美元，同比增长14.4%；", "实现顺差2491亿美元。", "他说：“先减税；再培训。”"]
    assert all(body[one.start : one.end] == one.text for one in cut)


@pytest.mark.parametrize(
    ("sentence", "printed"),
    [
        ("全年出口3926亿美元，同比增长14.4%，创历史同期新高；进口1435亿美元。", None),  # read at a glance: all of it
        (f"全年出口3926亿美元，同比增长14.4%；{'其余各项均有增长，' * 12}不一一列出。", "全年出口3926亿美元，同比增长14.4%"),
        ("（三）全年出口3926亿美元，同比增长14.4%。", "全年出口3926亿美元，同比增长14.4%。"),
        ("第十五条 申报单位研发费用占销售收入的比重不低于3%。", "申报单位研发费用占销售收入的比重不低于3%。"),
        ("1.5万家企业全年出口3926亿美元。", None),
        ("3、4月份全省出口3926亿美元。", None),
        ("一是减免租金3926万元，惠及1200家企业。", "减免租金3926万元，惠及1200家企业。"),
        ("三项举措一是减免租金，二是放贷3926亿元，三是培训1200人。", None),
    ],
)
def test_a_sentence_is_printed_whole_or_without_its_semicolon_and_never_with_its_number(sentence, printed):
    cut = candidates(Article("", sentence))
    assert sentence[slice(*excerpt(sentence, cut[0]))] == (printed or sentence)


def test_no_two_sentences_overlap_where_one_takes_its_clauses_along():
    body = f"本市设立专项资金两亿元，连续三年支持企业改造生产线和购置设备；每家最高奖励500万元。{NEXT}{LAST}"
    found = key_sentences(Article("", body), 5)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(not h.sentence.endswith("；") for h in found)


@pytest.mark.parametrize("leaning", ["目前该公司出口3926亿美元。", "验证期间，该机累计工作611小时。", "去年，这家企业出口3926亿美元。", "“我们去年出口3926亿美元，增长14.4%。”"])
def test_a_sentence_that_leans_on_another_is_known(leaning):
    (one,) = candidates(Article("", leaning))
    assert dangles(one)
    assert not any(dangles(one) for one in candidates(Article("", f"{LEAD}{NEXT}企业应该在其中选择。他说：“好，就这样。”")))


def test_where_nothing_can_stand_the_first_sentence_is_given_and_marked():
    (found,) = key_sentences(Article("智能制造", "为什么要做智能制造？\n怎样才能做好智能制造？"))
    assert found.start == 0 and not found.stands
    assert key_sentences(Article(TITLE, f"{PLAIN}{NEXT}"))[0].stands


def test_a_reader_that_loves_one_sentence_moves_the_choice(monkeypatch):
    from nlp.highlights import sentence_ranker
    from nlp.highlights.weights import Weights

    zero = dict.fromkeys([*NAMES, *sentence_ranker.NEAR], 0.0)
    loves = Weights(zero, zero, {"sentence": np.array([1.0, 0.0])}, {})
    monkeypatch.setattr(sentence_ranker, "load_weights", lambda kind: loves)

    class OneSided:
        def sentences(self, texts):
            return [np.array([[1.0, 1.0], *([1.0 if line == LAST else 0.0, 1.0] for line in lines)]) for _, lines in texts]

    body = f"{LEAD}{NEXT}{LAST}"
    assert key_sentences(Article("", body), scorer=OneSided())[0].sentence == LAST
    assert key_sentences(Article("", body))[0].sentence == LEAD  # all alike: the earlier one


@pytest.mark.parametrize("unfit", ["通知明确，市财政每年安排两亿元支持企业改造生产线。", "申报单位研发费用占销售收入的比重不低于3%，已连续经营三年。", f"市财政{'安排一亿元，' * 25}支持企业。"])
def test_the_paragraph_under_the_list_has_no_sentence_that_is_too_long_or_known_only_under_its_headline(unfit):
    def choice(sentence: str) -> Choice:
        article = Article("标题", sentence, column="标准化")
        return Choice(article, 1.0, (), (Highlight(article, sentence, 0, len(sentence), 1.0),))

    assert [h.sentence for h in abstract([choice(unfit), choice(NEXT)])] == [NEXT]


def test_the_sentence_an_editor_picked_comes_before_all_others_while_it_stands_in_the_body():
    body = f"{LEAD}\n{NEXT}\n{LAST}"
    article = Article("智能制造", body, column="标准化", key_sentence=LAST)
    (found,) = key_sentences(article)
    assert (found.sentence, found.start, found.end) == (LAST, body.index(LAST), len(body))
    assert [h.sentence for h in key_sentences(article, 2)] == [key_sentences(replace(article, key_sentence=""))[0].sentence, LAST]
    (choice,) = choose([article], load_house(), sentences=3)
    told = as_dict(choice)
    assert told["sentence"] == body[told["start"] : told["end"]] == LAST
    assert [h.sentence for h in abstract([choice])] == [LAST]
    assert key_sentences(replace(article, body=LEAD))[0].sentence == LEAD
    assert key_sentences(article, 0) == []
