"""Files made by hand, byte by byte where it matters: what the tests of reading and its benchmark feed in."""

from __future__ import annotations

import io
import zipfile
import zlib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(pages, mapping="unicode", size=12, objects=(), content=None) -> bytes:
    """A PDF of pages of lines; ``mapping`` "garbage" gives codes that mean nothing, "none" an image without text.

    ``objects`` replaces numbered objects (1 catalogue, 2 page tree, 3 font), ``content`` every page's stream.
    """
    fonts = {
        "unicode": b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        "garbage": b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        3: fonts.get(mapping, fonts["garbage"]),
        4: b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>",
    }
    kids = []
    for lines in pages:
        stream = b"0 0 100 100 re f"
        if mapping == "unicode":
            shown = [b"<%s> Tj T*" % line.encode("utf-16-be").hex().encode() for line in lines]
            stream = b"BT /F1 %d Tf 20 TL 72 760 Td\n%s\nET" % (size, b"\n".join(shown))
        elif mapping in ("garbage", "english"):
            shown = [b"(%s) Tj T*" % (line if isinstance(line, bytes) else line.encode("latin-1")) for line in lines]
            stream = b"BT /F1 %d Tf 20 TL 72 760 Td\n%s\nET" % (size, b"\n".join(shown))
        if content is not None:
            stream = content
        packed = zlib.compress(stream)
        page, number = len(bodies) + 2, len(bodies) + 3
        bodies[page] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % number
        )
        bodies[number] = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
        kids.append(b"%d 0 R" % page)
    bodies[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    bodies.update(dict(objects))
    out, places = io.BytesIO(b"%PDF-1.7\n"), {}
    out.seek(0, io.SEEK_END)
    for number in sorted(bodies):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, bodies[number]))
    start = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n"
                    for n in range(1, max(places) + 1))  # fmt: skip
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (max(places) + 1, rows))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (max(places) + 1, start))
    return out.getvalue()


def zipped(parts: dict[str, bytes | str], compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of named parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(*paragraphs, title_style=False, core_title="", table=(), xml="") -> bytes:
    """A .docx written by python-docx; ``xml`` is put raw at the end of its body."""
    import docx as python_docx
    from docx.oxml import parse_xml

    document = python_docx.Document()
    document.core_properties.title = core_title
    for i, text in enumerate(paragraphs):
        document.add_paragraph(text, style="Title" if title_style and i == 0 else None)
    if table:
        cells = document.add_table(len(table), len(table[0]))
        for row, texts in zip(cells.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    if xml:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def raw_docx(document_xml: bytes | str, compression=zipfile.ZIP_DEFLATED, **more: bytes | str) -> bytes:
    """The smallest .docx there is, around any bytes as its document."""
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{types}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
            "word/document.xml": document_xml,
            **more,
        },
        compression,
    )


def body(inner: str) -> str:
    """A document part around the XML of a body."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{inner}</w:body></w:document>'


def xlsx(*rows, sheets=()) -> bytes:
    """An .xlsx of one sheet of rows, or of several ``sheets`` of rows."""
    import openpyxl

    book = openpyxl.Workbook()
    for i, sheet_rows in enumerate(sheets or [rows]):
        sheet = book.worksheets[0] if i == 0 else book.create_sheet()
        for row in sheet_rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """A zip with the flag of encryption set on every entry of its directory."""
    out, start = bytearray(data), 0
    while (start := out.find(b"PK\x01\x02", start)) >= 0:
        out[start + 8] |= 1
        start += 4
    return bytes(out)


def ole(stream: str) -> bytes:
    """The beginning of an old Office file with a stream of that name: WordDocument, Workbook, EncryptedPackage."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(500)


def page(content: str, title="常州召开新能源产业推进会", head="", info="发布日期：2022-05-15 来源：常州日报") -> str:
    """A government site's page: menu, place, heading, info line, the content, sharing, related news, footer."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_常州市人民政府</title>{head}'
        '<style>p{color:red}</style><script>var a="<div><p>不是正文。</p>";</script></head><body>'
        '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/xw">新闻，资讯</a></li></ul></div>'
        '<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/xw">新闻</a> &gt; 正文</div>'
        f'<div class="main"><h1>{title}</h1><div class="info">{info} 浏览次数：123</div>'
        f'<div class="content">{content}</div>'
        '<div class="share">分享到：<a>微信</a><a>微博</a> <span>【打印本页】</span><span>【关闭窗口】</span></div>'
        "<p>责任编辑：张三</p>"
        '<div class="rel"><h3>相关新闻</h3><ul><li><a href="1">江苏发布新政策，支持制造业</a></li>'
        '<li><a href="2">南京召开科技大会</a></li></ul></div></div>'
        '<div class="foot"><p>主办：常州市人民政府 承办：市大数据局</p><p>苏ICP备05003616号 版权所有</p></div></body></html>'
    )
