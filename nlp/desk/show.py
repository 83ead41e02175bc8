"""An issue and its articles as the page shows them: plain values for JSON, the text already cut into its sentences.

It knows issues and what the model thinks; it refuses to know files, requests and colours.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..bulletin import REJECTED, RESERVE, Article, Issue, Prediction
from ..highlights.key_sentences import key_sentences
from ..house import House
from ..text.sentences import sentence_spans
from ..text.terminal import percent
from .decisions import keys_of
from .opinions import Opinions

RULES = {  # of what is no column of the house
    RESERVE: ("可登可不登的，或这一期放不下的：留着，不印出", "已经登过的（归不收录）"),
    REJECTED: ("与刊物无关的，重复的：留在文件里备查，不印出", "拿不准的（先放备选）"),
}
SIGNS = {RESERVE: "b", REJECTED: "0"}


def columns(house: House) -> list[dict]:
    """The places an article can go to, each with its key and its rule."""
    found = [
        {"name": c.name, "sign": str(n) if n < 10 else "", "include": c.include, "exclude": c.exclude, "printed": True}
        for n, c in enumerate(house.columns, 1)
    ]
    return found + [
        {"name": name, "sign": SIGNS[name], "include": include, "exclude": exclude, "printed": False}
        for name, (include, exclude) in RULES.items()
    ]


def outline(issue: Issue, house: House, opinions: Opinions) -> dict:
    """The whole issue without its texts: a row for each article in the order of the issue, and what leads."""
    keys = keys_of(issue.articles)
    key_of = {a.title: key for a, key in zip(reversed(issue.articles), reversed(keys), strict=True) if a.column in house.column_names}
    return {
        "number": issue.number,
        "date": issue.date,
        "articles": [_row(a, key, opinions.of(a)) for a, key in zip(issue.articles, keys, strict=True)],
        "highlights": [
            {"title": title, "key": key_of.get(title), "sentence": _picked(issue, keys, key_of.get(title))}
            for title in issue.highlights
        ],
        "unread": opinions.left,
        "trouble": opinions.trouble,
    }


def _row(article: Article, key: str, prediction: Prediction | None) -> dict:
    return {
        "key": key, "title": article.title, "column": article.column, "source": article.source, "date": article.date,
        "doubt": article.doubt, "copy": article.duplicate_of, "fresh": article.fresh, "length": len(article.body),
        "choices": choices(prediction) if prediction else None,
    }  # fmt: skip


def choices(prediction: Prediction) -> list[dict]:
    """The first two choices: name, share for sorting, percent for reading."""
    names = (prediction.column, prediction.second)
    return [{"name": n, "share": round(prediction.scores[n], 4), "percent": percent(prediction.scores[n])} for n in names]


def _picked(issue: Issue, keys: Sequence[str], key: str | None) -> str:
    return issue.articles[keys.index(key)].key_sentence if key else ""


def article(found: Article, key: str) -> dict:
    """One article to read: its paragraphs cut into pieces, each with the number of its sentence, or none."""
    best = key_sentences(found)
    return {
        "key": key, "title": found.title, "source": found.source, "date": found.date, "column": found.column,
        "body": found.body, "path": found.path, "doubt": found.doubt, "copy": found.duplicate_of,
        "sentence": found.key_sentence, "proposed": best[0].sentence if best else "",
        "paragraphs": paragraphs(found.body),
    }  # fmt: skip


def paragraphs(body: str) -> list[list[dict]]:
    """The lines of a body as pieces ``{"text", "sentence"}``; joined again they are the body.

    >>> paragraphs("一是快。二是准。")
    [[{'text': '一是快。', 'sentence': 0}, {'text': '二是准。', 'sentence': 1}]]
    """
    owner: list[int | None] = [None] * len(body)
    for n, span in enumerate(sentence_spans(body)):
        owner[span.start : span.start + len(span.text)] = [n] * len(span.text)
    lines: list[list[dict]] = []
    at = 0
    for line in body.split("\n"):
        pieces: list[dict] = []
        for i, character in enumerate(line, at):
            if pieces and pieces[-1]["sentence"] == owner[i]:
                pieces[-1]["text"] += character
            else:
                pieces.append({"text": character, "sentence": owner[i]})
        lines.append(pieces)
        at += len(line) + 1
    return lines


def sentence_text(body: str, number: int) -> str:
    """The sentence of that number as it stands in the body, "" if there is none."""
    spans = sentence_spans(body)
    return spans[number].text if 0 <= number < len(spans) else ""
