"""The Word file: what is printed and where, a contents Word can refresh, one form of bytes, templates, strict XML."""

from __future__ import annotations

import dataclasses
import io
import time
import zipfile

import handmade
import pytest

from nlp.bulletin import REJECTED, RESERVE, Article, Issue
from nlp.errors import SubaoError, UnreadableFile
from nlp.house import load_house
from nlp.word.stylesheet import HEIGHT, WIDTH
from nlp.word.typeset import printed, typeset

HOUSE = dataclasses.replace(load_house(), print_dates=True, statement="声明一。\n声明二。", contact="研究院\n电话：0519")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ISSUE = Issue(
    number="46",
    date="2022-05-31",
    institution="智能研究院",
    highlights=("常州出台计划", "不在本期的题目"),
    articles=(
        Article("标准“体检”", "第一段。\n### 小标题\n第二段。\n\n隔一行。", "知识产权报", "2022-05-15", column="标准化"),
        Article("常州出台计划", "只有一段。", "常州日报", column="聚焦常州"),
        Article("省里发文", "没有来源。", column="政策法规"),
        Article("留到下期", "备。", column=RESERVE),
        Article("无关稿件", "弃。", column=REJECTED),
    ),
)


def opened(data: bytes):
    import docx

    return docx.Document(io.BytesIO(data))


def lines(data: bytes) -> list[tuple[str, str]]:
    """(style, text) of every paragraph."""
    return [(p.style.name, p.text) for p in opened(data).paragraphs]


def part(data: bytes, name: str):
    """The root of one XML part."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def texts(root, tag: str) -> list[str]:
    return [element.text for element in root.iter(W + tag)]


def values(root, tag: str, attribute: str = "val") -> list[str]:
    return [element.get(W + attribute) for element in root.iter(W + tag)]


def test_the_issue_stands_in_the_order_of_the_bulletin():
    assert lines(typeset(ISSUE, HOUSE, [1, 2, 3])) == [
        ("封面密级", "内部参考　注意保存"),
        ("封面刊名", "4.0 信息速报"),
        ("封面期号", "第 46 期"),
        ("封面单位", "智能研究院"),
        ("封面日期", "2022 年 5 月 31 日"),
        ("重点栏题", "本期重点"),
        ("重点条目", "常州出台计划"),
        ("重点条目", "不在本期的题目"),
        ("TOC Heading", "目录"),
        ("toc 1", "政策法规"),
        ("toc 2", "省里发文\t1"),
        ("toc 1", "标准化"),
        ("toc 2", "标准“体检”\t2"),
        ("toc 1", "聚焦常州"),
        ("toc 2", "常州出台计划\t3"),
        ("目录末行", ""),
        ("Heading 1", "政策法规"),
        ("Heading 2", "省里发文"),
        ("Body Text", "没有来源。"),
        ("Heading 1", "标准化"),
        ("Heading 2", "标准“体检”"),
        ("Body Text", "第一段。"),
        ("Heading 3", "小标题"),
        ("Body Text", "第二段。"),
        ("Body Text", ""),
        ("Body Text", "隔一行。"),
        ("文章来源", "（来源：知识产权报，2022-05-15）"),
        ("Heading 1", "聚焦常州"),
        ("Heading 2", "常州出台计划"),
        ("Body Text", "只有一段。"),
        ("文章来源", "（来源：常州日报）"),
        ("声明栏题", "版权及合理使用声明"),
        ("声明正文", "声明一。"),
        ("声明正文", "声明二。"),
        ("联系方式", "研究院"),
        ("联系方式", "电话：0519"),
    ]


def test_printed_articles_are_in_print_order_and_an_unknown_column_is_named():
    assert [a.title for a in printed(ISSUE, HOUSE)] == ["省里发文", "标准“体检”", "常州出台计划"]
    with pytest.raises(SubaoError, match="“甲”的栏目“体育”不在刊物设定里；栏目有：政策法规、"):
        typeset(Issue((Article("甲", "乙", column="体育"),)), HOUSE)


def test_what_is_not_known_is_left_out_and_the_house_lends_its_institution():
    covers = [text for style, text in lines(typeset(dataclasses.replace(ISSUE, number="", date="", institution=""), HOUSE))
              if style.startswith("封面")]  # fmt: skip
    assert covers == ["内部参考　注意保存", "4.0 信息速报", HOUSE.institution]
    bare = dataclasses.replace(HOUSE, name="", institution="", statement="", contact="\n")
    assert lines(typeset(Issue(date="五月中旬", number="增刊第 2 期"), bare)) == [
        ("封面密级", "内部参考　注意保存"),
        ("封面期号", "增刊第 2 期"),
        ("封面日期", "五月中旬"),
    ]


def test_an_empty_issue_is_a_cover_and_the_statement():
    data = typeset(Issue(), HOUSE, [])
    assert next(style for style, _ in lines(data) if not style.startswith("封面")) == "声明栏题"
    assert len(opened(data).sections) == 2


def test_the_contents_are_a_field_with_its_entries_written_out():
    body = part(typeset(ISSUE, HOUSE, [1, 2, 31]), "word/document.xml")
    codes = [code.strip() for code in texts(body, "instrText")]
    assert codes[0] == r'TOC \o "1-2" \n "1-1" \h \z \u'
    assert [code.split()[0] for code in codes[1:]] == ["PAGEREF"] * 3
    marks = dict(zip(values(body, "bookmarkStart", "name"), values(body, "bookmarkStart", "id"), strict=True))
    assert len(set(marks.values())) == len(marks) == 6
    assert sorted(values(body, "bookmarkEnd", "id")) == sorted(marks.values())
    assert {code.split()[1] for code in codes[1:]} | set(values(body, "hyperlink", "anchor")) <= set(marks)
    depth, depths = 0, []
    for kind in values(body, "fldChar", "fldCharType"):
        depth += {"begin": 1, "separate": 0, "end": -1}[kind]
        depths.append(depth)
    assert max(depths) == 2 and depths[-1] == 0
    named = {p.xpath("string(.)"): p.find(W + "bookmarkStart").get(W + "name") for p in body.iter(W + "p")
             if p.find(W + "bookmarkStart") is not None}  # fmt: skip
    entries = {link.find(f"{W}r/{W}t").text: link.get(W + "anchor") for link in body.iter(W + "hyperlink")}
    assert entries == named


def test_without_pages_the_contents_carry_no_numbers_and_word_is_not_told_to_ask():
    data = typeset(ISSUE, HOUSE)
    assert [text for style, text in lines(data) if style == "toc 2"] == ["省里发文", "标准“体检”", "常州出台计划"]
    assert [code.split()[0] for code in texts(part(data, "word/document.xml"), "instrText")] == ["TOC"]
    assert part(data, "word/settings.xml").find(W + "updateFields") is None
    with pytest.raises(ValueError, match="2 page numbers for 3 articles"):
        typeset(ISSUE, HOUSE, [1, 2])


def test_cover_and_contents_have_no_head_and_the_body_begins_with_page_1():
    data = typeset(ISSUE, HOUSE)
    front, body = part(data, "word/document.xml").iter(W + "sectPr")
    assert not values(front, "headerReference") and len(values(body, "headerReference")) == 1
    assert values(body, "pgNumType", "start") == ["1"]
    assert [p.text for p in opened(data).sections[1].header.paragraphs] == ["4.0 信息速报\t第 46 期"]
    assert texts(part(data, "word/footer1.xml"), "instrText") == [" PAGE "]
    untold = typeset(dataclasses.replace(ISSUE, number=""), HOUSE)
    assert [p.text for p in opened(untold).sections[1].header.paragraphs] == ["4.0 信息速报"]


def test_type_and_setting_are_those_of_a_chinese_bulletin():
    data = typeset(ISSUE, HOUSE)
    styles = part(data, "word/styles.xml")
    by_name = {style.find(W + "name").get(W + "val"): style for style in styles.iter(W + "style")}
    defaults = styles.find(W + "docDefaults")
    assert values(defaults, "rFonts", "eastAsia") == ["SimSun"] and values(defaults, "rFonts", "ascii") == ["Times New Roman"]
    assert values(defaults, "sz") == ["28"] and values(defaults, "lang", "eastAsia") == ["zh-CN"]
    assert list(defaults.iter(W + "widowControl")) and values(by_name["Normal"], "jc") == ["both"]
    assert values(by_name["Normal"], "spacing", "line") == ["560"]  # 28 pt
    assert values(by_name["Body Text"], "ind", "firstLineChars") == ["200"]
    for level in (1, 2, 3):
        heading = by_name[f"heading {level}"]
        assert values(heading, "rFonts", "eastAsia") == ["SimHei"] and values(heading, "outlineLvl") == [str(level - 1)]
        assert heading.find(f"{W}pPr/{W}keepNext") is not None and not values(heading, "color")
    assert by_name["heading 1"].find(f"{W}pPr/{W}pageBreakBefore") is None  # columns run on
    assert values(by_name["toc 2"], "tab", "leader") == ["dot"] and values(by_name["toc 2"], "ind", "hanging")
    settings = part(data, "word/settings.xml")
    assert settings.find(f".//{W}compatSetting[@{W}name='compatibilityMode']").get(W + "val") == "15"
    assert {"宋体", "黑体"} <= set(values(part(data, "word/fontTable.xml"), "altName"))
    assert set(values(part(data, "word/document.xml"), "rFonts", "hint")) == {"eastAsia"}
    page = opened(data).sections[1]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)


def test_the_file_says_whose_it_is_and_nothing_of_the_libraries_that_made_it():
    data = typeset(ISSUE, HOUSE)
    properties = opened(data).core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == ("4.0 信息速报 第 46 期", "智能研究院", "智能研究院")
    assert str(properties.created) == str(properties.modified) == "2022-05-31 00:00:00+00:00"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"python" in archive.read(name).lower() for name in archive.namelist())
        assert not any("theme" in name or "thumbnail" in name for name in archive.namelist())


def test_the_same_issue_gives_the_same_bytes_on_every_machine_and_day():
    data = typeset(ISSUE, HOUSE, [1, 2, 3])
    assert typeset(ISSUE, HOUSE, [1, 2, 3]) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            assert (info.date_time, info.create_system, info.compress_type) == ((1980, 1, 1, 0, 0, 0), 0, zipfile.ZIP_STORED)
        assert archive.namelist()[0] == "[Content_Types].xml"
    assert typeset(dataclasses.replace(ISSUE, date="不详"), HOUSE) == typeset(dataclasses.replace(ISSUE, date="不详"), HOUSE)


def test_any_characters_are_printed_or_dropped_and_never_break_the_file():
    title, body = "A<B>&\"C\"'D'\x00\ud800", "]]> &amp; <w:p/>\n\x0b\x1b\ufffe\r\n王\u200b\U00020000\u2028\udfff字"
    data = typeset(Issue((Article(title, body, "<x>", column="标准化"),), "<1>", "&", "\x01甲", ("\ud800<b>",)), HOUSE)
    found = [text for _, text in lines(data)]
    assert "A<B>&\"C\"'D'" in found and "]]> &amp; <w:p/>" in found and "（来源：<x>）" in found and "第 <1> 期" in found
    assert "王\u200b\U00020000" in found and "字" in found


def test_an_apostrophe_in_english_stays_narrow():
    body = part(typeset(Issue((Article("题", "China’s “中国”’", column="标准化"),)), HOUSE), "word/document.xml")
    narrow = [run.find(W + "t").text for run in body.iter(W + "r")
              if run.find(W + "t") is not None and run.find(f"{W}rPr/{W}rFonts") is None]  # fmt: skip
    assert narrow == ["’"]


def test_marks_beside_latin_letters_are_chinese_and_an_ellipsis_is_not_parted():
    body = part(typeset(Issue((Article("题", "达“532”。他说……是“中国”", column="标准化"),)), HOUSE), "word/document.xml")
    marks = {run.find(W + "t").text: values(run, "lang", "eastAsia") for run in body.iter(W + "r")
             if values(run, "rFonts", "ascii") == ["SimSun"]}  # fmt: skip
    assert marks == {"”": [None], "……": ["en-US"]}  # a language that never parts one


def test_an_article_without_a_title_is_listed_and_linked():
    data = typeset(Issue((Article("", "正文。", column="标准化"), Article("\x00 ", "正文。", column="标准化"))), HOUSE, [1, 1])
    assert [text for style, text in lines(data) if style == "Heading 2"] == ["（无标题）"] * 2


def test_a_title_turns_over_at_a_line_break_and_stays_the_same_text():
    long = "常州智造某某新中轴 某某以“国际智造”之名正式启航"
    issue = Issue((Article(long, "", column="标准化"), Article("短", "", column="标准化")), highlights=(long * 2,))
    data = typeset(issue, HOUSE)
    first, second = (p for p in part(data, "word/document.xml").iter(W + "p") if values(p, "pStyle") == ["Heading2"])
    assert "".join(texts(first, "t")) == long and len(list(first.iter(W + "br"))) == 1
    space = next(run for run in first.iter(W + "r") if run.find(W + "t") is not None and run.find(W + "t").text == " ")
    assert values(space, "sz") == ["2"]  # it pushes nothing aside
    assert not list(second.iter(W + "br"))
    assert ("重点条目", long * 2) in [(style, text.replace("\n", "")) for style, text in lines(data)]
    name = dataclasses.replace(HOUSE, name="常州市科技创新与知识产权信息速报")
    masthead = part(typeset(Issue(), name), "word/document.xml").findall(f".//{W}p")[1]
    assert int(values(masthead, "sz")[0]) * 16 <= WIDTH // 10


def test_many_entries_stand_closer_so_that_the_contents_fit_on_a_page():
    def height(articles: int) -> int:
        columns = HOUSE.column_names
        issue = Issue(tuple(Article(f"第{i}篇", "", column=columns[i % 7]) for i in range(articles)))
        styles = part(typeset(issue, HOUSE), "word/styles.xml")
        found = next(style for style in styles.iter(W + "style") if values(style, "name") == ["toc 2"])
        return int(values(found, "spacing", "line")[0])

    assert height(7) == height(12) > height(20) > height(24)
    assert height(24) * (24 + 7 * 4 / 3) < HEIGHT - 1640
    assert height(90) == height(7)  # no page holds them


def test_the_source_is_not_left_alone_by_a_last_paragraph_of_up_to_six_lines():
    articles = (Article("甲", "长" * 160, "报", column="标准化"), Article("乙", "长" * 200, "报", column="标准化"))
    body = part(typeset(Issue(articles), HOUSE), "word/document.xml")
    kept = [p.find(f"{W}pPr/{W}keepNext") is not None for p in body.iter(W + "p") if values(p, "pStyle") == ["BodyText"]]
    assert kept == [True, False]


def test_300_articles_are_set_in_seconds():
    column = HOUSE.column_names
    articles = tuple(Article(f"第{i}篇", "正文。" * 250 + "\n第二段。", "报", column=column[i % 7]) for i in range(300))
    began = time.perf_counter()
    data = typeset(Issue(articles, "46"), HOUSE, list(range(300)))
    assert time.perf_counter() - began < 15
    assert len([1 for style, _ in lines(data) if style == "Heading 2"]) == 300


def template(header="某某通讯　第 12 期", change=lambda document: None) -> bytes:
    """An editor's own document: a wide margin, a running head, blue headings, old text."""
    import docx
    from docx.shared import Cm, RGBColor

    document = docx.Document()
    document.add_heading("旧标题", 1)
    document.add_paragraph("旧正文")
    document.sections[0].left_margin = Cm(5)
    document.styles["Heading 1"].font.color.rgb = RGBColor(0, 0, 255)
    for piece in header.split("|"):
        document.sections[0].header.paragraphs[0].add_run(piece)
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_template_keeps_its_page_styles_and_head_and_loses_its_text():
    data = typeset(ISSUE, HOUSE, [1, 2, 3], template())
    document = opened(data)
    assert not any("旧" in p.text for p in document.paragraphs)
    assert [text for style, text in lines(data) if style.startswith("Heading 1")] == ["政策法规", "标准化", "聚焦常州"]
    front, body = document.sections
    assert round(front.left_margin.cm) == round(body.left_margin.cm) == 5
    assert str(document.styles["Heading 1"].font.color.rgb) == "0000FF"
    assert [p.text for p in body.header.paragraphs] == ["某某通讯　第 46 期"]  # the template's was 12
    assert front.header.is_linked_to_previous and not front.header.paragraphs[0].text
    assert "PAGE" in "".join(texts(part(data, "word/footer1.xml"), "instrText"))  # it had no foot
    tab = document.styles["toc 2"].paragraph_format.tab_stops[0].position
    assert tab == body.page_width - body.left_margin - body.right_margin
    assert typeset(ISSUE, HOUSE, [1, 2, 3], template()) == data
    assert document.core_properties.title == "4.0 信息速报 第 46 期" and document.core_properties.comments == ""


def test_an_older_issue_is_a_template_and_its_number_goes_wherever_the_runs_break():
    older = typeset(dataclasses.replace(ISSUE, number="45", date="2022-05-15"), HOUSE, [1, 2, 3])
    data = typeset(ISSUE, HOUSE, [1, 2, 3], older)
    assert lines(data) == lines(typeset(ISSUE, HOUSE, [1, 2, 3]))
    assert [p.text for p in opened(data).sections[1].header.paragraphs] == ["4.0 信息速报\t第 46 期"]
    broken = opened(typeset(ISSUE, HOUSE, [1, 2, 3], template("通讯 第| 1|2 |期 内部")))
    assert [p.text for p in broken.sections[1].header.paragraphs] == ["通讯 第 46 期 内部"]
    unknown = opened(typeset(dataclasses.replace(ISSUE, number=""), HOUSE, [1, 2, 3], older))
    assert [p.text for p in unknown.sections[1].header.paragraphs] == ["4.0 信息速报\t"]


def test_styles_are_found_by_name_because_chinese_word_numbers_them():
    def rename(document):
        for style in document.styles.element.style_lst:
            if style.name_val in ("heading 1", "heading 2"):
                style.styleId = style.name_val[-1]

    data = typeset(ISSUE, HOUSE, template=template(change=rename))
    assert [text for style, text in lines(data) if style == "Heading 1"] == ["政策法规", "标准化", "聚焦常州"]
    assert values(part(data, "word/document.xml"), "pStyle").count("1") == 3


def test_pictures_comments_and_nagging_settings_of_a_template_are_dropped():
    from docx.oxml import parse_xml

    def add(document):
        document.add_comment(document.paragraphs[0].runs, "批注")
        field = f'<w:updateFields xmlns:w="{W[1:-1]}" w:val="true"/>'
        document.settings.element.insert(0, parse_xml(field))

    given = template(change=add)
    data = typeset(ISSUE, HOUSE, template=given)
    with zipfile.ZipFile(io.BytesIO(given)) as old, zipfile.ZipFile(io.BytesIO(data)) as new:
        assert "word/comments.xml" in old.namelist() and "word/comments.xml" not in new.namelist()
    assert part(data, "word/settings.xml").find(W + "updateFields") is None


def test_a_hostile_or_broken_template_is_one_clear_line():
    good = template()
    dotx = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(dotx, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"document.main+xml", b"template.main+xml"))
    entity = handmade.body("<w:p/>").replace("<w:document", '<!DOCTYPE w [<!ENTITY a "b">]><w:document', 1)
    for data, says in (
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .docx"),
        (b"%PDF-1.7", "PDF"),
        (good[: len(good) // 2], "不是完整的"),
        (dotx.getvalue(), ".dotx 或带宏"),
        (handmade.encrypted(good), "有密码"),
        (handmade.raw_docx(entity), "DOCTYPE"),
        (handmade.raw_docx(handmade.body("<w:p/>" * 60_000)), "段落超过"),
        (handmade.raw_docx(handmade.body(f"<w:p><w:r><w:t>{'a' * (80 << 20)}</w:t></w:r></w:p>")), "压缩炸弹"),
        (handmade.raw_docx("<w:document"), "损坏"),
    ):
        with pytest.raises(UnreadableFile) as caught:
            typeset(ISSUE, HOUSE, template=data)
        assert says in str(caught.value) and str(caught.value).startswith("模板") and "\n" not in str(caught.value)


# Word asks to repair a file whose elements stand in another order than the schema's.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "pBdr": "top left bottom right between bar",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "settings": "zoom bordersDoNotSurroundHeader bordersDoNotSurroundFooter defaultTabStop characterSpacingControl "
    "compat themeFontLang decimalSymbol listSeparator",
    "compat": "useFELayout compatSetting",
    "font": "altName panose1 charset family notTrueType pitch sig",
    "docDefaults": "rPrDefault pPrDefault",
    "styles": "docDefaults latentStyles style",
}


@pytest.mark.parametrize("given", [None, "template"])
def test_elements_stand_in_the_order_of_the_schema(given):
    data = typeset(ISSUE, HOUSE, [1, 2, 3], given and template())
    seen = set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("word/") and name.endswith(".xml")]
    for name in names:
        for element in part(data, name).iter():
            kind = str(element.tag).removeprefix(W)
            if kind not in ORDER or (given and kind in ("settings", "compat", "font")):
                continue
            order = ORDER[kind].replace("footerReference", "headerReference").split()
            children = [str(c.tag).removeprefix(W).replace("footerReference", "headerReference") for c in element]
            assert children == sorted(children, key=order.index), (name, kind)
            if kind not in ("style", "sectPr", "compat", "styles"):
                assert len(set(children)) == len(children), (name, kind)
            seen.add(kind)
    assert seen >= {"pPr", "rPr", "sectPr", "pBdr", "style"}
