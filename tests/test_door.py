"""Real files at the door: pictures and tables, files that hold files, several articles in one, what lies outside."""

from __future__ import annotations

import io
import os
import stat
import sys
import zipfile
from email.message import EmailMessage

import handmade
import pytest

from nlp.documents import read_document
from nlp.documents.articles import WITH_OTHERS, read_articles
from nlp.documents.splitting import split_document
from nlp.duplicates import find_duplicates
from nlp.errors import SubaoError, UnreadableFile
from nlp.text.markup import PICTURE, is_picture, plain_text
from nlp.text.sentences import sentence_spans

A = "5月15日，常州市召开新能源产业推进会，会议指出要加快构建现代化产业体系，推动企业创新。"
B = "会上，12家企业签约，总投资达86.5亿元，研发投入强度达3.4%，比上年增加0.2个百分点。"
TITLES = ("常州氢能产业再添新项目", "溧阳电池基地投产仪式举行", "天宁检测小镇二期开工建设")


def png(color: str = "red", size: tuple[int, int] = (120, 90)) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


def word(*parts) -> bytes:
    """A .docx of (text, points) paragraphs, pictures (bytes) and tables (lists of rows)."""
    import docx
    from docx.shared import Cm, Pt

    document, out = docx.Document(), io.BytesIO()
    for part in parts:
        if isinstance(part, bytes):
            document.add_picture(io.BytesIO(part), width=Cm(6))
        elif isinstance(part, list):
            table = document.add_table(len(part), len(part[0]))
            for i, row in enumerate(part):
                for j, cell in enumerate(row):
                    table.cell(i, j).text = cell
        elif isinstance(part[1], str):
            document.add_heading(part[0], 1)
        else:
            document.add_paragraph().add_run(part[0]).font.size = Pt(part[1])
    document.save(out)
    return out.getvalue()


def read(folder, **options):
    errors: list[UnreadableFile] = []
    articles = read_articles(folder, errors.append, **options)
    return articles, [str(error) for error in errors]


def put(folder, **files):
    for name, data in files.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def test_a_docx_brings_its_pictures_with_captions_and_its_tables(tmp_path):
    table = [["项目", "投资"], ["整车|客车", "30亿"]]
    put(tmp_path, **{"a.docx": word((TITLES[0], 22), (A, 12), png(), ("图1 签约现场。", 12), (B, 12), table, (A, 12))})
    [article], errors = read(tmp_path)
    picture = article.pictures[0]
    assert not errors and picture.data == png() and picture.caption == "图1 签约现场。"
    assert article.body.split("\n") == [
        A, f"![图1 签约现场。](图/{picture.name})", B, "| 项目 | 投资 |", "| --- | --- |", r"| 整车\|客车 | 30亿 |", A,
    ]  # fmt: skip
    import hashlib

    assert picture.name == hashlib.sha256(png()).hexdigest()[:12] + ".png"


def test_a_page_brings_what_was_saved_with_it_and_says_what_was_not(tmp_path):
    inner = f'<p>{A}</p><img src="a_files/x.png"><p>▲图为园区外景</p><p>{B}</p><img src="http://x.cn/y.png" alt="园区的另一面">'
    inner += '<img src="../secret.png"><img src="a_files/dot.png">'
    put(tmp_path, **{"a.html": handmade.page(f"{inner}<p>{A}</p>")})
    (tmp_path / "a_files").mkdir()
    put(tmp_path / "a_files", **{"x.png": png("blue"), "dot.png": png(size=(9, 9))})
    put(tmp_path.parent, **{"secret.png": png("green")})
    [article], errors = read(tmp_path)
    assert not errors and [p.caption for p in article.pictures] == ["▲图为园区外景"]
    assert article.body.split("\n")[1] == f"![▲图为园区外景](图/{article.pictures[0].name})"
    assert any(note.startswith("2 张图没有带过来：“园区的另一面”（第 2 段后") for note in article.notes)


def test_a_page_in_one_file_brings_its_pictures():
    page = handmade.page(f'<p>{A}</p><img src="http://z.cn/i/a.png"><p>{B}</p>').encode()
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content(page.decode(), subtype="html")
    message.add_related(png(), "image", "png", headers=["Content-Location: http://z.cn/i/a.png"])
    document = read_document(message.as_bytes(), "a.mht")
    assert document.title == "常州召开新能源产业推进会" and [p.data for p in document.pictures] == [png()]


def test_a_pdf_keeps_a_line_of_two_sizes_whole_and_its_ruled_table():
    def show(text, x, y, size):
        return b"BT /F1 %d Tf 1 0 0 1 %d %d Tm <%s> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().encode())

    bars = b"".join(b"%d %d %d 1 re f\n" % (70, y, 201) for y in (600, 630, 660))
    bars += b"".join(b"%d 600 1 61 re f\n" % x for x in (70, 170, 270))
    cells = [("项目", 80, 640), ("投资", 180, 640), ("整车", 80, 610), ("30亿", 180, 610)]
    content = show("关于印发氢能行动计划", 70, 780, 24) + show("的通知", 70, 750, 24) + show("总投资达", 70, 700, 12) + show("86", 118, 700, 14)
    content += show("亿元，比上年多。", 134, 700, 12) + bars + b"".join(show(text, x, y, 12) for text, x, y in cells)
    document = read_document(handmade.pdf([[A]], content=content), "a.pdf")
    texts = [line.text.strip() for line in document.lines if line.text.strip()]
    assert document.title == "关于印发氢能行动计划的通知"
    assert "总投资达86亿元，比上年多。" in texts and texts[-3:] == ["| 项目 | 投资 |", "| --- | --- |", "| 整车 | 30亿 |"]


def test_a_pdf_with_a_hole_says_that_text_may_be_lost():
    data = handmade.pdf([[TITLES[0], A], [B, A]])
    at = data.index(b"stream\n") + 20
    document = read_document(data[:at] + bytes(12) + data[at + 12 :], "a.pdf")
    assert any("可能少了文字" in note for note in document.notes)
    assert not read_document(data, "a.pdf").notes


def test_the_signs_of_an_ofd_become_lines():
    def sign(text, x, y, size):
        return f'<ofd:TextObject Boundary="{x} {y} 90 9" Size="{size}"><ofd:TextCode X="0" Y="4" DeltaX="g {len(text)} {size}">{text}</ofd:TextCode></ofd:TextObject>'

    def part(kind, inner):
        return f'<?xml version="1.0"?><ofd:{kind} xmlns:ofd="http://www.ofdspec.org/2016">{inner}</ofd:{kind}>'

    data = handmade.zipped({
        "OFD.xml": part("OFD", "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"),
        "Doc_0/Document.xml": part("Document", '<ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages>'),
        "Doc_0/P.xml": part("Page", sign("常州氢能产业", 20, 20, 7) + sign(A[:20], 20, 40, 4) + sign(A[20:], 20, 46, 4)),
    })  # fmt: skip
    document = read_document(data, "a.ofd")
    assert document.title == "常州氢能产业"
    assert "".join(line.text.strip() for line in document.lines) == "常州氢能产业" + A


def test_a_docx_title_of_two_lines_and_its_issuer_are_found(tmp_path):
    put(tmp_path, **{"a.docx": word(("关于印发《氢能产业行动计划》", 22), ("的通知", 22), ("发文机构：常州市工信局  发布时间：2022-05-16", 12), (A, 12), (B, 12))})
    put(tmp_path, **{"b.txt": f"关于公布2022年度重点项目名单\n的通知\n{A}\n{B}"})
    (first, second), _ = read(tmp_path)
    assert (first.title, first.source, first.date, first.body) == ("关于印发《氢能产业行动计划》的通知", "常州市工信局", "2022-05-16", f"{A}\n{B}")
    assert second.title == "关于公布2022年度重点项目名单的通知"


@pytest.mark.parametrize(
    ("head", "info", "source", "date"),
    [
        ("", "常州晚报 2022-05-16 08:30:00", "常州晚报", "2022-05-16"),
        ("", "来源：华夏时报(北京) 2022-05-16", "华夏时报", "2022-05-16"),
        ("", "2022年05月16日 来源：新京报 举报", "新京报", "2022-05-16"),
        ("", "来源：常州日报 0519-86661234 发布时间：2022/05/16", "常州日报", "2022-05-16"),
        ('<script>var ct = "1652630400";</script>', "", "", "2022-05-16"),
        ('<script type="application/ld+json">{"datePublished":"2022-05-15T18:30:07.000Z"}</script>', "", "", "2022-05-16"),
    ],
)
def test_sources_and_days_of_pages_take_the_form_an_editor_prints(tmp_path, head, info, source, date):
    put(tmp_path, **{"a.html": handmade.page(f"<p>{A}</p><p>{B}</p>", head=head, info=info)})
    [article], _ = read(tmp_path)
    assert (article.source, article.date) == (source, date)


@pytest.mark.parametrize("line", ["（新华网 2022-05-22）", "END\n来源丨新华网"])
def test_a_source_at_the_end_is_taken_in_every_form(tmp_path, line):
    put(tmp_path, **{"a.txt": f"标题：{TITLES[0]}\n{A}\n{B}\n{line}"})
    [article], _ = read(tmp_path)
    assert (article.title, article.body, article.source) == (TITLES[0], f"{A}\n{B}", "新华网")


def test_what_stands_beside_a_short_article_is_none_of_it_and_a_page_may_end_in_its_middle():
    beside = "".join(f'<div class="comment-list-item"><p>网友说，这是第{i}条很长很长的评论，值得一看。</p></div>' for i in range(9))
    document = read_document(handmade.page(f"<p>{A}</p></html>{beside}<p>免责声明：本文仅代表作者本人观点，与本网无关。</p>").encode(), "a.html")
    assert [line.text for line in document.lines] == [A]


def test_zips_and_mails_are_read_as_folders(tmp_path):
    mail = EmailMessage()
    mail["Subject"], mail["Date"] = f"Fw: {TITLES[1]}", "Mon, 23 May 2022 09:00:00 +0800"
    mail.set_content(f"{A}\n\n{B}\n\n{A}")
    covering = EmailMessage()
    covering["Subject"] = "本周稿件"
    covering.set_content("各位编辑：附件请查收。")
    covering.add_attachment(word((TITLES[2], 22), (A, 12)), maintype="application", subtype="x", filename="稿.docx")
    packed = handmade.zipped({"甲.txt": f"{TITLES[0]}\n{A}\n{B}", "坏.docx": b"PK\x03\x04", "__MACOSX/._甲.txt": "x"})
    put(tmp_path, **{"1.zip": packed, "2.eml": mail.as_bytes(), "3.eml": covering.as_bytes()})
    articles, errors = read(tmp_path)
    assert [(a.path, a.title) for a in articles] == [("1.zip/甲.txt", TITLES[0]), ("2.eml", TITLES[1]), ("3.eml/稿.docx", TITLES[2])]
    assert articles[1].date == "" and "邮件发于 2022-05-23" in articles[1].notes
    assert any("随邮件《本周稿件》来：各位编辑" in note for note in articles[2].notes)
    assert len(errors) == 1 and errors[0].startswith("1.zip/坏.docx：")


def test_a_zip_within_zips_or_with_a_bomb_is_one_line(tmp_path):
    deep = b"x"
    for name in ("c.txt", "b.zip", "a.zip"):
        deep = handmade.zipped({name: deep})
    put(tmp_path, **{"deep.zip": handmade.zipped({"z.zip": deep}), "bomb.zip": handmade.zipped({"a.txt": b"a" * 3_000_000})})
    articles, errors = read(tmp_path)
    assert not articles and len(errors) == 2 and "压缩炸弹" in errors[0] and "套得太深" in errors[1]


MIXED = {
    "labels": "\n".join(f"标题：{t}\n来源：常州日报\n{A}\n{B}" for t in TITLES),
    "sources under titles": "\n".join(f"{t}\n来源：常州日报\n{A}\n{B}" for t in TITLES),
    "sources at the end": "\n".join(f"{t}\n{A}\n{B}\n（来源：常州日报）" for t in TITLES),
    "numbers": "本周要闻\n" + "\n".join(f"{n}. {t}\n{A}\n{B}" for n, t in enumerate(TITLES, 1)),
    "Chinese numbers": "各位编辑，本周动态如下：\n" + "\n".join(f"{n}、{t}\n{A}\n{B}" for n, t in zip("一二三", TITLES, strict=True)),
    "rules": f"\n{'-' * 20}\n".join(f"{t}\n{A}\n{B}" for t in TITLES),
    "wide gaps": "\n\n\n".join(f"{t}\n\n{A}\n\n{B}" for t in TITLES),
}


@pytest.mark.parametrize("form", MIXED)
def test_a_file_of_several_articles_is_split_and_can_be_kept_whole(tmp_path, form):
    put(tmp_path, **{"a.txt": MIXED[form]})
    articles, _ = read(tmp_path)
    assert [(a.path, a.title, a.body) for a in articles] == [(f"a.txt#{n}", t, f"{A}\n{B}") for n, t in enumerate(TITLES, 1)]
    assert all(WITH_OTHERS in a.notes for a in articles)
    [whole], _ = read(tmp_path, split=False)
    assert whole.path == "a.txt" and all(t in whole.title + whole.body for t in TITLES)


def test_a_docx_of_several_headings_is_split_with_the_pictures_of_each(tmp_path):
    put(tmp_path, **{"a.docx": word((TITLES[0], "heading"), (A, 12), png(), (TITLES[1], "heading"), (A, 12), (B, 12), png("blue"))})
    articles, _ = read(tmp_path)
    assert [(a.title, [p.data for p in a.pictures]) for a in articles] == [(TITLES[0], [png()]), (TITLES[1], [png("blue")])]


SINGLE = [
    f"关于印发《氢能行动计划》的通知\n一、总体要求与主要目标任务\n{B}\n二、重点任务与责任分工安排\n{B}\n三、保障措施与组织实施要求\n{B}",
    f"{TITLES[0]}\n来源：常州日报\n{A}\n{B}\n（来源：常州日报）",
    f"{TITLES[0]}\n{A}\n一是项目建设加快推进\n{B}\n二是创新能力持续增强\n{B}",
    f"{TITLES[0]}\n\n\n{A}\n\n\n{B}\n\n\n附件：项目名单一览表\n\n\n{B}",
    f"1. {B}\n2. {A}\n3. {B}",
]


@pytest.mark.parametrize("text", SINGLE)
def test_a_single_article_is_never_split(text):
    document = read_document(text.encode(), "a.txt")
    assert split_document(document) == [document]


def test_nothing_outside_the_inbox_is_read_and_what_is_no_file_is_refused(tmp_path):
    inbox, outside = tmp_path / "inbox", tmp_path / "outside.txt"
    inbox.mkdir()
    put(tmp_path, **{"outside.txt": f"{TITLES[0]}\n{A}"})
    put(inbox, **{"a.txt": f"{TITLES[1]}\n{A}"})
    (inbox / "link.txt").symlink_to(outside)
    (inbox / "zero.txt").symlink_to("/dev/zero")
    articles, errors = read(inbox)
    assert [a.path for a in articles] == ["a.txt"] and len(errors) == 2 and all("之外" in error for error in errors)
    os.mkfifo(tmp_path / "pipe.txt")
    for given in (tmp_path / "pipe.txt", "/dev/zero", inbox / "zero.txt"):
        with pytest.raises(SubaoError, match="不是普通文件"):
            read_articles(given, print)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the system lets this user read everything")
def test_one_unreadable_folder_costs_that_folder(tmp_path):
    put(tmp_path, **{"a.txt": f"{TITLES[1]}\n{A}"})
    (tmp_path / "locked").mkdir(mode=0)
    articles, errors = read(tmp_path)
    (tmp_path / "locked").chmod(stat.S_IRWXU)
    assert len(articles) == len(errors) == 1


def test_the_main_part_of_a_docx_is_checked_under_any_name():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(handmade.raw_docx(handmade.body("<w:p/>" * 60_000)))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith((".rels", "Types].xml")):
                content = content.replace(b"document.xml", b"document.bin")
            new.writestr(name.replace("document.xml", "document.bin"), content)
    with pytest.raises(UnreadableFile, match="段落超过"):
        read_document(out.getvalue(), "a.docx")


def test_an_old_office_file_says_what_is_missing_and_a_plain_one_is_text(tmp_path):
    put(tmp_path, **{"a.wps": f"{TITLES[0]}\n{A}", "b.rtf": b"{\\rtf1 x}"})
    articles, errors = read(tmp_path)
    assert [a.title for a in articles] == [TITLES[0]] and "没有找到" in errors[0] and "另存为 .docx" in errors[0]


@pytest.mark.skipif(os.name != "posix", reason="the program is a script")
def test_an_office_program_is_given_a_profile_without_macros(tmp_path, monkeypatch):
    program = tmp_path / "soffice"
    (tmp_path / "made.docx").write_bytes(word((TITLES[0], 22), (A, 12)))
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib, urllib.request\n"
        "profile = next(a for a in sys.argv if a.startswith('-env:UserInstallation='))[22:].removeprefix('file://')\n"
        "assert 'MacroSecurityLevel' in pathlib.Path(profile, 'user/registrymodifications.xcu').read_text()\n"
        "out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1]); out.mkdir()\n"
        f"(out / 'document.docx').write_bytes(pathlib.Path({str(tmp_path / 'made.docx')!r}).read_bytes())\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("SUBAO_LIBREOFFICE", str(program))
    document = read_document(b"{\\rtf1 x}", "a.rtf")
    assert document.title == TITLES[0] and "由 LibreOffice 转换" in document.notes[0]


def test_a_pictures_line_is_no_sentence_and_no_story():
    body = f"{A}\n![图1 厂房。](图/0123456789ab.png)\n{B}\n| 项目。 | 投资。 |\n| --- | --- |"
    assert [span.text for span in sentence_spans(body)] == [A, B]
    assert all(body[span.start : span.start + len(span.text)] == span.text for span in sentence_spans(body))
    assert plain_text(body) == f"{A}\n{B}\n项目。 投资。" and is_picture(body.split("\n")[1]) and PICTURE.search(body)["caption"] == "图1 厂房。"
    from nlp.bulletin import Article

    assert find_duplicates([Article("甲", f"{A}\n{B}"), Article("甲", f"{A}\n![x](图/0123456789ab.png)\n{B}")]) == {1: 0}
