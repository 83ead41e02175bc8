"""Feed the reader every kind of file it may meet, good and bad, and print the line each one got.

    python benchmarks/bad_input.py            # a Markdown table: file, what came of it, seconds of computing, memory
    python benchmarks/bad_input.py --hostile  # only those made to do harm

The files are made in a temporary folder, by tests/handmade.py where bytes matter.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import resource
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import handmade  # noqa: E402

from nlp.documents.articles import read_articles  # noqa: E402
from nlp.documents.pdf.process import stop_worker  # noqa: E402
from nlp.errors import SubaoError  # noqa: E402

TITLE = "常州召开新能源产业推进会"
A = "5月15日，常州市召开新能源产业推进会，会议指出要加快构建现代化产业体系，推动企业创新。"
B = "会上，12家企业签约，总投资达86.5亿元，研发投入强度达3.4%，比上年增加0.2个百分点。"
TEXT = f"{TITLE}\n发布日期: 2022-05-15 来源：天津日报\n　　{A}\n　　{B}\n责任编辑：张三\n打印本页 关闭窗口\n"
BODY = handmade.body("<w:p/>")
ROW = json.dumps({"id": "k", "title": TITLE, "body": A}, ensure_ascii=False)


def good() -> Iterator[tuple[str, bytes]]:
    """Files that give articles."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"):
        yield f"{encoding}.txt", (TEXT + "𠮷" * (encoding == "gb18030")).encode(encoding)
    wrapped = "".join(f"　　{p[:28]}\n{p[28:]}\n" for p in (A, B, A + B))
    yield "每行28字.txt", f"{TITLE}\n{wrapped}— 1 —\n".encode()
    yield "没有标题.txt", f"{A}\n{B}".encode()
    yield "尾部缺一字节.txt", (TEXT + B).encode()[:-1]
    yield "Big5.txt", "常州市推動產業創新，會議強調要加快發展步伐。".encode("big5") * 5
    yield "英文.txt", b"Changzhou opens a park\nThe park is home to many firms of new energy.\n" * 3
    yield "段落与表格.docx", handmade.docx(TITLE, A, B, title_style=True, table=[["项目", "投资"], ["整车", "30亿"]])
    yield "只有表格.docx", handmade.docx(table=[[TITLE], [A]])
    yield "标题在属性里.docx", handmade.docx(A, B, core_title=TITLE)
    yield "政府网站.html", handmade.page(f"<p>{A}</p><p>{B}</p>").encode()
    yield "换行分段.htm", handmade.page(f"　　{A}<br>　　{B}", info="").encode("gbk")
    yield "声明了错误编码.html", handmade.page(f"<p>{A}</p>").replace("utf-8", "gb2312").encode()
    yield "含NUL.html", handmade.page(f"<p>{A[:9]}\0{A[9:]}</p>").encode()
    yield "五兆一行.html", f"<html><body><p>{A * 110_000}</p></body></html>".encode()
    yield "文字层.pdf", handmade.pdf([[TITLE, "来源：天津日报", A], ["— 2 —", B]])
    yield "好.jsonl", ROW.encode()
    yield "带BOM.csv", f"编号,标题,正文,日期\n1,{TITLE},{A},2022/5/15".encode("utf-8-sig")
    yield "Excel存的.csv", f"题名,内容,来源\n{TITLE},{A},科技日报".encode("gbk")
    yield "两张表.xlsx", handmade.xlsx(sheets=[[["标题", "正文", "日期"], [TITLE, A, 44696]], [["说明"], ["略"]]])


def broken() -> Iterator[tuple[str, bytes]]:
    """Files that are empty, cut off, of another kind, or of a kind that is not read."""
    whole = handmade.docx(TITLE, A, B)
    yield "空.txt", b""
    yield "只有空白.txt", b" \r\n\t\r\n"
    yield "二进制.txt", random.Random(1).randbytes(4000)
    yield "日文ShiftJIS.txt", "常州市で産業会議が開かれました。".encode("shift-jis") * 5
    yield "两百万字.txt", ("常州。" * 700_000).encode()
    yield "超过20MB.txt", b"a" * (20 << 20) + b"a"
    yield "空.docx", b""
    for tenth in range(1, 10):
        yield f"截到{tenth}成.docx", whole[: len(whole) * tenth // 10]
    yield "其实是doc.docx", handmade.ole("WordDocument")
    yield "其实是网页.docx", handmade.page(A).encode()
    yield "其实是压缩包.docx", handmade.zipped({"a.txt": A})
    yield "其实是PDF.docx", handmade.pdf([[A]])
    yield "有密码.docx", handmade.ole("EncryptedPackage")
    yield "只有图片.docx", handmade.docx()
    yield "旧版.doc", handmade.ole("WordDocument")
    yield "旧版.wps", handmade.ole("WordDocument")
    yield "网页改的.doc", handmade.page(A).encode()
    yield "说明.rtf", b"{\\rtf1 x}"
    yield "旧表.xls", handmade.ole("Workbook")
    yield "演示.pptx", handmade.zipped({"ppt/presentation.xml": ""})
    yield "图.jpg", b"\xff\xd8\xff\xe0" + bytes(99)
    yield "图.txt", b"\x89PNG\r\n\x1a\n" + bytes(99)
    yield "包.rar", b"Rar!\x1a\x07" + bytes(99)
    yield "单文件网页.mht", b"MIME-Version: 1.0\r\n"
    yield "空邮件.eml", b"Subject: x\r\n\r\n"
    yield "残缺.ofd", handmade.zipped({"OFD.xml": "<ofd/>"})
    yield "没有后缀", TEXT.encode()
    yield "奇怪.xyz", TEXT.encode()
    yield "数组.json", b"[{}]"
    yield "空壳.html", b"<html><body><div id=app></div></body></html>"
    yield "列表页.html", '<html><body><ul><li><a href="1">常州召开大会</a></li></ul></body></html>'.encode()
    yield "扫描.pdf", handmade.pdf([["x"]], mapping="none")
    yield "乱码.pdf", handmade.pdf([[bytes(range(0xA1, 0xF0))] * 9], mapping="garbage")
    yield "英文.pdf", handmade.pdf([["The city is a centre of new energy and the home of many firms."]], "english")
    yield "加密.pdf", _encrypted_pdf()
    yield "截断.pdf", handmade.pdf([[A]])[:-300]
    yield "网页.pdf", handmade.page(A).encode()
    yield "没有列名.csv", b"1,2\n3,4"
    yield "引号不成对.csv", f'标题,正文\n甲,{A}\n乙,"{B}\n丙,{A}'.encode()
    yield "没有列名.xlsx", handmade.xlsx(["甲"], ["乙"])
    yield "坏行.jsonl", f'{ROW}\n{{"title": "断\n[1]\n{{"id": 1}}\n{ROW}'.encode()
    yield "嵌套千层.jsonl", b'{"title": ' + b"[" * 1000 + b"]" * 1000 + b"}"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files made to do harm."""
    yield "百万空段.docx", handmade.raw_docx(handmade.body("<w:p/>" * 1_000_000))
    yield "百万空段不压缩.docx", handmade.raw_docx(handmade.body("<w:p/>" * 1_000_000), zipfile.ZIP_STORED)
    yield "一个200MB文本.docx", handmade.raw_docx(handmade.body("<w:t>" + "a" * 200_000_000 + "</w:t>"))
    yield "两千零一个部件.docx", handmade.raw_docx(BODY, **{f"word/{i}.xml": "" for i in range(2001)})
    yield "加密标记.docx", handmade.encrypted(whole := handmade.raw_docx(BODY))
    yield "越界部件.docx", handmade.raw_docx(BODY, **{"../../evil.xml": ""})
    yield "重名部件.docx", handmade.raw_docx(BODY, **{"word/DOCUMENT.xml": ""})
    yield "DOCTYPE.docx", handmade.raw_docx(BODY.replace("<w:d", '<!DOCTYPE x [<!ENTITY e "字">]><w:d', 1))
    yield "DOCTYPE之UTF16.docx", handmade.raw_docx(BODY.replace("<w:d", "<!DOCTYPE x><w:d", 1).encode("utf-16-le"))
    yield "深层XML.docx", handmade.raw_docx(handmade.body("<w:p>" * 5000 + "</w:p>" * 5000))
    yield "改动字节.docx", whole[:400] + bytes(200) + whole[600:]
    yield "字符串炸弹.xlsx", handmade.zipped({"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": "<si/>" * 9_000_000})
    yield "末行一格.xlsx", _last_row()
    yield "五万层标签.html", ("<html><body>" + "<div>" * 50_000 + A).encode()
    yield "百万标签.html", ("<html><body>" + "<p>" * 1_000_000).encode()
    yield "十兆属性.html", f'<html><body><p title="{"a" * 10_000_000}">{A}</p></body></html>'.encode()
    yield "不闭合的注释.html", ("<html><body>" + "<!--" * 500_000).encode()
    yield "页树成环.pdf", handmade.pdf([[A]], objects={2: b"<</Type/Pages/Count 1/Kids[2 0 R 2 0 R]>>"})
    yield "页数虚报.pdf", handmade.pdf([[TITLE, A]], objects={2: b"<</Type/Pages/Count 999999999/Kids[5 0 R]>>"})
    yield "十万子页.pdf", handmade.pdf([[A]], objects={2: b"<</Type/Pages/Count 1/Kids[" + b"5 0 R " * 100_000 + b"]>>"})
    yield "十万层数组.pdf", handmade.pdf([[A]], content=b"[" * 100_000)
    yield "百万条指令.pdf", handmade.pdf([[A]], content=b"BT /F1 9 Tf " + b"<5e38> Tj T* " * 1_000_000 + b"ET")
    yield "交叉表成环.pdf", b"%PDF-1.4\nstartxref\n9\n%%EOF"
    yield "百MB一行.jsonl", ROW.encode() + b'\n{"body": "' + b"x" * 100_000_000 + b'"}\n' + ROW.encode()
    yield "三万空格的题.html", handmade.page(f"<p>{A}</p>", head=f'<meta property="og:title" content="{" " * 30_000}x">').encode()
    yield "三万横线的题.html", handmade.page(f"<p>{A}</p>", title="- " * 15_000).encode()
    yield "一万行无标点.txt", ("ＡＢ工业企业创新发展产业" * 3 + "\n").encode() * 10_000
    yield "一万行来源.txt", "来源：某报\n".encode() * 10_000
    yield "主部件另名.docx", _renamed(handmade.raw_docx(handmade.body("<w:p/>" * 1_000_000)))
    yield "深层压缩.zip", handmade.zipped({"a.zip": handmade.zipped({"b.zip": handmade.zipped({"c.txt": TEXT})})})
    yield "炸弹.zip", handmade.zipped({"a.txt": "a" * 200_000_000})
    yield "两千零一个文件.zip", handmade.zipped({f"{i}.txt": "x" for i in range(2001)})
    yield "越界.zip", handmade.zipped({"../a.txt": TEXT})
    yield "千层邮件.eml", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 1000
    yield "百万字形.ofd", _huge_ofd()
    yield "坏掉一段.pdf", _torn(handmade.pdf([[TITLE, A], [B, A]]))
    yield "组合符号.txt", ("标题\n常" + "\u0327\u0301" * 300_000 + "州。").encode()


def _encrypted_pdf() -> bytes:
    import pypdf

    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(handmade.pdf([[A]]))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def _last_row() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["标题", "正文"])
    book.active.cell(1_048_576, 2, "末行")
    book.save(out)
    return out.getvalue()


def _renamed(docx: bytes) -> bytes:
    """The same .docx with its main part under another name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith((".rels", "Types].xml")):
                content = content.replace(b"document.xml", b"document.bin")
            new.writestr(name.replace("word/document.xml", "word/document.bin"), content)
    return out.getvalue()


def _torn(pdf: bytes) -> bytes:
    """A PDF with a hole in its first stream."""
    at = pdf.index(b"stream\n") + 20
    return pdf[:at] + bytes(12) + pdf[at + 12 :]


def _huge_ofd() -> bytes:
    steps = '<ofd:TextObject Boundary="0 0 9 9" Size="3"><ofd:TextCode X="0" Y="3" DeltaX="g 99999999 1">' + "常" * 300 + "</ofd:TextCode></ofd:TextObject>"
    head = '<?xml version="1.0"?><ofd:{0} xmlns:ofd="http://www.ofdspec.org/2016">{1}</ofd:{0}>'
    return handmade.zipped({
        "OFD.xml": head.format("OFD", "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"),
        "Doc_0/Document.xml": head.format("Document", '<ofd:Pages><ofd:Page BaseLoc="P.xml"/></ofd:Pages>'),
        "Doc_0/P.xml": head.format("Page", steps * 3000),
    })  # fmt: skip


def doors(folder: Path) -> Iterator[tuple[str, Path]]:
    """What is no file and yet may be given as one, or lie in the folder."""
    os.mkfifo(folder / "管道.txt")
    (folder / "出去.txt").symlink_to("/etc/hostname")
    (folder / "设备.txt").symlink_to("/dev/zero")
    yield "管道作为 INPUT", folder / "管道.txt"
    yield "/dev/zero 作为 INPUT", Path("/dev/zero")
    yield "指向设备的链接作为 INPUT", folder / "设备.txt"
    yield "含这三样的文件夹", folder


def try_file(path: Path) -> tuple[list[str], float, int]:
    """Read one file in a process of its own: the lines to show for it, seconds of computing, megabytes at most."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        os.close(read_end)
        with os.fdopen(write_end, "w", encoding="utf-8") as out:
            json.dump(_lines_of(path), out)
        stop_worker()  # its seconds count too
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as answer:
        lines = json.load(answer)
    _, _, used = os.wait4(child, 0)
    return lines, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def _lines_of(path: Path) -> list[str]:
    lines: list[str] = []
    try:
        articles = read_articles(path, lambda error: lines.append(str(error)))
    except SubaoError as error:
        return [str(error)]
    for article in articles[:2]:
        facts = [f"《{article.title[:30]}》", f"{len(article.body)} 字", article.source, article.date, *article.notes]
        lines.append("读出 " + "，".join(filter(None, facts)))
    return lines


def main() -> None:
    """Make the files one after another, try each, print the table."""
    print("| 文件 | 结果 | 计算秒 | MB |\n| --- | --- | --- | --- |")
    count = refused = 0
    slowest, largest = 0.0, 0

    def tell(name: str, path: Path) -> None:
        nonlocal count, refused, slowest, largest
        lines, took, memory = try_file(path)
        count += 1
        refused += not any(line.startswith("读出") for line in lines)
        slowest, largest = max(slowest, took), max(largest, memory)
        print(f"| {name} | {'<br>'.join(lines).replace('|', '／').replace(folder, '')} | {took:.2f} | {memory} |", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for name, data in hostile() if "--hostile" in sys.argv else itertools.chain(good(), broken(), hostile()):
            path = Path(folder) / name
            path.write_bytes(data)
            tell(name, path)
            path.unlink()
        for name, path in doors(Path(folder)):
            tell(name, path)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n最慢 {slowest:.2f} 秒（计算），内存最多 {largest} MB（其中做文件的程序自己占 {own} MB）。")
    print(f"\n{count} 个文件，{count - refused} 个读出稿件，{refused} 个只有提示，没有一个中断。")


if __name__ == "__main__":
    main()
