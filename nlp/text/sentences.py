"""Sentences and where they stand in a body: paragraphs joined over hard line breaks, datelines and subheadings left out.

It cuts; it refuses to judge: which sentence says most is not its business. The one module that imports jieba.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .characters import without_han_gaps
from .markup import is_picture, is_table_row

LONGEST = 200  # characters of a sentence that is read at a glance
OPEN_LINE = 30  # a line that long with a stop in it and none at its end goes on in the next one; others are headings
EVEN = 0.8  # lines broken at one width are at least so long, compared with the longest
SAME = 0.6  # share of common character pairs (Dice) from which two sentences say the same

_CLOSERS = dict(zip("”’」』》）)", "“‘「『《（（", strict=True))
_MARK = re.compile(r"[“”‘「」『』《》（）()]|(?<![A-Za-z])’|\"")
_CLOSING = "”’」』）)》\""
_BYLINE = r"\s*[（(][^）)]{0,80}[）)]"
_OUTLET = r"(?:本[报刊网台]|中国网络电视台|[\u4e00-\u9fff]{2,8}[报网社台])[^，。！？；：:]{0,30}?"
_DATELINE = re.compile(
    rf"\s*(?:{_OUTLET}(?:日[电讯](?:{_BYLINE})?\s*[，,:：]?|(?:电|讯|消息|报道)(?:{_BYLINE})?\s*[:：]|讯(?:{_BYLINE}|(?=\s)))\s*"
    r"|[（(](?:本报|本刊|特约|通讯员|记者)[^）)]{0,80}[）)]\s*"
    r"|(?:各|尊敬的)[^。！？：:]{2,200}(?:[府委办厅局院校]|机构|单位|部门|公司|企业|同志|读者)\s*[:：]\s*)+"  # a salutation
)
_NEW_LINE = re.compile(  # what begins a paragraph even after a line without an end
    r"#|!\[|\||第?[一二三四五六七八九十]+[、章节条]|[（(][一二三四五六七八九十\d]+[)）]|\d+(?:[、．)）]|\.(?!\d))|[●■◆▲*·—]|[问答]\s*[:：]|近日|日前|$"
)


@dataclass(frozen=True)
class Span:
    """A sentence and its place in the body; ``whole`` if it starts and ends as a sentence does, its marks closed.

    Where a hard line break cuts the sentence, ``text`` holds it, as the body does; ``line`` is the form to read.
    """

    text: str
    start: int
    whole: bool

    @property
    def line(self) -> str:
        return on_one_line(self.text)


def on_one_line(sentence: str) -> str:
    """Join a sentence over a hard line break for reading: ``on_one_line("研发投入\\n强度") -> "研发投入强度"``."""
    return without_han_gaps(re.sub(r"\s*\n\s*", " ", sentence)) if "\n" in sentence else sentence


def sentence_spans(body: str, title: str = "") -> list[Span]:
    """Cut a body as ``split_sentences`` does, but only at 。！？ outside quotations; no subheadings, datelines, pictures, tables.

    A line that breaks off goes on in the next one; one that says the ``title`` again is a heading and does not.

    >>> [span.text for span in sentence_spans("新华社南京5月15日电（记者 李明）他说：“好。行！”一是快；二是准。")]
    ['他说：“好。行！”', '一是快；二是准。']
    """
    spans: list[Span] = []
    begin = at = 0
    lines = body.split("\n")
    *_, third, _, longest = sorted([0, 0, 0, *map(len, lines)])
    full = EVEN * longest if third >= EVEN * longest else len(body) + 1  # nothing is that long
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        at += len(line) + 1
        if line.lstrip().startswith("### ") or is_picture(line) or is_table_row(line):
            begin = at
        elif not _goes_on(line.strip(), following.strip(), title, len(line) >= full):
            spans += _spans_of(body, begin, at - 1)
            begin = at
    return spans


def _goes_on(line: str, following: str, title: str, full: bool) -> bool:
    """Whether a line (``full`` if as long as lines get) breaks off in mid-sentence, and the next may be the rest of it."""
    if _NEW_LINE.match(following):
        return False
    long = len(line) >= OPEN_LINE and (full or re.search("[，。；]", line)) and line[-1] not in "：:…" and not ending(line)
    return line.endswith(("，", "、")) or (bool(long) and dice(bigrams(line), bigrams(title)) < SAME)


def _spans_of(body: str, at: int, stop: int) -> Iterator[Span]:
    """The sentences of one paragraph, ``body[at:stop]``, the line breaks in it read as spaces."""
    line = body[at:stop].replace("\n", " ")
    dateline = _DATELINE.match(line)
    begin = end = dateline.end() if dateline else 0
    depth: Counter[str] = Counter()
    for piece in split_sentences(line[begin:]):
        start = line.index(piece, end)
        if begin == end:
            begin = start
        end = start + len(piece)
        for mark in _MARK.findall(piece):
            if mark in _CLOSERS:
                depth[_CLOSERS[mark]] -= 1
            elif mark == '"':
                depth[mark] = 1 - depth[mark]
            else:
                depth["（" if mark == "(" else mark] += 1
        depth["（"] = max(0, depth["（"])  # 1）, 2）: a list, not a bracket
        if ending(piece) and max(depth.values(), default=0) <= 0:
            text = body[at + begin : at + end]
            yield Span(text, at + begin, not any(depth.values()) and not ("\n" in text and len(text) > LONGEST))
            begin = end
            depth.clear()
    if begin < end:
        yield Span(body[at + begin : at + end], at + begin, False)


def ending(text: str) -> str:
    """The sign that ends a sentence, before closing marks; empty where none does: ``ending("“好。”") -> "。"``."""
    sign = text.rstrip(_CLOSING)[-1:]
    return sign if sign in "。！？!?" else ""


def bigrams(text: str) -> set[str]:
    """The pairs of neighbouring letters or digits: ``bigrams("常州，市") -> {"常州"}``."""
    return {pair for a, b in itertools.pairwise(text) if (pair := a + b).isalnum()}


def dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))


_SENTENCE = re.compile(r"[^。！？!?；;…\n]*(?:[。！？!?；;]+|…+|\n|$)[”’」』）)》\"]*")


def split_sentences(text: str) -> list[str]:
    """Cut text after 。！？；… and at line ends; closing quotation marks stay with their sentence.

    >>> split_sentences("好。行！")
    ['好。', '行！']
    """
    return [piece for match in _SENTENCE.findall(text) if (piece := match.strip())]


def words(text: str, guess: bool = False) -> list[str]:
    """Cut text into words with jieba's dictionary, and its guesses if asked for; joined again they are the text.

    >>> words("常州科技")
    ['常州', '科技']
    """
    return _segmenter().lcut(text, HMM=guess)


def tagged_words(text: str) -> list[tuple[str, str]]:
    """Cut text into words with jieba's parts of speech, names it does not know guessed; joined again they are the text.

    >>> tagged_words("常州发布计划")
    [('常州', 'ns'), ('发布', 'v'), ('计划', 'n')]
    """
    return [(pair.word, pair.flag) for pair in _tagger().lcut(text)]


@functools.cache
def _tagger():
    import jieba.posseg

    class Tagger(jieba.posseg.POSTokenizer):
        def load_word_tag(self, f) -> None:  # jieba has read this very dictionary while it was imported
            f.close()
            self.word_tag_tab = jieba.posseg.dt.word_tag_tab

    return Tagger(_segmenter())


@functools.cache
def _segmenter():
    import jieba

    segmenter = jieba.Tokenizer()
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())  # never the predictable shared cache
    segmenter.initialized = True
    return segmenter
