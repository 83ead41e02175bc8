"""An issue as an archive holds it: printed text with page breaks, numbers and spaces, or a Word file of plain styles."""

from __future__ import annotations

import io
import random

from nlp.bulletin import Issue
from nlp.documents.paragraphs import measure_columns
from nlp.house import House

LINE, PAGE = 28, 12  # characters of a printed line, lines of a page


def print_text(
    issue: Issue,
    house: House,
    *,
    contents: str = "numbered",  # or "bare", or "" for none
    columns: bool = True,
    sources: bool = True,
    pages: bool = True,  # paragraphs are broken where a page ends
    wrapped: int = 0,  # characters after which every line is broken
    heads: bool = False,  # each page has a running head and a number
) -> str:
    """The text of an issue as it comes out of a printed file; the same for the same input."""
    year, month, day = issue.date.split("-")
    out = ["内部参考 注意保存", house.name, f"第 {issue.number} 期", issue.institution]
    out += [f"{year} 年 {int(month)} 月 {int(day)} 日", "本期重点"]
    out += [f"- {title}" for title in issue.highlights]
    if contents:
        out.append("目录")
        for name, articles in _by_column(issue, house):
            out.append(name)
            for n, article in enumerate(articles):
                dots = f"{'.' * 5 * (n % 2)} {len(out)}" if contents == "numbered" else ""
                out.append(f"{'- ' if len(articles) > 1 else ''}{article.title.replace(' ', '', n % 2)}{dots}")
    number, lines = 1, 0

    def put(text: str, paragraph: bool = True) -> None:
        nonlocal number, lines
        while text:
            if wrapped:
                end = _fit(text, 2 * wrapped)
                out.append(("\u3000\u3000" if paragraph else "") + text[:end])
                paragraph, lines = False, lines + 1
            else:
                end = _fit(text, 2 * (PAGE - lines) * LINE - 4) if pages else len(text)
                out.append(text[:end])
                lines += -(-(measure_columns(text[:end]) + 4) // (2 * LINE))
            text = text[end:]
            if lines >= PAGE:
                out.extend([f"- {number} -", f"{house.name} 第 {issue.number} 期"] if heads else [])
                number, lines = number + 1, 0

    for name, articles in _by_column(issue, house):
        if columns:
            out.append(name)
        for article in articles:
            out.append(article.title)
            for line in article.body.split("\n"):
                put(line.removeprefix("### "))
            if sources:
                out.append(f"（来源：{article.source}{f'，{article.date}' if article.date else ''}）")
    out += ["版权及合理使用声明", *house.statement.split("\n"), *house.contact.split("\n")]
    return ("\n" if wrapped else "\n\n").join(out) + "\n"


def print_word(issue: Issue, house: House, *, styled: bool = True, table: bool = False) -> bytes:
    """The Word file of an issue, its columns, titles and subheadings in heading styles or, unstyled, in none."""
    import docx

    document = docx.Document()

    def put(text: str, level: int = 0) -> None:
        document.add_paragraph(text, style=f"Heading {level}" if level and styled else None)

    year, month, day = issue.date.split("-")
    for line in ("内部参考 注意保存", house.name, f"第 {issue.number} 期", issue.institution):
        put(line)
    put(f"{year} 年 {int(month)} 月 {int(day)} 日")
    for line in ("本期重点", *issue.highlights, "目录"):
        put(line)
    for name, articles in _by_column(issue, house):
        put(f"{name}\t{len(name)}")
        for article in articles:
            put(f"{article.title}\t{len(article.title)}")
    for name, articles in _by_column(issue, house):
        put(name, 1)
        for article in articles:
            put(article.title, 2)
            for line in article.body.split("\n"):
                put(line.removeprefix("### "), 3 if line.startswith("### ") else 0)
            if table:
                cells = document.add_table(2, 2).rows[0].cells
                cells[0].text, cells[1].text = "产量", "三千台"
            if article.source or article.date:
                put(f"（来源：{article.source}{f'，{article.date}' if article.date else ''}）")
    for line in ("版权及合理使用声明", *house.statement.split("\n"), *house.contact.split("\n")):
        put(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _fit(text: str, columns: int) -> int:
    """How many characters of a text fit into so many columns."""
    end = next((n for n in range(len(text) + 1) if measure_columns(text[:n]) > columns), len(text) + 1) - 1
    while 1 < end < len(text) and (text[end] in "，。、；：？！）》”" or text[end - 1] in "（《“"):
        end -= 1
    return end


def _by_column(issue: Issue, house: House):
    for name in house.column_names:
        articles = [article for article in issue.articles if article.column == name]
        if articles:
            yield name, articles


def mutate(text: str, house: House, chance: random.Random) -> str:
    """A text as careless hands leave it: lines lost, doubled, swapped, cut; contents, columns or widths broken."""
    lines = text.split("\n")
    kind = chance.randrange(9)
    name = chance.choice(house.column_names)
    for _ in range(chance.choice((1, 1, 2, 5))):
        i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
        if kind == 0:
            del lines[i]
        elif kind == 1:
            lines.insert(j, lines[i])
        elif kind == 2:
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == 3:
            contents = lines.index("目录") if "目录" in lines else 0
            j = min(contents + chance.randrange(12), len(lines) - 1)
            lines[j] = chance.choice(("", lines[j][: len(lines[j]) // 2], lines[j] + "目", "9"))
        elif kind == 4:
            lines = [line for line in lines if line.strip() != name]
        elif kind == 5:
            lines = [line.translate(_WIDER) if chance.random() < 0.5 else line for line in lines]
        elif kind == 6:
            lines = [line.translate(_NARROWER) for line in lines]
        elif kind == 7:
            cut = chance.randrange(len(lines[i]) + 1)
            lines[i : i + 1] = [lines[i][:cut], lines[i][cut:]]
    return ("\r\n" if kind == 8 else "\n").join(lines)


_WIDER = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NARROWER = str.maketrans("（）：，", "():,")
