"""Key sentences are spans of their source; highlights are chosen by reasons, in the order of the issue."""

from __future__ import annotations

import itertools
import json
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.bulletin import REJECTED, RESERVE, Article, load_house
from nlp.importance import importance
from nlp.sentences import on_one_line, sentence_spans
from nlp.shortlist import as_dict, choose, spread
from nlp.summarizer import key_sentences

HOUSE = load_house()
FIRST, SECOND, *_ = HOUSE.column_names
LEAD = "常州市发布智能制造三年行动计划，提出到2025年建成100家智能工厂。"
NEXT = "计划明确，市财政每年安排两亿元支持企业改造生产线。"
LAST = "下一步，各区将在年底以前公布本区的实施细则和名单。"
PIECES = ["。", "！", "？", "；", "……", "，", "“", "”", "‘", "’", '"', "（", "）", "\n", "\r", " ", "　", "### ", "：", "1）", "本报讯（记者 李明）",
          "新华社南京5月15日电", LEAD, NEXT, LAST, "科技", "a", "\x00", "𠮷"]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def key(body: str, title: str = "") -> str:
    return "".join(highlight.sentence for highlight in key_sentences(Article(title, body)))


def article(i: int, column: str, title: str = "", body: str = "") -> Article:
    return Article(title or f"第{i}件事", body or f"{i}" * 40 + "。", path=f"{i}.txt", column=column)


def titles(choices) -> list[str]:
    return [choice.article.title for choice in choices]


# Key sentences


@given(body=TEXTS, title=TEXTS, n=st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_every_sentence_stands_in_the_source_in_order_and_once(body, title, n):
    found = key_sentences(Article(title, body), n)
    assert len(found) <= n
    assert all(body[h.start : h.end] == h.sentence and h.sentence.strip() == h.sentence != "" for h in found)
    assert all("\n" not in on_one_line(h.sentence) for h in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert len({h.sentence for h in found}) == len(found)


@given(body=TEXTS)
@settings(max_examples=200, deadline=None)
def test_whole_sentences_lie_side_by_side_with_their_marks_closed(body):
    spans = sentence_spans(body)
    assert all(a.start + len(a.text) <= b.start for a, b in itertools.pairwise(spans))
    for span in spans:
        assert body[span.start : span.start + len(span.text)] == span.text
        if span.whole:
            assert all(span.text.count(a) == span.text.count(b) for a, b in ("“”", "「」", "《》"))


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
    assert key(sentence + NEXT) == sentence


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


def test_a_quotation_of_several_sentences_stays_whole():
    sentence = "李明表示：“这份计划很及时。企业会更有信心！下一步就看落实。”"
    assert [s.text for s in sentence_spans(sentence + NEXT)] == [sentence, NEXT]
    assert key(f"他说：“这句话没有说完。{LEAD}\n{NEXT}") == NEXT


def test_a_sentence_goes_on_after_a_semicolon_and_an_ellipsis_inside_the_line():
    sentence = "“粤省事”“浙里办”……数字政府建设加快；办事更方便。"
    assert key(sentence) == sentence


@pytest.mark.parametrize("at", [30, 35])
def test_a_sentence_over_a_hard_line_break_is_kept_whole_and_reads_as_one_line(at):
    sentence = "常州市近日发布智能制造三年行动计划，提出到2025年建成智能工厂，带动一千家中小企业改造。"
    found = key_sentences(Article("", f"{sentence[:at]}\n{sentence[at:]}{NEXT}"))
    assert [(h.start, on_one_line(h.sentence)) for h in found] == [(0, sentence)]
    assert found[0].sentence == f"{sentence[:at]}\n{sentence[at:]}"


def test_a_sentence_may_go_over_several_lines_but_not_over_a_heading_or_into_the_next_item():
    lines = "这一年各地努力推进制造业的智能化改造，取得了不少令人欣喜的成绩和\n很好的社会反响，企业的投入比上一年增加，订单也跟着多了起来并且\n还在增长。"
    assert [on_one_line(s.text) for s in sentence_spans(lines)] == [lines.replace("\n", "")]
    half = lines.split("\n")[0]
    for following in (f"### 数据说话\n{LEAD}", f"\n{LEAD}", f"二、{LEAD}", f"（二）{LEAD}", f"2. {LEAD}"):
        assert key(f"{half}\n{following}") in following


def test_lines_broken_at_one_width_go_on_even_without_a_stop_in_them():
    sentence = "常州市人民政府办公室近日印发推进制造业智能化改造和数字化转型三年行动计划并且公布了首批建设二十个智能工厂和十个产业园区的重点任务清单和责任分工方案以及各区的年度目标。"
    lines = [sentence[:30], sentence[30:60], sentence[60:] + NEXT[:8], NEXT[8:], LAST]
    assert [on_one_line(s.text) for s in sentence_spans("\n".join(lines)) if s.whole] == [sentence, NEXT, LAST]


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


def test_where_nothing_good_is_left_the_lead_stays():
    lead = "为推进智能制造，根据国家有关规定，结合本市实际，制定本办法。"
    assert key(f"{lead}\n加强组织领导，把各项任务落实到位落到实处。\n推动企业改造，提高生产线的水平和效率。") == lead


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


# The choice


def test_a_third_of_the_printed_articles_is_chosen_but_at_least_one():
    sizes = {n: len(choose([article(i, FIRST) for i in range(n)], HOUSE)) for n in (0, 1, 2, 3, 4, 5, 14, 15, 16, 17)}
    assert sizes == {0: 0, 1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 14: 5, 15: 5, 16: 5, 17: 6}


def test_only_articles_of_the_columns_count():
    articles = [article(0, RESERVE), article(1, REJECTED), Article("没有栏目", "正文。"), article(3, SECOND)]
    assert titles(choose(articles, HOUSE, 9)) == ["第3件事"]


@given(columns=st.lists(st.sampled_from([*HOUSE.column_names, RESERVE]), max_size=12), k=st.integers(0, 14), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_k_is_respected_in_print_order_with_reasons_for_every_choice(columns, k, seed):
    draw = random.Random(seed)
    articles = [
        Article(draw.choice(["同名", "智能制造", "旅游消费", ""]), draw.choice(["", LEAD, NEXT, LEAD + LAST]), path=str(i), column=c)
        for i, c in enumerate(columns)
    ]
    printed = sorted((a for a in articles if a.column != RESERVE), key=lambda a: HOUSE.column_names.index(a.column))
    choices = choose(articles, HOUSE, k)
    chosen = [choice.article.path for choice in choices]
    assert len(chosen) == len(set(chosen)) == min(k, len(printed))
    assert chosen == [a.path for a in printed if a.path in chosen]
    assert all(choice.reasons and all(choice.reasons) for choice in choices)
    assert choose(articles, HOUSE, k) == choices


def test_the_stronger_article_is_chosen_wherever_it_stands():
    strong = article(7, SECOND, "我国机器人产业创新取得突破")
    weak = [article(i, column) for i, column in enumerate(HOUSE.column_names)]
    for place in range(len(weak) + 1):
        assert titles(choose([*weak[:place], strong, *weak[place:]], HOUSE, 1)) == [strong.title]


def test_equal_articles_go_to_the_earlier_one_and_their_order_changes_nothing_else():
    articles = [article(i, FIRST) for i in range(6)]
    assert titles(choose(articles, HOUSE, 2)) == ["第0件事", "第1件事"]
    assert titles(choose(articles[::-1], HOUSE, 2)) == ["第5件事", "第4件事"]


def test_one_column_does_not_take_all_when_others_have_strong_articles():
    subjects = ["智能机器人", "工业软件", "新能源汽车", "量子科技", "半导体产业"]
    crowd = [article(i, FIRST, f"{subject}加快研发创新") for i, subject in enumerate(subjects)]
    others = [article(7, SECOND, "大数据产业扩容")]
    assert importance(crowd[-1], HOUSE) > importance(others[0], HOUSE) - 1
    chosen = [choice.article.column for choice in choose([*crowd, *others], HOUSE, 5)]
    assert chosen == [FIRST] * 4 + [SECOND]


def test_each_article_taken_makes_the_next_of_its_column_dearer():
    assert spread([3.0, 2.9, 2.9, 2.8], "甲甲甲乙", 4) == {0: 3.0, 3: 2.8, 1: 2.7, 2: 2.5}
    assert list(spread([3.0, 2.9, 1.0], "甲甲乙", 3)) == [0, 1, 2]


def test_of_one_story_the_second_article_comes_after_all_others():
    body = "\n".join((LEAD, NEXT, LAST)) * 3
    told = article(0, FIRST, "常州发布智能制造三年行动计划", body)
    again = replace(article(1, SECOND, "智能制造：常州有了三年行动计划", "本报讯（记者 李明）" + body))
    other = article(2, SECOND)
    assert importance(other, HOUSE) < min(importance(told, HOUSE), importance(again, HOUSE)) - 1
    assert sorted(choice.article.path for choice in choose([told, again, other], HOUSE, 2))[1] == "2.txt"
    assert len(choose([told, again, other], HOUSE, 3)) == 3


def test_two_articles_with_one_title_are_two():
    one, two = article(0, FIRST, "智能制造再提速", LEAD), article(1, FIRST, "智能制造再提速", NEXT)
    assert [choice.article.path for choice in choose([one, two, article(2, SECOND)], HOUSE, 2)] == ["0.txt", "1.txt"]
    assert [choice.article.path for choice in choose([one, one, article(2, SECOND)], HOUSE, 3)] == ["0.txt", "0.txt", "2.txt"]


def test_the_reasons_name_the_place_in_the_column_and_what_was_found():
    weighted = replace(HOUSE, columns=tuple(replace(c, weight=float(c.name == FIRST)) for c in HOUSE.columns))
    first = article(0, FIRST, "国务院部署智能制造", "投资 12 亿元，建成 30 家工厂，增长 9%。")
    second = article(1, FIRST)
    one, two = choose([first, second], weighted, 2)
    assert one.reasons[:2] == ("讲科技产业（智能、制造）", "本栏得分第一")
    assert {"国家级来源或全国性题目", "数据 3 处"} < set(one.reasons)
    assert two.reasons == ("本栏得分第二",)


def test_length_is_told_only_of_the_longest_of_the_issue():
    articles = [article(i, FIRST, body="会议在上午举行。" * (150 + 10 * i)) for i in range(6)]
    told = [any("篇幅" in reason for reason in choice.reasons) for choice in choose(articles, HOUSE, 6)]
    assert told == [False] * 3 + [True] * 3


def test_the_dictionary_has_the_best_sentence_and_all_with_their_places():
    source = article(0, FIRST, "智能制造三年行动计划", f"{NEXT}\n{LEAD}")
    entry = as_dict(choose([source], HOUSE, 1, sentences=2)[0])
    assert list(entry) == ["title", "column", "score", "reasons", "sentence", "start", "end", "sentences"]
    assert entry["sentence"] == LEAD == source.body[entry["start"] : entry["end"]]
    assert [s["text"] for s in entry["sentences"]] == [NEXT, LEAD]
    assert all(source.body[s["start"] : s["end"]] == s["text"] for s in entry["sentences"])
    assert json.loads(json.dumps(entry, ensure_ascii=False)) == entry


def test_an_article_without_a_body_is_chosen_by_its_title_alone():
    entry = as_dict(choose([Article("我国机器人产业取得突破", "", column=FIRST)], HOUSE)[0])
    assert entry["sentence"] == "" and entry["start"] == entry["end"] == 0 and entry["sentences"] == []
