"""Files, folders, tables and standard input to articles: titles, sources, dates, places, one line a mishap."""

from __future__ import annotations

import io
import json
import os
import sys
import time

import handmade
import pytest

from nlp.bulletin import MANIFEST
from nlp.documents.articles import read_articles
from nlp.errors import SubaoError, UnreadableFile

A = "5月15日，常州市召开新能源产业推进会，会议指出要加快构建现代化产业体系，推动企业创新。"
B = "会上，12家企业签约，总投资达86.5亿元，研发投入强度达3.4%，比上年增加0.2个百分点。"
TITLE = "常州召开新能源产业推进会"


def read(source, expect_errors=False):
    """Read and return (articles, lines of errors)."""
    errors: list[UnreadableFile] = []
    articles = read_articles(source, errors.append)
    lines = [str(error) for error in errors]
    assert all(line and "\n" not in line for line in lines)
    assert expect_errors or not lines, lines
    return articles, lines


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def article_of(tmp_path, name, data):
    ((article,), _) = read(put(tmp_path, name, data))
    return article


# -- titles


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", f"{TITLE}\n\n{A}\n{B}"),
        ("a.txt", f"{TITLE}\r\n　　{A}\r\n　　{B}\r\n".encode("gbk")),
        ("a.txt", f"常政发〔2022〕5号\n{TITLE}\n{A}\n{B}"),
        ("a.docx", handmade.docx(TITLE, A, B)),
        ("a.docx", handmade.docx("内部参考", TITLE, A, B, core_title=TITLE)),
        ("a.docx", handmade.docx(TITLE, A, B, title_style=True, core_title="Microsoft Word - 模板.doc")),
        ("a.docx", handmade.docx(A, B, core_title=TITLE)),
        ("a.html", handmade.page(f"<p>{A}</p><p>{B}</p>")),
        ("a.html", handmade.page(f"<h1>{TITLE}</h1><p>{A}</p><p>{B}</p>", info="")),
        ("a.pdf", handmade.pdf([[TITLE, A, B]])),
        ("a.csv", f"标题,正文\n{TITLE},{A}{B}"),
    ],
)
def test_a_title_that_is_stated_is_found_and_leaves_the_body(tmp_path, name, data):
    article = article_of(tmp_path, name, data)
    assert article.title == TITLE
    assert article.body.replace("\n", "").removeprefix("常政发〔2022〕5号").removeprefix("内部参考") == A + B
    assert "标题为推测" not in article.notes


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("常州召开新能源产业推进会.txt", A + "\n" + B, TITLE),
        ("03_常州召开新能源产业推进会（1）.txt", A + "\n" + B, TITLE),
        ("新建文本文档.txt", A + "\n" + B, "5月15日，常州市召开新能源产业推进会，会议指出要加快构建现代化产业体系"),
        ("1.txt", "新华社南京5月15日电（记者张三）" + A, "5月15日，常州市召开新能源产业推进会，会议指出要加快构建现代化产业体系"),
        ("a.jsonl", json.dumps({"body": "常州发布新政。" + A}), "常州发布新政"),
    ],
)
def test_a_title_that_is_not_stated_is_guessed_and_marked(tmp_path, name, text, title):
    article = article_of(tmp_path, name, text)
    assert article.title == title and len(title) <= 40
    assert "标题为推测" in article.notes
    assert article.body.startswith(text[:5]) or name.endswith("jsonl")


def test_a_title_of_two_lines_in_larger_type_is_one_title():
    from nlp.documents import Document, Line
    from nlp.documents.articles import make_article

    lines = ("《金属粉末床熔融增材制造设备 现场验收规范》团体标", "准发布", A, B)
    document = Document(tuple(map(Line, lines)), "《金属粉末床熔融增材制造设备 现场验收规范》团体标准发布")
    article = make_article(document, "a.pdf")
    assert article.title == document.title and article.body == f"{A}\n{B}"


# -- source and date


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", f"{TITLE}\n发布日期: 2022-05-15 来源：天津日报\n{A}\n{B}"),
        ("a.txt", f"{TITLE}\n{A}\n{B}\n（来源：天津日报，2022-05-15）\n责任编辑：张三\n打印本页 关闭窗口"),
        ("a.docx", handmade.docx(TITLE, "2022年5月15日　来源：天津日报", A, B)),
        ("a.html", handmade.page(f"<p>{A}</p><p>{B}</p>", info="时间：2022/5/15 来源：天津日报")),
        ("a.jsonl", json.dumps({"title": TITLE, "body": f"{A}\n{B}", "source": "天津日报", "date": "20220515"})),
        ("a.xlsx", handmade.xlsx(["标题", "正文", "来源", "日期"], [TITLE, f"{A}\n{B}", "天津日报", 44696])),
        ("a.csv", f"标题,正文,来源,日期\n{TITLE},\"{A}\n{B}\",天津日报,2022年5月15日".encode("gbk")),
    ],
)
def test_source_and_date_come_from_where_they_are_stated(tmp_path, name, data):
    article = article_of(tmp_path, name, data)
    assert (article.title, article.body) == (TITLE, f"{A}\n{B}")
    assert (article.source, article.date) == ("天津日报", "2022-05-15")
    told = {note.split("：")[0] for note in article.notes}
    assert told == (set() if name.split(".")[1] in ("jsonl", "xlsx", "csv") else {"来源", "日期"})


def test_an_impossible_date_is_dropped_and_said(tmp_path):
    article = article_of(tmp_path, "a.jsonl", json.dumps({"title": TITLE, "body": A, "date": "2022-13-45"}))
    assert article.date == "" and "日期“2022-13-45”无效，未采用" in article.notes


def test_nothing_is_stated_where_nothing_was(tmp_path):
    article = article_of(tmp_path, "a.txt", f"{TITLE}\n{A}\n{B}\n常州市科技局\n2022年5月15日")
    assert (article.source, article.date, article.notes) == ("", "", ())


# -- cleaning, all of it together


def test_a_page_copied_from_a_pdf_becomes_title_source_and_paragraphs(tmp_path):
    text = (
        f"{TITLE}\n来源：天津日报\n　　2021年，我国研发投入达2.79万亿元，研发投入强度达\n\n— 1 —\n\n"
        f"2.44%，比上年增加14.2%。\n　　{B}\n　　“没想到这么快。\n”企业负责人说。（责任编辑：李四）\n- 2 -\n扫一扫在手机打开当前页\n"
    )
    article = article_of(tmp_path, "a.txt", text)
    assert article.title == TITLE and article.source == "天津日报"
    assert article.body.split("\n") == [
        "2021年，我国研发投入达2.79万亿元，研发投入强度达2.44%，比上年增加14.2%。", B, "“没想到这么快。”企业负责人说。",
    ]  # fmt: skip


def test_an_english_text_is_kept_and_remarked(tmp_path):
    text = "Changzhou opens a park\nThe park is home to many firms of new energy.\n" * 3
    article = article_of(tmp_path, "a.txt", text)
    assert "几乎没有汉字，分栏不可靠" in article.notes


# -- rows


def test_rows_keep_their_ids_columns_and_parts(tmp_path):
    rows = [
        {"id": "x-1", "title": TITLE, "body": A, "column": "聚焦常州", "part": "test"},
        {"title": "只有标题"},
        {"id": 7, "body": A},
        {"id": "x-1", "title": "同一编号", "body": B},
    ]
    path = put(tmp_path, "a.jsonl", "\ufeff" + "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    articles, _ = read(path)
    assert [a.path for a in articles] == ["x-1", "3", "7", "x-1#2"]
    assert [a.column for a in articles] == ["聚焦常州", None, None, None]
    assert articles[0].part == "test" and articles[1].body == "" and articles[2].body == A
    inside, _ = read(tmp_path)
    assert [a.path for a in inside] == ["a.jsonl#x-1", "a.jsonl#3", "a.jsonl#7", "a.jsonl#x-1#2"]


HEADINGS = [["编号", "题名", "内容", "出处", "时间", "栏目"], ["id", "Title", "BODY", "source", "date", "column"]]


@pytest.mark.parametrize("headings", HEADINGS)
@pytest.mark.parametrize("kind", ["csv", "tab", "gbk", "xlsx"])
def test_tables_are_known_by_their_headings_in_both_languages(tmp_path, headings, kind):
    rows = [headings, ["k1", TITLE, f"{A}\n{B}", "科技日报", "2022/5/15", "聚焦常州"], ["", "乙", A, "", "", ""], [""] * 6]
    if kind == "xlsx":
        path = put(tmp_path, "a.xlsx", handmade.xlsx(sheets=[[["5月来稿"], *rows], [["说明"], ["无"]]]))
    else:
        mark = "\t" if kind == "tab" else ","
        text = "\r\n".join(mark.join(f'"{cell}"' if "\n" in cell else cell for cell in row) for row in rows)
        path = put(tmp_path, "a.csv", text.encode("gbk" if kind == "gbk" else "utf-8-sig"))
    (first, second), _ = read(path)
    assert first.path == "k1" and second.path == ("4" if kind == "xlsx" else "3")
    assert (first.title, first.body, first.column) == (TITLE, f"{A}\n{B}", "聚焦常州")
    assert (first.source, first.date) == ("科技日报", "2022-05-15")


def test_bad_lines_are_told_with_their_numbers_and_the_rest_goes_on(tmp_path):
    """Line 10 of reliability.md."""
    good = json.dumps({"title": TITLE, "body": A}, ensure_ascii=False)
    deep = "[" * 1000
    lines = [good, '{"title": "断', deep + "]" * 1000, '{"title":' + deep, "[1]", '{"id": 1}', '{"body": {"a": 1}}', good]
    articles, errors = read(put(tmp_path, "a.jsonl", "\n".join(lines)), expect_errors=True)
    assert [a.path for a in articles] == ["1", "8"]
    assert [error.split("：")[0] for error in errors] == [f"a.jsonl 第 {n} 行" for n in range(2, 8)]
    assert "嵌套" in errors[1] and "嵌套" in errors[2]


def test_a_line_of_100_megabytes_is_refused_with_its_number(tmp_path):
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"title": "a"}\n{"body": "')
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n{"title": "c"}\n')
    began = time.process_time()
    articles, errors = read(path, expect_errors=True)
    assert [a.path for a in articles] == ["1", "3"]
    assert len(errors) == 1 and "第 2 行" in errors[0] and time.process_time() - began < 10


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_jsonl_in_other_encodings_is_read(tmp_path, encoding):
    text = "\n".join(json.dumps({"title": TITLE + str(i), "body": A}, ensure_ascii=False) for i in range(50))
    articles, _ = read(put(tmp_path, "a.jsonl", text.encode(encoding)))
    assert [a.title for a in articles] == [TITLE + str(i) for i in range(50)]


def test_half_characters_in_json_become_something_a_file_can_hold(tmp_path):
    article = article_of(tmp_path, "a.jsonl", '{"title": "常\\ud800州", "body": "\\ud83d\\ude00笑脸。"}')
    assert article.title == "常\ufffd州" and article.body == "😀笑脸。"


def test_a_file_of_bad_lines_is_not_told_line_by_line(tmp_path):
    _, errors = read(put(tmp_path, "a.jsonl", "坏\n" * 500), expect_errors=True)
    assert len(errors) == 21 and "不再一一列出" in errors[-1]


def test_a_quotation_mark_never_closed_is_told_with_its_row(tmp_path):
    articles, errors = read(put(tmp_path, "a.csv", f'标题,正文\n甲,{A}\n乙,"{B}\n丙,{A}\n'), expect_errors=True)
    assert [a.title for a in articles] == ["甲"] and "第 3 行" in errors[0] and "引号" in errors[0]


@pytest.mark.parametrize(
    "data",
    [
        ("a.csv", "甲,乙\n1,2"),
        ("a.csv", "标题,正文\n"),
        ("a.xlsx", handmade.xlsx(["甲", "乙"], [1, 2])),
        ("a.xlsx", handmade.xlsx()),
        ("a.xlsx", handmade.zipped({"xl/workbook.xml": "<x/>", "[Content_Types].xml": "<x/>"})),
        ("a.xlsx", handmade.zipped({"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY e "e">]><x/>'})),
        ("a.xlsx", handmade.zipped({"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": "<si/>" * 20_000_000})),
    ],
)
def test_tables_without_headings_or_sense_are_one_line(tmp_path, data):
    began = time.process_time()
    articles, errors = read(put(tmp_path, *data), expect_errors=True)
    assert articles == [] and len(errors) == 1 and errors[0].startswith(data[0])
    assert time.process_time() - began < 5


def test_a_sheet_with_a_cell_in_its_last_row_is_refused_in_time(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["标题", "正文"])
    book.active.cell(1_048_576, 2, "末行")
    out = io.BytesIO()
    book.save(out)
    _, errors = read(put(tmp_path, "a.xlsx", out.getvalue()), expect_errors=True)
    assert "超过" in errors[0] or "没有读完" in errors[0]


# -- folders


def test_a_folder_is_read_in_natural_order_with_its_subfolders(tmp_path):
    for name in ["10.txt", "2.txt", "1月/3.txt", "1月/12.txt", "甲.txt", "1月/子/4.txt"]:
        put(tmp_path, name, f"{name}标题\n{A}")
    articles, _ = read(tmp_path)
    assert [a.path for a in articles] == ["1月/3.txt", "1月/12.txt", "1月/子/4.txt", "2.txt", "10.txt", "甲.txt"]


def test_hidden_files_lock_files_and_our_own_output_are_passed_over(tmp_path):
    put(tmp_path, "稿.txt", f"{TITLE}\n{A}")
    for name in [".DS_Store", "~$稿.docx", "Thumbs.db", "desktop.ini", ".git/a.txt", "__MACOSX/a.txt", "a.tmp"]:
        put(tmp_path, name, "x")
    put(tmp_path, "第46期.md", "---\n期号: 46\n---\n# 政策法规\n")
    put(tmp_path, "第46期.docx", handmade.docx("第46期"))
    put(tmp_path, "第45期.未归入.txt", "x")
    put(tmp_path, f"分好的/{MANIFEST}", "栏目,文件\n")
    put(tmp_path, "分好的/01_政策法规/稿.txt", f"{TITLE}\n{A}")
    put(tmp_path, MANIFEST, "栏目,文件\n")
    put(tmp_path, "02_各地动态/稿.txt", f"{TITLE}\n{A}")
    articles, _ = read(tmp_path)
    assert [a.path for a in articles] == ["稿.txt"]


def test_one_bad_file_never_stops_the_others(tmp_path):
    put(tmp_path, "1.txt", f"{TITLE}\n{A}")
    put(tmp_path, "2.docx", b"")
    put(tmp_path, "3.doc", handmade.ole("WordDocument"))
    put(tmp_path, "4.jpg", b"\xff\xd8\xff\xe0")
    put(tmp_path, "子/5.pdf", handmade.pdf([["x"]], mapping="none"))
    put(tmp_path, "6.md", "# 说明")
    put(tmp_path, "7.docx", handmade.docx(TITLE, A))
    articles, errors = read(tmp_path, expect_errors=True)
    assert [a.path for a in articles] == ["1.txt", "7.docx"]
    assert [error.split("：")[0] for error in errors] == ["2.docx", "3.doc", "4.jpg", "6.md", "子/5.pdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes as Linux has them")
def test_links_in_circles_pipes_and_lost_links_do_no_harm(tmp_path):
    put(tmp_path, "稿.txt", f"{TITLE}\n{A}")
    (tmp_path / "圈").symlink_to(tmp_path)
    (tmp_path / "断.txt").symlink_to(tmp_path / "没有.txt")
    os.mkfifo(tmp_path / "管.txt")
    articles, errors = read(tmp_path, expect_errors=True)
    assert [a.path for a in articles] == ["稿.txt"] and len(errors) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes only there")
def test_a_name_that_is_not_utf_8_is_told_legibly(tmp_path):
    with open(os.path.join(os.fsencode(tmp_path), "来稿.txt".encode("gbk")), "wb") as stream:
        stream.write(A.encode())
    _, errors = read(tmp_path, expect_errors=True)
    assert errors[0].startswith("来稿.txt：文件名")


def test_an_empty_folder_gives_nothing_and_a_missing_source_is_an_error(tmp_path):
    assert read(tmp_path) == ([], [])
    with pytest.raises(SubaoError, match="找不到"):
        read(tmp_path / "没有")


def test_a_single_file_is_named_by_itself(tmp_path):
    assert article_of(tmp_path, "子/稿.txt", f"{TITLE}\n{A}").path == "稿.txt"


# -- standard input


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        (f'\n {{"id": "a", "title": "{TITLE}"}}\n{{"title": "乙"}}\n'.encode(), ["a", "3"]),
        (f'{{"id": "a", "title": "{TITLE}"}}\n'.encode("utf-16"), ["a"]),
        (f"{TITLE}\n{A}".encode("gbk"), ["-"]),
    ],
)
def test_standard_input_is_jsonl_or_one_article(monkeypatch, data, paths):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    articles, _ = read("-")
    assert [a.path for a in articles] == paths and articles[0].title == TITLE


@pytest.mark.parametrize("data", [b"", b"\n \n", b"%PDF-1.7 x", bytes(range(256)) * 9])
def test_standard_input_that_is_no_text_is_one_line(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    articles, errors = read("-", expect_errors=True)
    assert articles == [] and len(errors) == 1 and errors[0].startswith("标准输入")


# -- limits


def test_a_text_too_long_for_an_article_is_refused(tmp_path):
    _, errors = read(put(tmp_path, "a.txt", "常州。" * 400_000), expect_errors=True)
    assert "超过 100 万字" in errors[0]


def test_a_long_run_of_combining_marks_takes_no_time(tmp_path):
    began = time.process_time()
    article = article_of(tmp_path, "a.txt", "标题\n常" + "\u0327\u0301" * 300_000 + "州。")
    assert time.process_time() - began < 5 and len(article.body) < 50


def test_reading_says_nothing_on_its_own(tmp_path, capfd):
    put(tmp_path, "a.pdf", handmade.pdf([["常州"]])[:-20])
    put(tmp_path, "b.html", handmade.page(f"<p>{A}</p>"))
    put(tmp_path, "c.xlsx", handmade.xlsx(["标题"], ["甲"]))
    read(tmp_path, expect_errors=True)
    assert capfd.readouterr() == ("", "")
