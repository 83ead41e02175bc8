"""Pictures, tables, numbered headings and signatures in print, and read back out of it."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile

import pytest

from nlp.bulletin import Article, Issue, Picture
from nlp.cli import main
from nlp.house import load_house
from nlp.issue.markdown import parse, write
from nlp.issue.pictures import gather_pictures
from nlp.published.issue import read_published
from nlp.word.body import signature, table_at
from nlp.word.pictures import fit_picture
from nlp.word.stylesheet import HEIGHT, WIDTH
from nlp.word.typeset import typeset

HOUSE = load_house()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLE = "| 指标 | 数量 |\n| --- | --- |\n| 机器人\\|套 | 1024 |\n| 备注 | |"


def image(width=400, height=300, kind="PNG", colour=(30, 90, 160)) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    picture = Image.new("RGB", (width, height), colour)
    picture.putpixel((1, 1), (0, 0, 0))
    picture.save(out, kind)
    return out.getvalue()


def photograph(width: int, height: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


NAME = "0123456789ab.png"
BODY = f"第一段。\n![图1 厂区“一角”](图/{NAME})\n表1 产量\n{TABLE}\n第二段。"
ISSUE = Issue((Article("题目", BODY, "某报", column="标准化"),), "46", "2022-05-31", HOUSE.institution, ("题目",))


def body(data: bytes):
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def styled(data: bytes) -> list[tuple[str, str]]:
    import docx

    return [(p.style.name, p.text) for p in docx.Document(io.BytesIO(data)).paragraphs]


def test_a_picture_stands_over_its_caption_and_a_table_has_a_head_and_borders():
    data = typeset(ISSUE, HOUSE, [1], pictures={NAME: image()})
    assert ("图题", "图1 厂区“一角”") in styled(data) and ("表题", "表1 产量") in styled(data)
    assert not any("![" in text or "|" in text for _, text in styled(data))
    root = body(data)
    [table] = root.iter(W + "tbl")
    rows = list(table.iter(W + "tr"))
    assert ["".join(t.text for t in cell.iter(W + "t")) for cell in rows[1].iter(W + "tc")] == ["机器人|套", "1024"]
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False, False]
    assert {edge.tag.removeprefix(W) for edge in table.find(f"{W}tblPr/{W}tblBorders")} == {"top", "left", "bottom", "right", "insideH", "insideV"}
    assert sum(int(column.get(W + "w")) for column in table.iter(W + "gridCol")) == WIDTH
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("word/media/picture1.png") == image()  # small enough: as it is
    assert typeset(ISSUE, HOUSE, [1], pictures={NAME: image()}) == data


def test_print_reads_back_as_the_same_issue_with_pictures_and_tables():
    assert parse(write(ISSUE, HOUSE), HOUSE) == ISSUE
    large = photograph(2400, 1500)
    for pages, picture in (([1], image()), (None, large)):
        read = read_published(typeset(ISSUE, HOUSE, pages, pictures={NAME: picture}), "a.docx", HOUSE).issue
        assert [dataclasses.replace(a, pictures=()) for a in read.articles] == list(ISSUE.articles)
        assert dataclasses.replace(read, articles=ISSUE.articles) == ISSUE
        [found] = read.articles[0].pictures
        assert (found.name, found.caption) == (NAME, "图1 厂区“一角”")
        again = typeset(read, HOUSE, pages, pictures={found.name: found.data})
        assert again == typeset(ISSUE, HOUSE, pages, pictures={NAME: picture})  # not reduced twice


def test_a_template_gets_pictures_and_titles_for_its_own_width():
    import docx
    from docx.shared import Cm

    document = docx.Document()
    document.sections[0].left_margin = document.sections[0].right_margin = Cm(6)
    out = io.BytesIO()
    document.save(out)
    title = "某某市科学技术局关于组织开展企业研发机构建设申报工作的通知"
    issue = dataclasses.replace(ISSUE, articles=(dataclasses.replace(ISSUE.articles[0], title=title),))
    data = typeset(issue, HOUSE, [1], out.getvalue(), {NAME: photograph(1200, 400)})
    section = docx.Document(io.BytesIO(data)).sections[-1]
    room = section.page_width - section.left_margin - section.right_margin
    extent = next(body(data).iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"))
    assert abs(int(extent.get("cx")) - room) < 2000
    heading = next(text for style, text in styled(data) if style == "Heading 2")
    assert heading.replace("\n", "") == title and heading.count("\n") >= 1
    assert read_published(data, "a.docx", HOUSE).issue.articles[0].title == title


def test_large_pictures_are_reduced_drawings_stay_sharp_and_the_bytes_are_the_same_again():
    heavy = photograph(3000, 2000)
    fitted = fit_picture(heavy, WIDTH, HEIGHT)
    assert (fitted.kind == "jpg" and len(fitted.data) < len(heavy) / 3 and fitted.width == WIDTH) or fitted.height <= HEIGHT * 0.4
    fit_picture.cache_clear()
    assert fit_picture(heavy, WIDTH, HEIGHT) == fitted
    drawing = fit_picture(image(3000, 1000), WIDTH, HEIGHT)
    assert drawing.kind == "png" and drawing.width == WIDTH
    assert fit_picture(image(200, 100), WIDTH, HEIGHT).width < WIDTH / 2  # not blown up
    assert fit_picture(image(300, 2000), WIDTH, HEIGHT).height <= HEIGHT * 0.4
    assert fit_picture(image(400, 300, "BMP"), WIDTH, HEIGHT).kind == "png"
    emf = b"\x01\0\0\0" + bytes(20) + (0).to_bytes(4, "little") * 2 + (2540).to_bytes(4, "little") * 2 + b" EMF" + bytes(60)
    assert (fit_picture(emf, WIDTH, HEIGHT).kind, fit_picture(emf, WIDTH, HEIGHT).width) == ("emf", 1440)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"%PDF-1.7", image()[:60], b"\xff\xd8\xff" + bytes(50)])
def test_what_word_cannot_show_is_said(data):
    with pytest.raises(ValueError, match=r"图片"):
        fit_picture(data, WIDTH, HEIGHT)


def test_pictures_are_found_beside_the_issue_file_and_what_is_missing_is_said(tmp_path):
    (tmp_path / "图").mkdir()
    (tmp_path / "图" / NAME).write_bytes(image())
    assert gather_pictures(ISSUE, HOUSE, tmp_path) == ({NAME: image()}, [])
    held = dataclasses.replace(ISSUE.articles[0], pictures=(Picture(NAME, image(50, 50)),))
    assert gather_pictures(dataclasses.replace(ISSUE, articles=(held,)), HOUSE, None)[0] == {NAME: image(50, 50)}
    (tmp_path / "图" / NAME).write_bytes(b"no picture")
    found, [line] = gather_pictures(ISSUE, HOUSE, tmp_path)
    assert found == {} and "《题目》" in line and "图1 厂区" in line and "图片格式" in line
    outside = tmp_path / "outside.png"
    outside.write_bytes(image())
    (tmp_path / "图" / NAME).unlink()
    (tmp_path / "图" / NAME).symlink_to(outside)
    assert "别的文件夹" in gather_pictures(ISSUE, HOUSE, tmp_path)[1][0]
    assert "没有这个文件" in gather_pictures(ISSUE, HOUSE, tmp_path / "x")[1][0]


def test_the_verbs_print_a_picture_leave_it_out_and_read_it_back(tmp_path, capsys, monkeypatch):
    from nlp.word import page_numbers

    monkeypatch.setattr(page_numbers, "find_libreoffice", lambda: None)
    file = tmp_path / "第46期.md"
    file.write_text(write(ISSUE, HOUSE), encoding="utf-8")
    assert main(["issue", str(file), "-o", str(tmp_path / "无.docx")]) == 0  # a missing picture is not fatal
    assert f"图/{NAME}" in capsys.readouterr().err
    (tmp_path / "图").mkdir()
    (tmp_path / "图" / NAME).write_bytes(image())
    assert main(["issue", str(file)]) == 0
    assert main(["issue", str(file), "-o", str(tmp_path / "素.docx"), "--no-pictures"]) == 0
    assert ("图题", "图1 厂区“一角”") not in styled((tmp_path / "素.docx").read_bytes())
    assert "图/" not in capsys.readouterr().err
    assert main(["issue", str(file), "--pdf"]) == 1 and "没有找到 LibreOffice" in capsys.readouterr().err
    assert main(["read", str(tmp_path / "第46期.docx"), "-o", str(tmp_path / "存档")]) == 0
    assert (tmp_path / "存档" / "图" / NAME).read_bytes() == image()
    assert parse((tmp_path / "存档" / "第46期.md").read_text(encoding="utf-8"), HOUSE) == ISSUE


def fonts(data: bytes) -> dict[str, str]:
    return {run.find(W + "t").text: run.find(f"{W}rPr/{W}rFonts").get(W + "eastAsia") for run in body(data).iter(W + "r")
            if run.find(W + "t") is not None and run.find(f"{W}rPr/{W}rFonts") is not None}  # fmt: skip


def test_numbered_headings_have_the_fonts_of_the_house():
    text = "一、总体要求\n（一）坚持创新。各地要抓紧。\n二、保障\n十二、" + "长" * 60 + "。\n1. 第一条"
    issue = Issue((Article("题", text, column="标准化"),))
    found = fonts(typeset(issue, HOUSE))
    assert found["一、总体要求"] == "SimHei" and found["（一）坚持创新。"] == "KaiTi"
    assert found["各地要抓紧。"] is None and found["1. 第一条"] is None and found["十二、" + "长" * 60 + "。"] is None
    assert fonts(typeset(issue, dataclasses.replace(HOUSE, heading_fonts=("", ""))))["一、总体要求"] is None


@pytest.mark.parametrize(
    ("lines", "signed"),
    [
        (["正文。", "某市科学技术局", "2022年5月15日"], {1, 2}),
        (["正文。", "某市科学技术局", "某市财政局", "二〇二二年五月十五日", "附件：办法"], {1, 2, 3}),
        (["正文。", "2022年5月15日"], {1}),
        (["2022年5月15日", "正文。"], set()),
        (["正文，说明如下。", "2022年5月15日，会议召开。"], set()),
        (["要求企业、公司", "2022年5月15日", "正文。"], {0, 1}),
    ],
)
def test_who_signed_and_when_stands_at_the_right(lines, signed):
    assert signature(lines) == signed
    issue = Issue((Article("题", "\n".join(lines), column="标准化"),))
    assert [text for style, text in styled(typeset(issue, HOUSE)) if style == "落款"] == [lines[i] for i in sorted(signed)]
    plain = typeset(issue, dataclasses.replace(HOUSE, signatures_right=False))
    assert not [text for style, text in styled(plain) if style == "落款"]
    assert read_published(typeset(Issue((Article("题", "\n".join(lines), "报", column="标准化"),)), HOUSE), "a.docx", HOUSE).issue.articles[0].body == "\n".join(lines)


def test_a_source_has_its_day_only_where_the_house_says_so():
    article = Article("题", "正文。", "某报", "2022-05-15", column="标准化")
    assert ("文章来源", "（来源：某报）") in styled(typeset(Issue((article,)), HOUSE))
    dated = dataclasses.replace(HOUSE, print_dates=True)
    assert ("文章来源", "（来源：某报，2022-05-15）") in styled(typeset(Issue((article,)), dated))


def test_only_what_has_the_form_of_a_table_is_one():
    assert table_at(["| 甲 | 乙 |", "| 丙 | 丁 |"], 0) is None
    assert table_at(["| 甲 | 乙 |", "| --- | --- |", "| 丙 | 丁 |", "| 戊 | 己 |", "| --- | --- |"], 0) == (3, [["甲", "乙"], ["丙", "丁"]])
    data = typeset(Issue((Article("题", "| 不是表 |\n正文。", column="标准化"),)), HOUSE)
    assert not list(body(data).iter(W + "tbl")) and re.search("不是表", str(styled(data)))


LONG = "会议指出要加快构建现代化产业体系，推动企业创新，补链强链，支持龙头企业建设研发机构，带动上下游协同发展。" * 4


@pytest.mark.parametrize("after", [-2, -1, 1, 2])
def test_a_picture_set_elsewhere_to_fill_a_page_is_read_back_in_its_place(after):
    from nlp.word.flow import Placement

    text = f"甲{LONG}\n乙{LONG}\n![图1 厂区](图/{NAME})\n丙{LONG}\n丁{LONG}"
    issue = dataclasses.replace(ISSUE, articles=(dataclasses.replace(ISSUE.articles[0], body=text),))
    printed = typeset(issue, HOUSE, pictures={NAME: image()}, placements={1: Placement(after, 0.8)})
    order = [style for style, _ in styled(printed) if style in ("Body Text", "插图")]
    assert order.index("插图") == 2 + after
    assert read_published(printed, "第46期.docx", HOUSE).issue.articles[0].body == text


def test_a_picture_that_leaves_a_page_half_empty_is_set_smaller_lower_higher_or_left():
    from nlp.word.flow import Placement, _Picture, _placement

    assert _placement(_Picture(1, 240, 40, (), ()), 270) == Placement(share=0.93)
    assert _placement(_Picture(1, 240, 40, (5,), (3, 4, 9)), 150) == Placement(after=2)
    assert _placement(_Picture(1, 240, 40, (2, 5, 9), (1,)), 150) == Placement(after=-2)
    assert _placement(_Picture(1, 240, 40, (4,), ()), 150) == Placement(-1, 0.9)
    assert _placement(_Picture(1, 240, 40, (30,), ()), 220) == Placement(share=0.72)
    assert _placement(_Picture(1, 240, 40, (), ()), 100) is None


def test_a_head_of_two_rows_is_set_as_one_and_read_back_as_two():
    table = "| 产业 | 产值 | | 投资 | |\n| --- | --- | --- | --- | --- |\n| | 绝对额 | 同比 | 绝对额 | 同比 |\n| 装备 | 1.0 | 2 | 3 | 4 |\n| 材料 | 1.0 | 2 | 3 | 4 |"
    issue = dataclasses.replace(ISSUE, articles=(dataclasses.replace(ISSUE.articles[0], body=f"甲乙丙。\n{table}"),))
    printed = typeset(issue, HOUSE)
    assert len(body(printed).findall(f".//{W}gridSpan")) == 2 and len(body(printed).findall(f".//{W}tblHeader")) == 2
    read = read_published(printed, "第46期.docx", HOUSE).issue.articles[0].body
    assert [line.replace(" ", "") for line in read.splitlines()] == [line.replace(" ", "") for line in f"甲乙丙。\n{table}".splitlines()]


def test_sentences_of_a_list_are_no_headings_and_what_leads_a_text_is_one():
    lines = [
        "各有关单位：", "现将有关事项通知如下。", "（一）申请书原件。", "（二）合同复印件。", "（三）其他资料。", "以上资料一式三份，请于月底前报送到受理窗口，逾期不再受理。",
        "第二章 支持对象", "支持对象是本市注册的企业，具体条件由主管部门另行公布，每年调整一次。", "态势向好，增速加快", "前四个月，全市规模以上企业实现产值同比增长，增速比上年同期加快。",
        "（一）总体要求。", "坚持创新驱动，加快构建现代化产业体系，推动企业创新，带动上下游协同发展。", "二", "下一步，继续推进。",
    ]  # fmt: skip
    printed = typeset(Issue((Article("题", "\n".join(lines), "报", column="标准化"),)), HOUSE)
    fonts = {}
    for p in body(printed).iter(f"{W}p"):
        text = "".join(t.text for t in p.iter(f"{W}t"))
        fonts[text] = {f.get(f"{W}eastAsia") for f in p.iter(f"{W}rFonts")} - {None}
    assert [line for line in lines if fonts[line]] == [lines[6], lines[8], lines[10], lines[12]]
    assert fonts[lines[6]] == {"SimHei"} and fonts[lines[10]] == {"KaiTi"}


def test_the_title_of_what_a_signed_notice_sends_round_is_centred():
    lines = ["现将方案印发给你们，请执行。", "某市科学技术局", "2022年5月15日", "某市某某年度考核评估", "实施方案", "一、总体要求", "坚持创新驱动。"]
    printed = typeset(Issue((Article("题", "\n".join(lines), "报", column="标准化"),)), HOUSE)
    centred = ["".join(t.text for t in p.iter(f"{W}t")) for p in body(printed).iter(f"{W}p") if p.find(f"{W}pPr/{W}jc") is not None]
    assert centred == lines[3:5]
    assert read_published(printed, "第46期.docx", HOUSE).issue.articles[0].body == "\n".join(lines)
