"""One document, or one labelled row, to an ``Article``: what is title, text, source and date, and where it is not sure.

It opens no files and sorts nothing; the notes say what was guessed or could not be brought.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..bulletin import Article
from ..errors import UnreadableFile
from ..text.characters import han_share, normalise
from ..text.markup import is_picture, is_table_row, plain_text
from ..text.sentences import split_sentences
from .document import Document
from .furniture import blank_furniture
from .paragraphs import close_up, join_lines
from .provenance import clean_source, parse_date, take_provenance

LONGEST = 1_000_000  # characters of one article
TITLE = 60  # characters of a line that may be a title
FIELD = 500  # characters of a title, source or other field that are read
HEAD = 6  # paragraphs over the text that may say the title again
GUESS = 40  # characters of a guessed title
MARKS = 30  # combining marks on one character; no script has more
GUESSED = "标题为推测"

_NO_TITLE = re.compile(r"[。；;，,、：:]$|^附件|^[（(].*[）)]$|^本报讯|^\W*$")
_ABOVE_TITLE = re.compile(  # what may stand over a title: 文号, a letterhead, a label, a day
    r"\S{2,20}[〔\[(（]\d{4}[〕\])）]\s*第?\d+号|\S{2,30}文件|[【\[].{1,10}[】\]]|内部(?:参考|资料).{0,10}"
    r"|附件\s*\d*[:：]?|\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[\s\d:：]*"
)
_OF_YEAR = r"\s*[〔\[(（]\s*\d{4}\s*[〕\])）]\s*第?\s*\d+\s*号"  # behind 国办发
_BYLINE = re.compile(r"(?:新华社|本报|本刊|本网|人民网|中新社)?记者[\s\u4e00-\u9fff·、]{2,40}")
_LABEL = re.compile(r"^[【\[]?(?:标\s*题|题\s*目)[】\]]?\s*[:：]\s*")
_SITE = re.compile(r"^[\u4e00-\u9fff]{2,10}网\s*[\]】](?!.*[\[【])\s*")  # 某某网]标题
_TAIL = re.compile(
    r"的?.{0,10}(?<![一二三四五六七八九十])(?:的)(?:通知|意见|通报|决定|公告|通告|批复|函|请示|报告|说明|规定|办法|方案)(?:（[^（）]{2,10}）)?|的(?:通知|意见|公告|函|批复|决定)"
)
_IDLE_NAME = re.compile(
    r"新建|未命名|未标题|文档|文稿|附件|下载|稿件?\d*$|正文|来稿|index|article|document|untitled|img|image|scan|news|^\W*\d*\W*$", re.I
)
_IDLE_PROPERTY = re.compile(r"microsoft|word|untitled|未命名|无标题|文档\s*\d*$|模板|幻灯片|powerpoint|\.\w{2,5}$", re.I)
_DATELINE = re.compile(r"^[^，。]{2,25}?\d{1,2}日(?:电|讯)(?:\s*[（(][^）)]{1,40}[）)])?\s*")
_UNUSUAL = re.compile(f"[^\0-\u02ff\u2010-\u2027\u3000-\u3029\u3105-\u9fff\uff00-\uffef]{{{MARKS + 1}}}")


def make_article(document: Document, path: str, row: Mapping[str, str] | None = None) -> Article:
    """Make an article of a document's lines; what a labelled ``row`` says wins over what the text says.

    Raises:
        UnreadableFile: there is no text, or far too much.
    """
    if sum(len(line.text) for line in document.lines) > LONGEST:
        raise UnreadableFile(path, f"超过 {LONGEST // 10_000} 万字，不像一篇稿件", "请拆成几个文件")
    document = replace(document, title=document.title[:FIELD], property_title=document.property_title[:FIELD])
    row = row and {key: value if key == "body" else value[:FIELD] for key, value in row.items()}
    notes = list(document.notes)
    known = clean_source(row.get("source", "") if row else document.source)
    marked = [line.fixed and (is_picture(line.text) or is_table_row(line.text)) for line in document.lines]
    texts = blank_furniture([line.text if mark else _even(line.text) for line, mark in zip(document.lines, marked, strict=True)])
    found, left = take_provenance(["" if mark else text for text, mark in zip(texts, marked, strict=True)], source=known)
    texts = [text if mark else rest for text, rest, mark in zip(texts, left, marked, strict=True)]
    paragraphs = join_lines([replace(line, text=text) for text, line in zip(texts, document.lines, strict=True)])
    stated = (row.get("date", "") if row else document.date).strip()
    date = parse_date(stated)
    if stated and not date:
        notes.append(f"日期“{stated[:20]}”无效，未采用")
    if not row:
        notes += [f"{label}：网页信息" for label, value in (("来源", known), ("日期", date)) if value]
    notes += [note for note in found.notes if not (date and note.startswith("日期"))]
    if row:
        title = _headline(row.get("title", ""))
        paragraphs = [p for i, p in enumerate(paragraphs) if i or p != title]
        if not title and paragraphs:
            title = _guess_title(paragraphs, "")
            notes.append(GUESSED)
    else:
        title, paragraphs, remark = find_title(document, paragraphs, path)
        title, paragraphs = _without_number(_headline(title), paragraphs)
        paragraphs = _without_title(title, paragraphs)
        notes += [remark] if remark else []
    body = "\n".join(paragraphs)
    if not title and not body:
        raise UnreadableFile(path, "里面没有文字（可能全是图片）", "请改用文字稿")
    text = plain_text(body)
    if len(text) > 40 and han_share(text[:2000]) < 0.05:
        notes.append("几乎没有汉字，分栏不可靠")
    return Article(
        title,
        body,
        normalise(known or found.source),
        date or found.date,
        path,
        column=normalise(row.get("column", "")) or None if row else None,
        part=normalise(row.get("part", "")) if row else "",
        second=normalise(row.get("second", "")) if row else "",
        confidence=int(sure) if (sure := (row or {}).get("confidence", "").strip()) in ("1", "2", "3") else 0,
        also=normalise(row.get("also", "")) if row else "",
        notes=tuple(notes),
        pictures=tuple(picture for picture in document.pictures if f"](图/{picture.name})" in body),
    )


def find_title(document: Document, paragraphs: list[str], path: str) -> tuple[str, list[str], str]:
    """Return the title, the paragraphs without it, and a remark if it was guessed or comes from elsewhere."""
    for stated in filter(_letters, (document.title, document.property_title)):
        for start in range(5):
            for end in range(start + 1, min(start + 3, len(paragraphs)) + 1):  # a title may take several lines
                if _letters("".join(paragraphs[start:end])) == _letters(stated):
                    title = paragraphs[start] if end == start + 1 and len(stated) <= TITLE else _headline(stated)
                    return title, paragraphs[:start] + paragraphs[end:], ""
    if document.title:
        return _headline(document.title), paragraphs, ""
    for i, paragraph in enumerate(paragraphs[:5]):
        if is_picture(paragraph):
            continue
        if _ABOVE_TITLE.fullmatch(paragraph) and len(paragraphs) > i + 1:
            continue
        if len(paragraph) <= TITLE and not _NO_TITLE.search(paragraph):
            tail = paragraphs[i + 1] if i + 1 < len(paragraphs) else ""
            if _goes_on(paragraph, tail):
                return paragraph + tail, paragraphs[:i] + paragraphs[i + 2 :], ""
            return paragraph, paragraphs[:i] + paragraphs[i + 1 :], ""
        break
    stated = _headline(document.property_title)
    if 6 <= len(stated) <= TITLE and han_share(stated) > 0.4 and not _IDLE_PROPERTY.search(stated):
        return stated, paragraphs, "标题：文件属性"
    return (_guess_title(paragraphs, path), paragraphs, GUESSED) if paragraphs else ("", [], "")


def _without_number(title: str, paragraphs: list[str]) -> tuple[str, list[str]]:
    """A title without the beginning of a document's number that a line's end parted from the rest.

    >>> _without_number("某局关于转发工作计划的通知某工", ["商发〔2013〕64号", "各市："])
    ('某局关于转发工作计划的通知', ['各市：'])
    """
    cut = re.fullmatch(r"(.{6,}的(?:通知|意见|通报|决定|公告|通告|批复|函))[\u4e00-\u9fff]{1,5}", title)
    if cut and paragraphs and re.fullmatch(rf"[\u4e00-\u9fff]{{0,8}}{_OF_YEAR}", paragraphs[0]):
        return cut[1], paragraphs[1:]
    return title, paragraphs


def _without_title(title: str, paragraphs: list[str]) -> list[str]:
    """The paragraphs without what a page says again over the text: the title, its parts, the document's number.

    >>> _without_title("五部门关于调整目录的通知", ["工信部联〔2021〕198号", "关于调整目录的通知", "各有关单位："])
    ['各有关单位：']
    """
    begun = next((i for i, paragraph in enumerate(paragraphs) if re.search("[。！？：；]$", paragraph)), HEAD)
    head = [i for i, paragraph in enumerate(paragraphs[: min(begun, HEAD)]) if not is_picture(paragraph)]
    whole = _letters(title)
    dropped, again = set(), False
    for i in head:
        text = re.sub(r"^.{2,20}?电\s*题：|^题：", "", paragraphs[i])
        letters = re.sub(r"[※*＊①-⑨—]+", "", _letters(text))
        if len(letters) >= 6 and letters in whole.replace("—", ""):
            dropped.add(i)
            again |= text != paragraphs[i]
        elif re.fullmatch(rf"[\u4e00-\u9fff]{{1,12}}{_OF_YEAR}", paragraphs[i]) or (again and _BYLINE.fullmatch(paragraphs[i])):
            dropped.add(i)
    return [paragraph for i, paragraph in enumerate(paragraphs) if i not in dropped]


def _goes_on(title: str, following: str) -> bool:
    """Tell whether a title goes on in the next line: a mark left open, or 的通知 by itself.

    >>> _goes_on("关于印发《常州市氢能产业行动计划》", "的通知"), _goes_on("常州召开推进会", "5月15日，会议召开。")
    (True, False)
    """
    if len(following) == 1 and len(title) >= 20 and re.match(r"[\u4e00-\u9fff]", following):
        return True  # the last character of a title that was broken after so many
    if not 0 < len(following) <= TITLE or is_picture(following) or is_table_row(following) or re.search("[。；：:，,]$", following):
        return False
    open_mark = any(title.count(a) > title.count(b) and b in following for a, b in ("《》", "“”", "（）"))
    return open_mark or bool(_TAIL.fullmatch(following)) or bool(re.search("[的与和及、]$", title))


def _guess_title(paragraphs: list[str], path: str) -> str:
    paragraphs = [paragraph for paragraph in paragraphs if not is_picture(paragraph)] or [""]
    stem = re.sub(r"^[\d\s._、-]+|[\s_]*[（(]\d+[)）]$", "", normalise(Path(path).stem))
    if 6 <= len(stem) <= TITLE and han_share(stem) > 0.5 and not _IDLE_NAME.search(stem):
        return close_up(stem.replace("_", " "))
    sentences = split_sentences(_DATELINE.sub("", paragraphs[0][:400])) or [paragraphs[0]]
    first = sentences[0].rstrip("。；;：:，,")
    if len(first) <= GUESS:
        return first
    comma = max(first.rfind(mark, 8, GUESS + 1) for mark in "，；：")
    return first[: comma if comma > 0 else GUESS].rstrip("，；：、")


def _headline(text: str) -> str:
    """A title as it was written, on one line and without its label."""
    return _SITE.sub("", _LABEL.sub("", close_up(text.replace("\n", " "), headline=True)))


def _letters(text: str) -> str:
    return "".join(close_up(text).split())


def _even(text: str) -> str:
    """Normalise a line but keep a sign of its indentation, which tells paragraphs apart."""
    text = _without_runs_of_marks(text)
    return ("\u3000\u3000" if re.match(r"\u3000|[ \xa0]{2}|\t", text) else "") + normalise(text)


def _without_runs_of_marks(text: str) -> str:
    """Cut what is more than ``MARKS`` combining marks in a row: normalising a long run takes minutes."""
    if not _UNUSUAL.search(text):
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MARKS:
            kept.append(character)
    return "".join(kept)


