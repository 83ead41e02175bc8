"""An issue to look at: twenty of the project's own articles with six pictures and four tables, printed page by page.

    python benchmarks/printed_issue.py -o DIR [--template T.docx]

Writes the issue file, 图/, the Word file and, where LibreOffice is, the PDF into DIR; then reads the Word file again and
says whether it is the same issue. ``pdftoppm -r 60 -png DIR/第46期.pdf DIR/page`` makes pictures of the pages.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

NOTICE = """各辖市、区科技局，各有关单位：
为深入实施创新驱动发展战略，提升企业自主创新能力，现就组织开展2022年度企业研发机构建设工作通知如下。
一、总体要求
围绕智能制造、新能源、新材料等重点产业，引导企业加大研发投入。
（一）坚持企业主体
由企业自主申报、自主建设，政府部门做好服务。
（二）坚持分类指导。对不同规模的企业提出不同要求，成熟一家、建设一家，不搞一刀切，不下达指标。
二、申报条件
1. 在本市注册的独立法人企业，上一年度营业收入在2000万元以上。
2. 上一年度研发经费占营业收入的比重不低于3%。
表1 研发机构建设补助标准
| 类别 | 年研发投入 | 补助标准（万元） | 说明 |
| --- | --- | --- | --- |
| 一类 | 1000万元以上 | 50 | 须有专职研发人员30人以上，研发场地800平方米以上 |
| 二类 | 500万—1000万元 | 30 | 须有专职研发人员15人以上 |
| 三类 | 200万—500万元 | 10 | 须有专职研发人员8人以上 |
三、有关事项
请各单位于6月30日前将申报材料报送市科技局高新处，逾期不予受理。
某某市科学技术局
2022年5月18日"""
TABLES = (
    [["指标", "单位", "本期", "同比增长（%）"], ["工业机器人产量", "套", "102496", "10.2"], ["金属切削机床产量", "万台", "15.0", "-1.7"],
     ["集成电路产量", "亿块", "807", "-4.2"], ["新能源汽车产量", "万辆", "127.6", "138.7"]],
    [["序号", "标准编号", "标准名称"], ["1", "T/CZ 0012—2022", "电池包壳体激光焊接通用技术要求"], ["2", "T/CZ 0013—2022", "工业数据分类分级与共享交换管理规范"]],
    [["园区", "新签约项目（个）", "协议投资（亿元）", "其中：亿元以上（个）", "开工率", "备注"],
     ["甲园区", "12", "86.5", "7", "75%", ""], ["乙园区", "9", "43.2", "4", "66%", "含外资项目2个"], ["丙园区", "15", "120.0", "11", "80%", ""]],
)  # fmt: skip


def main() -> None:
    from nlp.files import write_files
    from nlp.house import load_house
    from nlp.issue.markdown import parse, write
    from nlp.issue.printing import as_pdf, set_in_type
    from nlp.published.issue import read_published
    from nlp.word.page_numbers import PagesUnknown

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--template", type=Path)
    arguments = parser.parse_args()
    house = load_house()
    issue, pictures = compose(house)
    text = write(issue, house)
    if parse(text, house) != issue:
        raise SystemExit("稿件文件读回来不同")
    files = {arguments.output / "第46期.md": text.encode()} | {arguments.output / "图" / n: d for n, d in pictures.items()}
    write_files(files, force=True)
    word, lines = set_in_type(issue, house, arguments.template, arguments.output)
    print(*lines, sep="\n")
    write_files({arguments.output / "第46期.docx": word}, force=True)
    try:
        write_files({arguments.output / "第46期.pdf": as_pdf(word)}, force=True)
    except PagesUnknown as error:
        print(error)
    again = read_published(word, "第46期.docx", house).issue
    bare = [replace(article, date="", path="", doubt="", duplicate_of="", pictures=()) for article in issue.articles]
    read = [replace(article, pictures=()) for article in again.articles]
    different = [a.title for a, b in zip(bare, read, strict=False) if a != b]
    print(f"{len(word) / 2**20:.1f} MB；再读回来{'完全相同' if bare == read else f'有 {len(different)} 篇不同：{different}'}")


def compose(house):
    """Twenty articles of the corpus in all columns; some get pictures, tables, a notice's form."""
    from nlp.bulletin import Article, Issue
    from nlp.issue.order import arrange
    from nlp.text.markup import picture_line, table_lines

    rows = [json.loads(line) for line in (ROOT / "corpus/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    random.Random(46).shuffle(rows)
    articles = []
    for i, column in enumerate(house.column_names):
        mine = [row for row in rows if row["column"] == column][: 2 if i == 5 else 3]
        articles += [Article(r["title"], r["body"], r.get("source", ""), r.get("date", ""), column=column) for r in mine]
    articles[1] = replace(articles[1], title="某某市科学技术局关于组织开展2022年度企业研发机构建设申报工作的通知", body=NOTICE, source="某某市科技局")
    pictures = {}
    captions = ("图1 自动化产线上的六轴机器人正在装配（资料图）", "图2 一季度产量走势", "园区新建的中试平台", "", "图3 检测平台工作人员在校准设备", "高铁轮对检修现场")
    for k, (i, caption) in enumerate(zip((3, 6, 8, 10, 14, 18), captions, strict=True)):
        data, kind = picture(k)
        name = f"{k:012x}.{kind}"
        pictures[name] = data
        head, _, rest = articles[i].body.partition("\n")
        articles[i] = replace(articles[i], body="\n".join(filter(None, [head, picture_line(name, caption), rest])))
    for i, rows_ in zip((7, 16, 4), TABLES, strict=True):
        articles[i] = replace(articles[i], body="\n".join([articles[i].body, *table_lines([list(r) for r in rows_])]))
    issue = arrange(Issue(tuple(articles), "46", "2022-05-31", house.institution), house)
    return replace(issue, highlights=tuple(article.title for article in issue.articles[::4])), pictures


def picture(k: int) -> tuple[bytes, str]:
    """A photograph's like (noise over a slope) or a drawing (bars), large or small, upright or lying."""
    from PIL import Image, ImageDraw, ImageFilter

    width, height = ((2400, 1600), (900, 520), (1280, 720), (640, 900), (1600, 1200), (300, 220))[k]
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    chance = random.Random(k)
    if k == 1:
        draw.rectangle((0, 0, width, height), "white")
        for i in range(8):
            draw.rectangle((60 + i * 100, height - 60 - chance.randint(60, 380), 120 + i * 100, height - 60), "steelblue")
        draw.line((40, height - 60, width - 40, height - 60), "black", 3)
    else:
        for _ in range(60):
            x, y, r = chance.randint(0, width), chance.randint(0, height), chance.randint(20, width // 6)
            draw.ellipse((x - r, y - r, x + r, y + r), tuple(chance.randint(40, 220) for _ in range(3)))
        image = image.filter(ImageFilter.GaussianBlur(4))
    out = io.BytesIO()
    image.save(out, "PNG" if k in (1, 3) else "JPEG")
    return out.getvalue(), "png" if k in (1, 3) else "jpg"


if __name__ == "__main__":
    main()
