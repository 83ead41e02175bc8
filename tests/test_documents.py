"""Files to lines: encodings, page furniture, broken lines, and everything hostile that a file can be."""

from __future__ import annotations

import contextlib
import random
import time
import tracemalloc
import zipfile

import handmade
import pytest

from nlp.documents import Line, read_document
from nlp.documents.encodings import decode, plausibility
from nlp.documents.furniture import blank_furniture
from nlp.documents.guard import guarded
from nlp.documents.paragraphs import close_up, find_edge, join_lines
from nlp.documents.provenance import parse_date, take_provenance
from nlp.documents.web.title import without_site
from nlp.errors import UnreadableFile
from nlp.text.characters import normalise, read_number

A = "5月15日，常州市召开新能源产业推进会，会议指出要加快构建现代化产业体系，推动企业创新。"
B = "会上，12家企业签约，总投资达86.5亿元，研发投入强度达3.4%，比上年增加0.2个百分点。"
C = "下一步，常州将围绕整车、电池、核心零部件补链强链，支持龙头企业建设研发机构。"
PROSE = A + B + C


def texts(data: bytes, name: str) -> list[str]:
    return [line.text.strip() for line in read_document(data, name).lines if line.text.strip()]


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_document(data, name)
    line = str(caught.value)
    assert line.startswith(name) and "\n" not in line, line
    return line


def joined(*lines: str) -> list[str]:
    return join_lines([Line(line) for line in lines])


# -- encodings (line 6 of reliability.md)


@pytest.mark.parametrize("length", [15, 40, 400, 4000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_each_encoding_is_read_without_an_error(encoding, length):
    text = (PROSE * 40)[: length - 2] + ("𠮷㐂" if encoding != "gbk" else "龙城")
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decode(mark + text.encode(encoding), "a.txt") == (text, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [PROSE[:15], PROSE, "Changzhou 2022\n" + PROSE])
def test_utf_16_is_told_without_its_mark(encoding, text):
    assert decode(text.encode(encoding), "a.txt")[0] == text


@pytest.mark.parametrize(
    "data", ["常州市推動產業創新，會議強調要加快發展步伐。".encode("big5"), "常州市で産業会議が開かれました".encode("shift-jis")]
)
def test_what_comes_out_garbled_is_remarked_or_refused(data):
    try:
        _, notes = decode(data * 5, "a.txt")
    except UnreadableFile:
        return
    assert any("乱码" in note for note in notes)


def test_a_byte_lost_at_the_end_costs_one_character_and_a_remark():
    text, notes = decode(PROSE.encode()[:-2], "a.txt")
    assert text[:-1] == PROSE[:-1] and notes == ("个别字符无法识别，请核对原文",)


def test_common_characters_are_told_from_rare_ones():
    assert plausibility(PROSE) > 0.99
    assert plausibility(PROSE.encode().decode("gb18030", "ignore")) < 0.7


@pytest.mark.parametrize("seed", range(5))
def test_a_binary_named_txt_is_refused(seed):
    assert "不是文字文件" in refusal(random.Random(seed).randbytes(3000), "数据.txt")


# -- dates, sources


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022-05-15", "2022-05-15"),
        ("2022年5月15日 08:30", "2022-05-15"),
        ("20220515", "2022-05-15"),
        ("2022/5/15", "2022-05-15"),
        ("2022.05.15", "2022-05-15"),
        ("2022－05－15", "2022-05-15"),
        ("2022-05-15T10:30:00+08:00", "2022-05-15"),
        ("二〇二二年五月十五日", "2022-05-15"),
        ("二○二二年十二月三十一日", "2022-12-31"),
        ("２０２２年５月１５日", "2022-05-15"),
        ("2022-13-45", ""),
        ("2023-02-29", ""),
        ("5月15日", ""),
        ("0022-05-15", ""),
        ("昨天", ""),
    ],
)
def test_dates_take_one_form_and_impossible_ones_are_dropped(written, day):
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("line", "source", "date"),
    [
        ("发布日期: 2019-12-24 来源：天津日报", "天津日报", "2019-12-24"),
        ("2022-05-15 08:30　来源：新华网　作者：张三　浏览次数：12", "新华网", "2022-05-15"),
        ("来源：科技日报 | 发布时间：2022年5月15日 | 责任编辑：李四", "科技日报", "2022-05-15"),
        ("时间：2022/5/15", "", "2022-05-15"),
        ("（来源：《人民日报》）", "人民日报", ""),
        ("（来源：人民日报，2022-05-15）", "人民日报", "2022-05-15"),
        ("【来源：常州市科技局】【打印】【关闭】", "常州市科技局", ""),
        ("稿源：本站", "", ""),
    ],
)
def test_explicit_lines_give_source_and_date_and_leave_the_text(line, source, date):
    found, left = take_provenance(["标题", line, PROSE])
    assert (found.source, found.date) == (source, date)
    assert left == ["标题", "", PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "资金来源：财政拨款",
        "新华社北京5月15日电（记者张三）会议强调创新。",
        "时间：2022年5月20日　地点：常州科教城",
        "2022年5月15日",
        "来源：这笔钱从哪里来，又到哪里去。",
    ],
)
def test_nothing_else_is_taken_for_a_source_or_a_date(line):
    found, left = take_provenance(["标题", line, PROSE])
    assert (found.source, found.date) == ("", "") and left[1] == line


def test_a_source_in_brackets_is_cut_from_the_end_of_the_last_paragraph():
    found, left = take_provenance(["标题", PROSE + "（来源：新华网）"])
    assert found.source == "新华网" and found.notes == ("来源：正文首行",) and left[1] == PROSE


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("第46期.md", "46"),
        ("第 046 期", "046"),
        ("速报第一百零六期", "106"),
        ("第二十期", "20"),
        ("第四五期", "45"),
        ("第１２期", "12"),
        ("2021年第2期（总第12期）", "12"),
        ("第../期", ""),
        ("第十届", ""),
        ("46", ""),
        ("第" + "一" * 100_000 + "期", ""),
    ],
)
def test_an_issues_number_is_read_wherever_it_is_written(name, number):
    assert read_number(name) == number


def test_characters_that_are_none_leave_the_text():
    assert normalise("常\ufffe州\uffff智\ufdd0造\U0001fffe速\U0010ffff报\u2066") == "常州智造速报"


def test_a_source_of_another_name_is_cut_too():
    assert take_provenance(["标题", PROSE + "（稿源：新华网）"])[0].source == "新华网"


def test_a_source_in_the_middle_of_a_long_text_is_not_taken():
    lines = [PROSE] * 10 + ["来源：某某"] + [PROSE] * 10
    assert take_provenance(lines)[1] == lines


# -- furniture


@pytest.mark.parametrize(
    "line",
    [
        "打印本页 关闭窗口",
        "【打印】 【关闭】",
        "扫一扫在手机打开当前页",
        "分享到：微信 微博 QQ空间",
        "【字体：大 中 小】",
        "上一篇：常州召开大会",
        "下一篇：没有了",
        "— 3 —",
        "第 3 页 共 5 页",
        "- 12 -",
        "当前位置：首页 > 新闻 > 正文",
        "浏览次数：1234",
        "责任编辑：张三",
        "（编辑：张三 审核：李四）",
        "苏ICP备05003616号",
    ],
)
def test_page_furniture_goes(line):
    assert blank_furniture(["标题", PROSE, line]) == ["标题", PROSE, ""]


@pytest.mark.parametrize(
    "line",
    [
        "打印机产业迎来新机遇",
        "分享到的经验表明，创新是关键。",
        "扫描测绘 建立信息档案",
        "编辑部收到来信，反映了以下问题。",
        "2022",
        "大中小企业融通",
        "审核把关更严",
        "微信支付带动消费增长",
    ],
)
def test_lines_of_the_text_that_resemble_furniture_stay(line):
    assert blank_furniture(["标题", line, PROSE]) == ["标题", line, PROSE]


def test_credits_end_an_article_but_speak_in_an_interview():
    interview = ["标题", "编辑：您怎么看？", *[PROSE] * 9, "编辑：王五"]
    assert blank_furniture(interview) == [*interview[:-1], ""]


def test_bare_numbers_go_only_where_they_count_pages():
    assert blank_furniture(["甲。", "1", "乙。", "2", "丙。", "3"]) == ["甲。", "", "乙。", "", "丙。", ""]
    table = ["产量", "120", "85", "产值", "33"]
    assert blank_furniture(table) == table


@pytest.mark.parametrize("unit", ["A+", "微信 ", "打印 ", "（", "来源：", "。”", "<!---->", "(来源 "])
def test_patterns_stay_fast_on_lines_made_to_slow_them(unit):
    began = time.process_time()
    for length in (150, 100_000):
        lines = ["标题", (unit * length)[:length] + "x", unit * (length // len(unit))]
        join_lines([Line(line) for line in take_provenance(blank_furniture(lines))[1]])
    assert time.process_time() - began < 3


# -- paragraphs (line 15)


def test_a_number_parted_from_its_sentence_comes_back():
    lines = ["2021年，我国研发投入达2.79万亿元，研发投入强度达", "", "2.44%，比上年增加14.2%。", "", "下一段。"]
    assert joined("标题", "", *lines) == ["标题", lines[0] + lines[2], "下一段。"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("国家创新体系更加高效、开放的格局正在形成，统筹科技创新与制度创新，健全社会主义", "市场经济条件下新型举国体制。"),
        ("会议强调，要加快建设制造强市，", "推动产业升级。"),
        ("会议印发了《关于加快", "智能制造发展的意见》，提出十条措施。"),
        ("“希望无论是中国的企业", "还是外国的企业，都对这里充满信心。”他说。"),
        ("全市高新技术企业达到", "，占全省的八分之一。"),
        ("“没想到这么快。", "”他说。"),
        ("今年以来，数字政府建设再次驶入快车道。政府工作报告提", "出，加强数字政府建设。"),
    ],
)
def test_a_sentence_broken_by_the_end_of_a_page_is_joined(before, after):
    assert joined("标题", PROSE, "", before, "", after, "", PROSE) == ["标题", PROSE, before + after, PROSE]


@pytest.mark.parametrize(
    "lines",
    [
        [PROSE, "数据说话 国家创新体系建设成绩亮眼", PROSE],
        [PROSE, "扎根沃土，勇攀高峰", PROSE],
        [PROSE, "二、强化底线思维，切实落实安全生产责任", PROSE],
        ["一是抓整车；", "二是抓电池；", "三是抓研发。"],
        ["现将有关事项通知如下：", "一、总体要求", PROSE],
        [PROSE, "常州市科学技术局", "2022年5月15日"],
        ["张三 常州大学", "李四 江苏理工学院", "王五 河海大学"],
        ["联系人：张三，电话：0519-86339802", "地址：常州科教城三一路智能苑"],
        [PROSE, "2022年，全市新增企业300家。"],
    ],
)
def test_paragraphs_headings_and_lists_are_never_joined(lines):
    assert joined("标题", *lines) == ["标题", *lines]


def wrap(paragraph: str, width: int, indent: str) -> list[str]:
    lines, line = [], indent
    for character in paragraph:
        if len(line) >= width and character not in "，。、；：”":
            lines.append(line)
            line = ""
        line += character
    return [*lines, line]


PARAGRAPHS = [PROSE, "加快补链强链", B + C, C + "形成一批成果。", "“今年订单多。”企业负责人说，" + PROSE, A[7:] + B]


@pytest.mark.parametrize("width", [22, 30, 38])
@pytest.mark.parametrize(("indent", "between"), [("　　", []), ("", [""]), ("    ", [""])])
def test_lines_wrapped_at_a_fixed_width_become_their_paragraphs_again(width, indent, between):
    lines = ["一个标题"]
    for paragraph in PARAGRAPHS:
        lines += between + wrap(paragraph, width, indent)
    assert joined(*lines) == ["一个标题", *PARAGRAPHS]


def test_wrapping_is_measured_and_not_assumed():
    assert find_edge([PROSE, PROSE[:50], "短句。", PROSE[:90]]) == (0, 0)
    assert find_edge(wrap(C * 9, 30, "")) == (62, 11)


def test_letterspacing_closes_but_the_gap_between_two_headlines_stays():
    assert close_up("关 于 开 展 试 点 的 通 知") == "关于开展试点的通知"
    assert close_up("数字政府建设提速 产业布局深化") == "数字政府建设提速 产业布局深化"
    assert close_up("推动 产业升级。") == "推动产业升级。"
    assert close_up("⽤⼼服务⻓三⾓") == "用心服务长三角"


# -- Word


def test_a_docx_keeps_the_order_of_its_body_with_tables_and_marks_its_title():
    data = handmade.docx("常州新政", PROSE, title_style=True, table=[["项目", "投资"], ["整车", "30亿"]])
    document = read_document(data, "a.docx")
    assert document.title == "常州新政"
    assert [line.text for line in document.lines] == [
        "常州新政", PROSE, "| 项目 | 投资 |", "| --- | --- |", "| 整车 | 30亿 |",
    ]  # fmt: skip
    assert [line.fixed for line in document.lines] == [True, False, True, True, True]


def test_a_docx_keeps_insertions_tags_and_text_boxes_and_drops_what_was_struck_out():
    run = "<w:r><w:t>{}</w:t></w:r>".format
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('框内文字。')}</w:p></w:txbxContent></w:pict></w:r>"
    inner = (
        f"<w:p><w:ins>{run('新增')}</w:ins><w:smartTag>{run('2022年')}</w:smartTag>"
        f"<w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:moveFrom>{run('移走')}</w:moveFrom>{box}</w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run('控件')}<w:r><w:br/></w:r>{run('换行')}</w:p></w:sdtContent></w:sdt>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('版面一。')}</w:p><w:p>{run('版面二。')}</w:p></w:tc></w:tr></w:tbl>"
    )
    data = handmade.raw_docx(handmade.body(inner))
    assert texts(data, "a.docx") == ["新增2022年", "框内文字。", "控件", "换行", "版面一。", "版面二。"]


def quick_refusal(data: bytes, name: str, seconds: float = 1.0) -> str:
    """Refused in time and without unpacking it (numbers of line 1, loosened for a busy machine)."""
    tracemalloc.start()
    began = time.process_time()
    line = refusal(data, name)
    took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < seconds and peak < 150e6, (took, peak)
    return line


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_million_empty_paragraphs_are_refused(compression):
    data = handmade.raw_docx(handmade.body("<w:p/>" * 1_000_000), compression)
    assert "没有打开" in quick_refusal(data, "bomb.docx")


def test_one_text_node_of_70_megabytes_is_refused():
    data = handmade.raw_docx(handmade.body("<w:p><w:r><w:t>" + "a" * 70_000_000 + "</w:t></w:r></w:p>"))
    assert len(data) < 1_000_000
    assert "解压后过大" in quick_refusal(data, "bomb.docx")


BODY = handmade.body("<w:p/>")
ARCHIVES = {
    "too many entries": (lambda: handmade.raw_docx(BODY, **{f"word/{i}.xml": "" for i in range(2001)}), "解压后过大"),
    "a part that swells": (lambda: handmade.raw_docx(BODY, **{"word/media/a.bin": bytes(3_000_000)}), "解压后过大"),
    "too much in all": (
        lambda: handmade.raw_docx(BODY, **{f"word/{i}.bin": random.Random(i).randbytes(400) * 50_000 for i in range(7)}),
        "解压后过大",
    ),
    "encrypted": (lambda: handmade.encrypted(handmade.raw_docx(BODY)), "有密码"),
    "outside by dots": (lambda: handmade.raw_docx(BODY, **{"../evil.xml": ""}), "越界"),
    "outside by backslash": (lambda: handmade.raw_docx(BODY, **{"word\\..\\..\\evil.xml": ""}), "越界"),
    "outside by root": (lambda: handmade.raw_docx(BODY, **{"/etc/passwd": ""}), "越界"),
    "outside by drive": (lambda: handmade.raw_docx(BODY, **{"C:/evil": ""}), "越界"),
    "twice by case": (lambda: handmade.raw_docx(BODY, **{"word/Document.xml": ""}), "重复"),
    "too many paragraphs": (lambda: handmade.raw_docx(handmade.body("<w:p/>" * 50_001)), "段落超过"),
    "too many elements": (lambda: handmade.raw_docx(handmade.body("<w:r/>" * 1_100_000), zipfile.ZIP_STORED), "元素过多"),
}  # fmt: skip


@pytest.mark.parametrize("what", ARCHIVES)
def test_hostile_archives_are_refused_before_they_are_opened(what):
    make, reason = ARCHIVES[what]
    assert reason in quick_refusal(make(), "a.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declaration", ['<!DOCTYPE x [<!ENTITY e "text">]>', '<!ENTITY e "text">'])
def test_declarations_that_hide_text_are_refused_by_name(encoding, declaration):
    xml = BODY.replace("<w:document", declaration + "<w:document")
    assert "word/document.xml" in refusal(handmade.raw_docx(xml.encode(encoding)), "a.docx")
    parts = {"docProps/app.xml": xml.encode(encoding)}
    assert "docProps/app.xml" in refusal(handmade.raw_docx(BODY, **parts), "a.docx")


def test_twelve_files_that_are_no_docx_give_twelve_clean_lines():
    whole = handmade.docx("常州新政", PROSE)
    lines = [refusal(whole[: len(whole) * tenth // 10], "a.docx") for tenth in range(1, 9)]
    lines.append(refusal(handmade.ole("WordDocument"), "a.docx"))
    lines.append(refusal(handmade.page(PROSE).encode(), "a.docx"))
    lines.append(refusal(handmade.zipped({"a.txt": "正文"}), "a.docx"))
    lines.append(refusal(b"", "a.docx"))
    assert len(lines) == 12
    assert "另存为 .docx" in lines[8] and ".html" in lines[9] and "压缩包" in lines[10] and "空文件" in lines[11]


@pytest.mark.parametrize("seed", range(20))
def test_a_docx_with_any_bytes_changed_gives_text_or_one_clean_line(seed):
    chance, data = random.Random(seed), bytearray(handmade.docx("常州新政", PROSE))
    for _ in range(30):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    with contextlib.suppress(UnreadableFile):
        read_document(bytes(data), "a.docx")


# -- kinds


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (handmade.ole("WordDocument"), "a.doc", "另存为 .docx"),
        (handmade.ole("WordDocument"), "a.wps", "另存为 .docx"),
        (b"{\\rtf1 text}", "a.rtf", "另存为 .docx"),
        (handmade.ole("Workbook"), "a.xls", "另存为 .xlsx"),
        (handmade.ole("EncryptedPackage"), "a.docx", "密码"),
        (handmade.ole("Workbook"), "a.xlsx", "另存为 .xlsx"),
        (handmade.pdf([["常州"]]), "a.docx", "后缀改为 .pdf"),
        (handmade.docx(PROSE), "a.txt", "后缀改为 .docx"),
        (handmade.page(PROSE).encode(), "a.pdf", "后缀改为 .html"),
        (handmade.page(PROSE).encode("utf-16"), "a.txt", "后缀改为 .html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png", "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "a.txt", "图片"),
        (handmade.zipped({"ppt/presentation.xml": ""}), "a.pptx", "演示文稿"),
        (b"Rar!\x1a\x07" + bytes(50), "a.rar", "解压"),
        (b"MIME-Version: 1.0\r\n", "a.mht", "另存为 .html"),
        (handmade.zipped({"a.txt": PROSE}), "a.ofd", "其实是压缩包"),
        (PROSE.encode(), "a.xyz", "不认识的文件类型 .xyz"),
        (PROSE.encode(), "说明", "没有后缀"),
        (b'[{"title": "a"}]', "a.json", ".jsonl"),
        (b" \r\n\t\n", "a.txt", "空文件"),
        (bytes(1000), "a.docx", "空文件"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line_with_the_way_out(data, name, said):
    assert said in refusal(data, name)


def test_a_file_of_more_than_20_megabytes_is_no_article():
    assert "超过 20 MB" in refusal(bytes(20 << 20) + b"x", "a.txt")


# -- web pages (line 4)

LAYOUTS = {
    "paragraphs": f"<p>　　{A}</p><p>　　{B}</p><p>　　{C}</p>",
    "line breaks": f"　　{A}<br>　　{B}<br/><br/>　　{C}",
    "divs": f"<div>{A}</div><div>{B}</div><div>{C}</div>",
    "spans": f"<p><span>{A[:9]}</span><span>{A[9:]}</span></p><p><b>{B}</b></p><p><font>{C}</font></p>",
    "sections": f"<section><section><span>{A}</span></section></section><section><p>{B}</p></section><p>{C}</p>",
    "a table for layout": f"<table><tr><td><p>{A}</p><p>{B}</p><p>{C}</p></td></tr></table>",
    "links in the text": f'<p><a href="x">{A[:12]}</a>{A[12:]}</p><p>{B}</p><p>{C}</p>',
    "hidden parts": f'<p>{A}</p><script>x="。"</script><p style="display: none">隐藏，内容。</p><p>{B}</p><p>{C}</p>',
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_gives_its_article_and_nothing_around_it(layout):
    data = handmade.page(LAYOUTS[layout]).encode()
    document = read_document(data, "a.html")
    assert [line.text.strip() for line in document.lines] == [A, B, C]
    assert (document.title, document.source, document.date) == ("常州召开新能源产业推进会", "常州日报", "2022-05-15")


def test_a_lead_above_the_text_is_kept_and_readers_comments_are_not():
    comments = "".join(f'<div class="item cmt"><p>网友{i}：说得好，支持常州发展，加油！</p></div>' for i in range(12))
    content = f'<div class="lead">{C}</div><div class="text">{f"<p>{A}</p><p>{B}</p>" * 4}</div>{comments}'
    assert texts(handmade.page(content).encode(), "a.html") == [C, *[A, B] * 4]


def test_a_page_of_nested_tables_gives_its_article():
    row = "<tr><td>{}</td></tr>".format
    inner = row("来源：科技日报　日期：2022-05-21") + row(f"<font>{A}<br><br>{B}</font>")
    menu = row('<table><tr><td><a href="1">首页</a></td><td><a href="2">新闻</a></td></tr></table>')
    data = f"<title>{A[:9]}</title><table>{menu}{row(f'<table>{inner}</table>')}{row('版权所有：某某网')}</table>".encode()
    assert texts(data, "a.html") == [A, B]
    assert read_document(data, "a.html").source == "科技日报"


def test_an_account_and_a_day_in_their_own_elements_are_stated():
    info = '<a id="js_name">常州日报</a> <em id="publish_time">2022-05-21 18:30</em>'
    document = read_document(handmade.page(f"<p>{A}</p><p>{B}</p>", info=info).encode(), "a.html")
    assert (document.source, document.date) == ("常州日报", "2022-05-21")


def test_a_table_in_a_page_becomes_a_table():
    rows = "<table><tr><th>项目</th><th>投资</th></tr><tr><td>整车</td><td><p>30亿</p></td></tr></table>"
    document = read_document(handmade.page(f"<p>{A}</p>{rows}<p>{B}</p>").encode(), "a.html")
    assert [(line.text, line.fixed) for line in document.lines] == [
        (A, False), ("| 项目 | 投资 |", True), ("| --- | --- |", True), ("| 整车 | 30亿 |", True), (B, False),
    ]  # fmt: skip


def test_meta_tags_state_source_and_date():
    head = '<meta name="PubDate" content="2022-05-16 09:53"><meta name="ContentSource" content="科技日报">'
    document = read_document(handmade.page(f"<p>{A}</p><p>{B}</p>", head=head).encode(), "a.html")
    assert (document.source, document.date) == ("科技日报", "2022-05-16 09:53")


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("常州召开推进会_常州市人民政府", "常州召开推进会"),
        ("常州召开推进会-新华网", "常州召开推进会"),
        ("常州召开推进会_新闻_常州频道", "常州召开推进会"),
        ("常州召开推进会 | 科技日报", "常州召开推进会"),
        ("国产大飞机C919-首飞成功", "国产大飞机C919-首飞成功"),
        ("5G-A商用提速", "5G-A商用提速"),
    ],
)
def test_the_name_of_the_site_is_cut_off_a_title(title, left):
    assert without_site(title) == left


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "big5", "nonsense"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_page_that_declares_a_wrong_encoding_is_read_all_the_same(declared, encoding):
    data = handmade.page(f"<p>{A}</p><p>{B}</p>").replace("utf-8", declared).encode(encoding)
    assert texts(data, "a.html") == [A, B]


HTML_BOMBS = {
    "50,000 nested tags": lambda: "<div>" * 50_000 + A + "</div>" * 50_000,
    "50,000 tags never closed": lambda: "<span>" * 50_000 + A,
    "5 MB in one line": lambda: A * 120_000,
    "an attribute of 10 MB": lambda: f'<p title="{"a" * 10_000_000}">{A}</p>',
    "unclosed scripts": lambda: "<script>" * 100_000,
    "unclosed comments": lambda: "<!--" * 100_000,
    "a million tags": lambda: "<p>" * 1_000_000,
}


@pytest.mark.parametrize("what", HTML_BOMBS)
def test_hostile_pages_are_refused_or_read_in_time(what):
    began = time.process_time()
    try:
        read_document(f"<html><body>{HTML_BOMBS[what]()}</body></html>".encode(), "a.html")
    except UnreadableFile as error:
        assert str(error).startswith("a.html：")
    else:
        assert what in ("5 MB in one line",)
    assert time.process_time() - began < 6


def test_a_nul_in_a_page_is_ignored():
    assert texts(handmade.page(f"<p>{A[:9]}\0{A[9:]}</p><p>{B}</p>").encode(), "a.html") == [A, B]


@pytest.mark.parametrize("content", ["", "<div id=app></div>", "<ul><li><a href=x>只有链接，没有正文</a></li></ul>"])
def test_a_page_without_an_article_is_an_error_and_not_an_empty_article(content):
    assert "没有提取到正文" in refusal(f"<html><body>{content}</body></html>".encode(), "a.html")


# -- PDF (line 5)


def test_a_pdf_gives_its_lines_without_running_heads():
    bodies = [[f"{word}，这是正文的第一行，", f"接着是{word}的第二行。", f"{word}。"] for word in ("甲", "乙", "丙", "丁")]
    pages = [[f"科技快报 第{i}期", *lines, f"— {i} —"] for i, lines in enumerate(bodies, 1)]
    assert texts(handmade.pdf(pages), "a.pdf") == [line for lines in bodies for line in lines]


def test_a_pdf_loses_the_spaces_that_the_page_set_between_scripts():
    lines = ["2020 年 12 月，国产 LNG 罐内泵连续运转，增长 20% 以上。", "Open AI 与 5G 网络。", "目录里的一条 37"]
    assert texts(handmade.pdf([lines]), "a.pdf") == [
        "2020年12月，国产LNG罐内泵连续运转，增长20%以上。", "Open AI与5G网络。", "目录里的一条 37",
    ]  # fmt: skip


LOOPS = {
    "a page tree in itself": lambda: handmade.pdf([["常州"]], objects={2: b"<</Type/Pages/Count 1/Kids[2 0 R]>>"}),
    "a page in itself": lambda: handmade.pdf([["常州"]], objects={5: b"5 0 R"}),
    "a catalogue in itself": lambda: handmade.pdf([["常州"]], objects={1: b"<</Type/Catalog/Pages 1 0 R>>"}),
    "too many kids": lambda: handmade.pdf([["常州"]], objects={2: b"<</Type/Pages/Count 1/Kids[" + b"5 0 R " * 100_000 + b"]>>"}),
    "deep arrays": lambda: handmade.pdf([["常州"]], content=b"[" * 100_000),
    "a cross-reference to itself": lambda: b"%PDF-1.4\nstartxref\n9\n%%EOF",
    "no objects": lambda: b"%PDF-1.4\n" + b"1 0 obj " * 50_000,
}


@pytest.mark.parametrize("what", LOOPS)
def test_loops_in_a_pdf_end_with_a_line_or_with_its_text(what):
    began = time.process_time()
    try:
        found = texts(LOOPS[what](), "a.pdf")
    except UnreadableFile as error:
        assert str(error).startswith("a.pdf：")
    else:
        assert set(found) == {"常州"}
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (handmade.pdf([["x"]], mapping="none"), "没有文字层"),
        (handmade.pdf([[bytes(range(0xA1, 0xF0)).replace(b"\\", b"")] * 9], mapping="garbage"), "乱码"),
        (handmade.pdf([["The city is a centre of new energy and the home of many firms."]], "english"), "英文"),
        (handmade.pdf([["常州"]])[:-200], "损坏"),
        (handmade.pdf([["常州"]] * 301), "超过 300 页"),
    ],
)
def test_a_pdf_that_cannot_be_used_says_why(data, said):
    assert said in refusal(data, "a.pdf")


def test_an_encrypted_pdf_asks_for_the_password_to_be_removed():
    import io

    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(handmade.pdf([["常州"]])))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert "密码" in refusal(out.getvalue(), "a.pdf")


def test_a_parser_is_not_stopped_because_the_machine_is_busy():
    assert guarded("a.pdf", lambda: time.sleep(0.3) or "读完", seconds=0.1) == "读完"


def test_a_parser_that_takes_too_long_is_stopped():
    steps = []

    def endless():
        while True:
            steps.append(time.process_time())
            time.sleep(0.001)

    with pytest.raises(UnreadableFile, match="没有读完"):
        guarded("a.pdf", endless, seconds=0.2)
    time.sleep(0.3)
    count = len(steps)
    time.sleep(0.2)
    assert len(steps) == count


def test_lines_that_were_broken_before_and_again_on_a_narrower_page_are_joined():
    paragraphs = [(A + B + C)[n : n + 110].rstrip("。") + "。" for n in (0, 3, 7)]
    before = [p[i : i + 54] for p in paragraphs for i in range(0, len(p), 54)]
    lines = [line[i : i + 42] for line in before for i in range(0, len(line), 42)]
    assert joined("关于推进产业的通知", *lines)[1:] == paragraphs
    assert "二" in joined("题", "会议指出，要加快构建现代化产业体系，推动企业创新，增强发展后劲，" * 2 + "好", "二", "乙。")


def test_the_form_over_a_notice_goes_and_with_it_what_its_page_says_again():
    from nlp.documents.articles import make_articles
    from nlp.documents.document import Document

    lines = (
        "五部门关于调整某某目录的通知", "发文字号：工信部联〔2021〕198号", "来源：http://www.example.cn/a/content_1.htm", "关键字：进口;装备;税收;设备;目录;",
        "防汛", "工信部联〔2021〕198号", "关于调整某某目录的通知", "各有关单位：", PROSE, B + A, C + "（完）", "http://www.example.cn/file/1.doc",
        "摘自 《某某建设报》 2021.09.08 张三", "相关链接：1. 政策解读：《目录》", "2. 专家解读",
    )  # fmt: skip
    (article,) = make_articles(Document(tuple(Line(part) for line in lines for part in (line, ""))), "a.txt")
    assert article.title == lines[0] and article.body == f"各有关单位：\n{PROSE}\n{B}{A}\n{C}"
    assert (article.source, article.date) == ("某某建设报", "2021-09-08")


def test_a_tables_caption_does_not_make_it_lines_of_text():
    page = "<html><body><article><p>" + PROSE + "</p><table><caption>重点项目</caption><tr><th>项目</th><th>投资</th></tr><tr><td>整车</td><td>30亿</td></tr></table><p>" + PROSE + "</p></article></body></html>"
    lines = texts(page.encode(), "a.html")
    assert "重点项目" in lines and any("| 项目 | 投资 |" in line for line in lines)


def test_a_space_behind_a_lines_number_goes():
    assert [close_up(text) for text in ("二、 工作目标", "1 、4月", "（一） 总体要求", "三是 推进", "1. 目录")] == [
        "二、工作目标", "1、4月", "（一）总体要求", "三是推进", "1. 目录"
    ]  # fmt: skip


def test_a_heading_laid_over_itself_is_there_once():
    lines = ["一、某市提高效率。各地发起建设平台", "一、某市提高效率。", "平台，效果好。", "二、某市推进测绘工作。", "二、某市推进测绘工作。某市对项目", "", "（一）总体要求", "（一）总体要求"]
    assert blank_furniture(lines) == [lines[0], "", lines[2], "", lines[4], "", lines[6], "（一）总体要求"]
