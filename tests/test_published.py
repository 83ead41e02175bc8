"""Published bulletins: every article comes back from print, every line is accounted for, nothing raises a bare error."""

from __future__ import annotations

import copy
import dataclasses
import io
import random
import re
from dataclasses import replace

import docx
import handmade
import pytest
from conftest import CORPUS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from printed import mutate, print_text, print_word

from nlp.bulletin import RESERVE, Article, Issue
from nlp.errors import SubaoError, UnreadableFile
from nlp.house import House, load_house
from nlp.issue.markdown import parse, write
from nlp.published.issue import LEFT_OVER, NO_COLUMN, Published, read_published, unplaced_text
from nlp.published.outline import Role, key_of, read_source, without_page
from nlp.published.paragraphs import join_pages, mark_subheadings
from nlp.word.typeset import typeset

HOUSE = dataclasses.replace(load_house(), print_dates=True)  # as the issues below say theirs

ISSUE = Issue(
    number="46",
    date="2022-05-31",
    institution="江苏中科智能科学技术应用研究院",
    highlights=("中试平台管理办法印发 七月起施行", "专利转让一站办结 “先用后付”扩围"),
    articles=(
        Article(
            "中试平台管理办法印发 七月起施行",
            "省科技厅近日印发《中试平台建设与管理办法》，自7月1日起施行。办法所称中试平台，是指为科技成果由实验室走向"
            "批量生产提供试验、检测、小批试制等服务的开放场所，不包括企业只供自己使用的试验线。\n"
            "### 建在哪里 由谁来管\n"
            "办法规定，平台按产业链布局，每条重点产业链原则上不超过三家，由设区市科技局推荐、省科技厅认定，认定有效期"
            "为三年。开放机时低于四成的，限期一年整改；整改后仍达不到的，取消资格，设备补助按剩余年限退回。\n"
            "### 钱从哪里来？\n"
            "省级资金按服务收入的两成给予后补助，单个平台每年不超过300万元。平台的收费标准应当公开，不得以技术入股作为"
            "提供服务的条件。\n"
            "办法同时明确，试验失败不影响平台评价。",
            source="江苏省科技厅",
            date="2022-05-20",
            column="政策法规",
        ),
        Article(
            "两部门部署设备更新试点",
            "两部门日前联合发文，在十二个行业开展设备更新试点，重点支持服役满十年的机床、锻压设备和工业锅炉。试点企业"
            "可以选择购置、租赁或者以旧换新，三种方式享受同样的贴息。\n"
            "文件要求，更新下来的设备能修复的进入再制造，不能修复的交有资质的企业拆解，严禁流入小作坊。",
            source="新华社",
            column="政策法规",
        ),
        Article(
            "湖州：把实验室搬进车间",
            "在湖州一家减速器工厂，齿轮测量间与装配线只隔一道玻璃墙。工人发现噪声异常，转身就能把零件送上测量仪，二十"
            "分钟后拿到齿形曲线。\n"
            "这是当地“车间实验室”的一个样本。两年来，湖州有86家企业把检测设备从办公楼搬到产线旁边，平均缩短试制周期"
            "十七天。\n"
            "一、设备共享\n"
            "二、人员共用\n"
            "三、数据共通\n"
            "园区把以上三条写进了服务公约。",
            source="浙江日报",
            column="各地动态",
        ),
        Article(
            "国产六轴机器人连续运转八千小时",
            "一台负载20公斤的国产六轴机器人日前在第三方实验室完成8000小时连续运转试验，重复定位精度保持在0.03毫米以内。",
            source="OFweek 机器人网",
            column="产品市场",
        ),
        Article(
            "专利转让一站办结 “先用后付”扩围",
            "过去，高校转让一件专利要跑三个窗口，最快也要二十个工作日；如今在同一个窗口交齐材料，五个工作日就能办结。"
            "今年前四个月，全市办结专利转让和许可登记1260件，同比增长四成。\n"
            "### 先用后付\n"
            "“先用后付”是另一项受欢迎的改革。企业先免费使用专利，有了销售收入再按约定付费，没有收入不付。试点首批112家"
            "企业中，已有31家付出第一笔许可费，最高的一笔为46万元。",
            source="知识产权报",
            column="知识产权",
        ),
        Article(
            "《工业相机通用规范》征求意见",
            "国家标准《工业相机通用规范》即日起公开征求意见，截止日期为6月30日。标准规定了分辨力、帧率、触发延迟等18项"
            "指标的测试方法。",
            source="国家标准委",
            column="标准化",
        ),
        Article(
            "武进一企业建成无人值守车间",
            "武进一家轴承企业的磨加工车间近日实现夜班无人值守。车间里有48台磨床、6台搬运机器人，故障由值班工程师在家中"
            "远程处理，三个月来最长一次停机为25分钟。",
            source="常州日报",
            column="聚焦常州",
        ),
        Article(
            "常州推出技能“夜校”",
            "常州在五个园区开设技能夜校，课程由企业点单，学费由园区与企业各出一半，首期报名的有940人。",
            column="聚焦常州",
        ),
    ),
)
TEXT = print_text(ISSUE, HOUSE)


def read(text: str | bytes, name: str = "第46期.txt", house: House = HOUSE) -> Published:
    """What is read of a text, with every line accounted for."""
    data = text if isinstance(text, bytes) else text.encode()
    published = read_published(data, name, house)
    if isinstance(text, str):
        assert_conserved(published, text)
    return published


def assert_conserved(published: Published, text: str) -> None:
    """Every line that is not blank is placed or unplaced, once, whole; what is placed as text is in the issue.

    A line that ends with its article's source is placed in two pieces.
    """
    lines = enumerate(re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", text), 1)
    found: dict[int, str] = {}
    for line in (*published.placed, *published.unplaced):
        assert line.line not in found or line.role == Role.SOURCE
        found[line.line] = found.get(line.line, "") + "".join(line.text.split())
    assert found == {n: "".join(line.split()) for n, line in lines if line.strip()}
    bodies = "".join(article.body.replace("### ", "") for article in published.issue.articles)
    texts = "".join(line.text for line in published.placed if line.role in (Role.TEXT, Role.SUBHEADING))
    assert sorted(key_of_all(bodies)) == sorted(key_of_all(texts))


def key_of_all(text: str) -> str:
    return "".join(map(key_of, re.findall(".{1,300}", text, re.S)))


def left_over(published: Published) -> list[str]:
    return [line.text for line in published.unplaced if line.why == LEFT_OVER]


PRINTS = {
    "as it is printed": {},
    "without page numbers in the contents": {"contents": "bare"},
    "without contents": {"contents": ""},
    "with running heads and page numbers": {"heads": True},
    "every line wrapped": {"wrapped": 34},
    "wrapped, with heads, without contents": {"wrapped": 30, "heads": True, "contents": ""},
}


@pytest.mark.parametrize("options", PRINTS.values(), ids=PRINTS)
def test_a_printed_bulletin_comes_back_as_it_was(options):
    published = read(print_text(ISSUE, HOUSE, **options))
    assert published.issue == ISSUE
    assert not left_over(published)


def test_windows_line_ends_and_encodings_change_nothing():
    text = TEXT.replace("\n", "\r\n")
    assert read(text).issue == ISSUE
    assert read(text.encode("gb18030")).issue == ISSUE


def test_full_width_signs_change_no_place():
    widened = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in TEXT)
    issue = read(widened).issue
    assert (issue.number, issue.date) == ("46", "2022-05-31")
    assert [key_of(a.title) for a in issue.articles] == [key_of(a.title) for a in ISSUE.articles]
    assert [a.column for a in issue.articles] == [a.column for a in ISSUE.articles]


def test_without_columns_in_the_text_the_contents_tell_them():
    assert read(print_text(ISSUE, HOUSE, columns=False)).issue == ISSUE


def test_without_sources_the_contents_tell_the_articles():
    issue = read(print_text(ISSUE, HOUSE, sources=False)).issue
    assert issue.articles == tuple(replace(a, source="", date="") for a in ISSUE.articles)


def test_articles_whose_column_is_nowhere_are_kept_to_be_checked():
    issue = read(print_text(ISSUE, HOUSE, columns=False, contents="")).issue
    assert [a.title for a in issue.articles] == [a.title for a in ISSUE.articles]
    assert {(a.column, a.doubt) for a in issue.articles} == {(RESERVE, NO_COLUMN)}


def test_a_column_the_house_does_not_have_gives_no_wrong_column():
    text = TEXT.replace("\n产品市场\n", "\n人物\n")
    issue = read(text).issue
    robot = next(a for a in issue.articles if "机器人" in a.title)
    assert (robot.column, robot.doubt) == (RESERVE, NO_COLUMN)
    assert left_over(read(text)) == ["人物"]


def test_a_title_missing_in_the_text_is_taken_from_the_contents():
    title = "两部门部署设备更新试点"
    head, body = TEXT.rsplit(f"{title}\n\n", 1)
    assert read(head + body).issue == ISSUE


def test_a_title_that_takes_several_lines_is_one_title():
    broken = TEXT.replace("\n国产六轴机器人连续运转八千小时\n", "\n国产六轴机器人连续运转\n八千小时\n")
    broken = broken.replace("管理办法印发 七月起施行", "管理办法印发\n七月起施行")
    broken = broken.replace("\n两部门部署设备更新试点\n", "\n两部门部署\n设备更新试点\n")
    issue = read(broken).issue
    assert [key_of(a.title) for a in issue.articles] == [key_of(a.title) for a in ISSUE.articles]
    assert issue.highlights[0] == issue.articles[0].title


def test_the_spelling_of_the_text_wins_and_highlights_follow_it():
    before, after = TEXT.split("目录", 1)
    contents, texts = after.split("政策法规", 1)[1].split("政策法规", 1)
    changed = before + "目录\n政策法规" + contents.replace("“先用后付”", '"先用后付" ') + "政策法规" + texts
    issue = read(changed.replace("- 专利转让一站办结 “", "- 专利转让一站办结“", 1)).issue
    assert issue == ISSUE


def test_two_articles_may_have_one_title():
    twins = replace(ISSUE, articles=tuple(replace(a, title="简讯") for a in ISSUE.articles), highlights=("简讯",))
    assert read(print_text(twins, HOUSE)).issue == twins
    assert read(print_text(twins, HOUSE, contents="")).issue == twins


@pytest.mark.parametrize("contents", ["numbered", "bare", ""])
def test_a_text_may_repeat_a_column_or_a_title(contents):
    article = ISSUE.articles[1]
    first, last = article.body.split("\n")
    body = f"{first}\n标准化\n{last}\n湖州：把实验室搬进车间\n{last}\n目录\n{last}\n聚焦常州。"
    issue = replace(ISSUE, articles=(ISSUE.articles[0], replace(article, body=body), *ISSUE.articles[2:]))
    found = read(print_text(issue, HOUSE, contents=contents)).issue
    assert [(a.column, a.title, a.source) for a in found.articles] == [
        (a.column, a.title, a.source) for a in issue.articles
    ]
    assert found.articles[1].body.replace("### ", "") == body


def test_a_source_in_mid_text_belongs_to_the_text():
    text = TEXT.replace("\n园区把以上", "\n（来源：统计局）\n\n园区把以上")
    article = read(text).issue.articles[2]
    assert "（来源：统计局）" in article.body and article.source == "浙江日报"


def test_what_stands_between_articles_is_left_over_with_its_line():
    text = TEXT.replace("（来源：新华社）", "（来源：新华社）\n\n（责任编辑：张三）")
    published = read(text)
    assert published.issue == ISSUE
    assert left_over(published) == ["（责任编辑：张三）"]
    head, *rest = unplaced_text(published).split("\n\n")
    line = text.split("\n").index("（责任编辑：张三）") + 1
    assert head.split("\n")[1:] == [f"第 {line} 行：（责任编辑：张三）"]
    assert [block.split("】")[0][1:] for block in rest] == [Role.COVER, Role.CONTENTS, Role.TAIL]
    assert "全部归入" in unplaced_text(read(TEXT)).split("\n")[0]


def test_a_columns_name_over_a_page_is_no_text():
    text = print_text(ISSUE, HOUSE, pages=False)
    published = read(text.replace("原则上不超过三家", "原则上不超过\n\n政策法规\n\n三家"))
    assert published.issue == ISSUE
    assert [line.text for line in published.unplaced if line.why == Role.RUNNING] == ["政策法规"]


def test_fields_that_are_not_printed_stay_empty():
    text = TEXT[TEXT.index("政策法规") :]
    issue = read(text).issue
    assert (issue.number, issue.date, issue.institution, issue.highlights) == ("", "", "", ())
    assert issue.articles == ISSUE.articles


def test_the_cover_may_be_one_line():
    text = TEXT.replace("第 46 期\n\n", "").replace("2022 年 5 月 31 日", "2022年第10期（总第46期）　2022年5月31日")
    assert read(text).issue == ISSUE


def test_an_issue_that_was_read_can_be_written_and_parsed():
    assert parse(write(ISSUE, HOUSE), HOUSE) == read(TEXT).issue


@pytest.mark.parametrize("path", sorted((CORPUS / "issues").glob("*.md")), ids=lambda path: path.stem)
def test_our_sample_issues_survive_print(path):
    issue = parse(path.read_text(encoding="utf-8"), HOUSE)
    printed = tuple(replace(a, path="", doubt="") for a in issue.articles if a.column in HOUSE.column_names)
    issue = replace(issue, articles=printed)
    assert read(print_word(issue, HOUSE), "a.docx").issue == issue
    found = read(print_text(issue, HOUSE, heads=True)).issue
    assert replace(found, articles=()) == replace(issue, articles=())
    assert [(a.column, a.title, a.source, a.date) for a in found.articles] == [
        (a.column, a.title, a.source, a.date) for a in printed
    ]


HARD = replace(
    ISSUE,
    highlights=("标准化", "一句不是标题的话"),
    articles=(
        Article("标准化", "短行\n标准化\n目录\n### 小标题\n（来源：正文里的话）\n末行 12", "甲", "2022-05-01", column="政策法规"),
        Article("目录", "版权及合理使用声明\n第 3 页\n— 3 —\n4.0 信息速报", "科技部（转载）", column="政策法规"),
        Article("嫦娥 5", "研发投入强度达\n2.44%\n，比上年增加", "乙", column="产品市场"),
        Article("标准化", "一\n二\n三。", column="标准化"),
        Article("- 带点的标题 12", "版权及合理使用声明\n电话：1234", "丙", column="聚焦常州"),
    ),
)  # fmt: skip


def test_a_word_file_with_our_styles_is_trusted_line_by_line():
    assert read(print_word(ISSUE, HOUSE), "a.docx").issue == ISSUE
    assert read(print_word(HARD, HOUSE), "a.docx").issue == HARD


@pytest.mark.parametrize("paged", [False, True])
def test_what_this_program_typesets_it_reads_again(paged):
    for issue in (ISSUE, HARD):
        pages = range(1, 2 * len(issue.articles), 2) if paged else None
        published = read(typeset(issue, HOUSE, pages), "a.docx")
        assert published.issue == issue
        assert not left_over(published)


def test_tables_keep_their_rows_in_either_kind_of_word_file():
    for styled in (True, False):
        article = read(print_word(ISSUE, HOUSE, styled=styled, table=True), "a.docx").issue.articles[1]
        assert article.body == f"{ISSUE.articles[1].body}\n产量 三千台"


def test_an_editors_own_word_file_is_read_by_its_text():
    assert read(print_word(ISSUE, HOUSE, styled=False), "a.docx").issue == ISSUE

    def spoil(document):  # an editor took the style of every other title away
        for paragraph in [p for p in document.paragraphs if p.style.name == "Heading 2"][::2]:
            paragraph.style = document.styles["Normal"]

    assert read(edited(print_word(ISSUE, HOUSE), spoil), "a.docx").issue == ISSUE


def test_a_pdf_gives_the_issue_and_lists_its_running_heads():
    lines = [line for line in print_text(ISSUE, HOUSE, wrapped=30).split("\n") if line]
    pages = [[f"{HOUSE.name} 第 46 期", *lines[i : i + 20], f"— {i // 20 + 1} —"] for i in range(0, len(lines), 20)]
    data = handmade.pdf(pages)
    published = read(data, "a.pdf")
    robot = replace(ISSUE.articles[3], source="OFweek机器人网")  # a space between scripts may be the page's alone
    assert published.issue == replace(ISSUE, articles=(*ISSUE.articles[:3], robot, *ISSUE.articles[4:]))
    heads = [line for line in published.unplaced if line.why == Role.RUNNING]
    assert len(heads) == 2 * len(pages)
    assert len(published.placed) + len(published.unplaced) == sum(map(len, pages))


def test_the_dots_of_the_contents_are_no_text_however_many():
    text = re.sub(r"(?<=更新试点)[. ]*\d+\n", "." * 130 + "7\n", TEXT, count=1)
    assert len(max(text.split("目录")[1].split("\n")[:20], key=len)) > 130
    assert read(text).issue == ISSUE


@pytest.mark.parametrize("styled_source", [True, False])
def test_an_article_added_in_word_without_styles_is_an_article(styled_source):
    added = Article("临时加的一篇", "新增的文章讲的是企业技术改造的情况，全市今年投入十亿元。", "常州日报", column="政策法规")

    def add(document):
        source = next(p for p in document.paragraphs if p.text == "（来源：新华社）")
        for text in (added.title, added.body, f"（来源：{added.source}）"):
            paragraph = copy.deepcopy(source._p)
            source._p.addnext(paragraph)
            source = type(source)(paragraph, source._parent)
            source.text = text
            source.style = document.styles["文章来源" if styled_source and "来源" in text else "Normal"]

    issue = read(edited(typeset(ISSUE, HOUSE), add), "a.docx").issue
    assert issue == replace(ISSUE, articles=(*ISSUE.articles[:2], added, *ISSUE.articles[2:]))


def test_a_column_that_lost_its_style_in_word_is_still_a_column():

    def spoil(document):
        names = {p.text: p for p in document.paragraphs if p.style.name.lower() == "heading 1"}
        names["产品市场"].style = names["聚焦常州"].style = document.styles["Normal"]

    sourceless = replace(ISSUE, articles=tuple(replace(a, source="", date="") for a in ISSUE.articles))
    for issue in (ISSUE, sourceless):
        assert read(edited(typeset(issue, HOUSE), spoil), "a.docx").issue == issue


def test_a_text_between_a_column_and_its_first_title_is_no_loss():

    def add(document):
        column = next(p for p in document.paragraphs if p.style.name.lower() == "heading 1")
        for text in ("（来源：常州日报）", "新增的文章讲的是企业技术改造的情况，全市今年投入十亿元。", "临时加的一篇"):
            paragraph = copy.deepcopy(column._p)
            column._p.addnext(paragraph)
            new = type(column)(paragraph, column._parent)
            new.text, new.style = text, document.styles["Normal"]

    issue = read(edited(typeset(ISSUE, HOUSE), add), "a.docx").issue
    assert (issue.articles[0].title, issue.articles[0].source) == ("临时加的一篇", "常州日报")
    assert issue.articles[1:] == ISSUE.articles


def edited(data: bytes, change) -> bytes:
    """A Word file after an editor's change to the document."""
    document = docx.Document(io.BytesIO(data))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


SIGNED = {
    "at the end of the last paragraph": lambda a: f"{a.body}（来源：{a.source}）",
    "there, with a space": lambda a: f"{a.body} 【稿源：{a.source}】",
    "as an extract": lambda a: f"{a.body}\n\n（摘自《{a.source}》）",
    "as a reprint": lambda a: f"{a.body}\n\n（转自{a.source}）",
    "as a manuscript's": lambda a: f"{a.body}\n\n稿源：{a.source}",
    "below the title": lambda a: f"来源：{a.source}\n\n{a.body}",
    "below the title, with the day": lambda a: f"来源：{a.source}  {a.date}\n\n{a.body}",
}


@pytest.mark.parametrize("way", SIGNED)
def test_a_source_may_stand_in_other_places_and_words(way):
    dated = "day" in way
    articles = [replace(a, date="2022-05-20" if dated else "", source=a.source or "常州日报") for a in ISSUE.articles]
    parts = [print_text(replace(ISSUE, articles=()), HOUSE).split("版权及合理使用声明", 1)[0]]
    parts += [f"{a.column}\n\n{a.title} {n}" for n, a in enumerate(articles, 1)]
    for article in articles:
        body = article.body.replace("### ", "").replace("\n", "\n\n")
        parts += [article.column, article.title, SIGNED[way](replace(article, body=body))]
    published = read("\n\n".join(parts))
    assert published.issue.articles == tuple(articles)
    assert not left_over(published)


def test_a_source_that_ends_a_paragraph_in_mid_text_stays_there():
    text = TEXT.replace("同样的贴息。", "同样的贴息。（来源：统计局）")
    article = read(text).issue.articles[1]
    assert "同样的贴息。（来源：统计局）" in article.body and article.source == "新华社"


COVERS = {
    "第四十六期": "46",
    "第４６期": "46",
    "第〇四六期": "46",
    "2022年第10期（总第46期）": "46",
    "2022年第10期\n\n（总第四十六期）": "46",
    "总第46期\n\n第10期": "46",
    "2022年第10期　总46期": "46",
    "增刊": "",
}


@pytest.mark.parametrize("line", COVERS)
def test_the_cover_may_count_in_chinese_or_twice(line):
    text = TEXT.replace("第 46 期\n", f"{line}\n", 1).replace("2022 年 5 月 31 日", "二〇二二年五月三十一日", 1)
    issue = read(text).issue
    assert (issue.number, issue.date) == (COVERS[line], "2022-05-31")


@pytest.mark.parametrize("number", ["../../x", "..\\x", "a/b", "C:x", "／etc", "x" * 300, "<b>", "*?"])
def test_a_number_that_could_lead_elsewhere_is_none(number):
    def change(document):
        next(p for p in document.paragraphs if "第 46 期" in p.text).text = f"第 {number} 期"

    assert read(edited(typeset(ISSUE, HOUSE), change), "a.docx").issue.number == ""
    assert read(TEXT.replace("第 46 期", f"第 {number} 期")).issue.number == ""


def test_an_unusual_number_comes_back():
    for number in ("45-46", "增刊", "2022-5"):
        issue = replace(ISSUE, number=number)
        assert read(typeset(issue, HOUSE), "a.docx").issue == issue


def test_highlights_that_we_typeset_are_not_joined_stripped_or_swallowed():
    lines = ("1、两部门部署设备更新试点", "- 一句话", "🎉", "湖州：", "把实验室搬进车间", "……", "武进一企业建成无人值守车间")
    issue = replace(ISSUE, highlights=lines)
    assert read(typeset(issue, HOUSE), "a.docx").issue == issue


def test_a_highlight_of_signs_alone_is_kept():
    issue = replace(ISSUE, highlights=("🎉", *ISSUE.highlights))
    assert read(print_text(issue, HOUSE)).issue == issue


def test_running_heads_may_count_in_chinese():
    head = f"{HOUSE.name}　2022年第十期（总第四十六期）"
    text = print_text(ISSUE, HOUSE, heads=True).replace(f"{HOUSE.name} 第 46 期", head)
    assert read(text).issue == ISSUE


REFUSED = {
    "一篇稿件.txt": "常州新闻\n\n常州市召开推进会，部署下半年工作。\n\n（来源：常州日报）\n".encode(),
    "只有栏目.txt": "政策法规\n\n标准化\n".encode(),
    "空.txt": b"  \n",
    "网页.html": handmade.page("<p>政策法规</p>").encode(),
    "稿件.jsonl": b'{"title": "a"}',
    "断.docx": print_word(ISSUE, HOUSE)[:2000],
    "扫描.pdf": handmade.pdf([["政策法规"]], mapping="none"),
    "附加符号.txt": ("政策法规\n题\n字" + "\u0301" * 5000).encode(),
    "太长.txt": TEXT.encode() + "字".encode() * 2_000_000,
    "太多行.txt": TEXT.encode() + b"1\n" * 60_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_bulletin_is_one_line_with_the_way_out(name):
    with pytest.raises(UnreadableFile) as caught:
        read_published(REFUSED[name], name, HOUSE)
    line = str(caught.value)
    assert line.startswith(name) and "；" in line and "\n" not in line


PIECES = [
    *"\n\n\n\n \t\u3000\r\f#-—（）():：，。“”\u0301\u200b\x85\u2028文é1",
    *(f"\n{name}\n" for name in HOUSE.column_names),
    *[
        "\n目录\n",
        "\n本期重点\n",
        "\n第 9 期\n",
        "\n2022 年 5 月 15 日\n",
        "\n版权及合理使用声明\n",
        "\n- 标题一..... 12\n",
    ],
    *[
        "\n标题一\n",
        "\n标题二 3\n",
        "\n（来源：甲）\n",
        "\n（来源：甲，2022-05-15）\n",
        "（来源：乙",
        "\n来源：丙\n",
        "句末。（来源：丁）\n",
        "（摘自《戊》）",
        "\n— 3 —\n",
    ],
    *[
        "常州工业增长，企业研发投入强度达",
        "\n2.44%，比上年增加。\n",
        "\n为城市经济发展计\n",
        "### 小标题\n",
        "4.0 信息速报 12",
    ],
    "\n省科技厅近日印发办法，自七月一日起施行，平台按产业链布局，由设区市推荐。\n",
]
RANDOM = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).map(
    "".join
)
BEGUN = "第 9 期\n目录\n政策法规\n标题一 1\n标题二 3\n政策法规\n标题一\n"  # what makes the rest a bulletin


@settings(suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.sampled_from(("", BEGUN, BEGUN + "企业投入增长。\n（来源：甲）\n")), RANDOM)
def test_no_text_raises_anything_else_or_loses_a_line(begun, text):
    text = begun + text
    try:
        published = read_published(b"\xef\xbb\xbf" + text.encode(), "a.txt", HOUSE)
    except SubaoError:
        return
    assert_conserved(published, text)
    assert {a.column for a in published.issue.articles} <= {*HOUSE.column_names, RESERVE}


def test_300_broken_issues_lose_no_line():
    chance = random.Random(45)
    unhurt = 0
    for _ in range(300):
        try:
            issue = read(mutate(TEXT, HOUSE, chance)).issue
        except SubaoError:
            continue
        assert parse(write(issue, HOUSE), HOUSE) == issue
        unhurt += [(a.column, key_of(a.title)) for a in issue.articles] == [
            (a.column, key_of(a.title)) for a in ISSUE.articles
        ]
    assert unhurt >= 200


def test_pages_that_end_in_mid_sentence_are_joined_but_headings_and_lists_are_not():
    assert join_pages(["数字化带动了相关软件、网络、芯片等各种软硬件", "设", "施的需求。"])[0].endswith("软硬件")
    assert join_pages(["数字化极大带动了相关软件、网络、芯片等各种软硬件设", "施的需求。"]) == [
        "数字化极大带动了相关软件、网络、芯片等各种软硬件设施的需求。"
    ]
    kept = ["数据说话 国家创新体系建设取得的成绩令人眼前一亮", "去年，投入增长一成。"]
    assert join_pages(kept) == kept
    kept = ["围绕产业链部署创新链并推动科技成果就地转化应用", "（一）建设中试平台。"]
    assert join_pages(kept) == kept


def test_short_lines_between_texts_are_subheadings_but_lists_questions_and_signatures_are_not():
    prose = "自2016年以来，常州举办了六届创新创业大赛。"
    for line in ("为城市经济发展计", "AI 时代的“必争之地”", "一、算法的效率会加快", "无人化了，如何实现全流程管理？"):
        assert mark_subheadings([prose, line, prose]) == [prose, f"### {line}", prose]
    for line in ("主要包括几方面：", "问：争论在哪里？", "“未来已来”", "2022年5月15日", "变化就在身边——", "什么？"):
        assert mark_subheadings([prose, line, prose]) == [prose, line, prose]
    assert mark_subheadings(["设备共享", "人员共用", "数据共通", prose])[0] == "设备共享"
    assert mark_subheadings([prose, "某某办公室"])[1] == "某某办公室"


def test_lines_are_told_by_themselves():
    assert read_source("(文章来源: 科技部)") == "科技部"
    assert read_source("数据来源：统计局") is None
    assert (
        without_page("常州智造..... 37") == without_page("常州智造 37") == without_page("常州智造......") == "常州智造"
    )
    assert without_page("迈向2035") == "迈向2035"
    assert key_of("《ＡＩ》 “普惠化”") == key_of('AI"普惠化"')
