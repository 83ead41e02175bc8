"""What the drafts of an issue remember: each article as it came, and where it was put, so that the next draft can tell
the editor's decisions from its own. JSON in the issue's folder; without it nothing is lost but this memory.

It knows no files but its own text, and judges nothing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..bulletin import REJECTED, RESERVE, Article, Issue
from .identity import same_articles

_NOTE = "这是 subao draft 的记忆，供下次合并来稿用；不必改。删去它不会丢稿件，只是下次分不清哪些是手工改过的。"


@dataclass(frozen=True)
class Record:
    """One incoming article as it came, what the model said of it, and where the tool put it."""

    id: str  # of its content as it came (``key_of``), unique in the issue
    path: str
    title: str
    body: str
    source: str = ""
    date: str = ""
    notes: tuple[str, ...] = ()
    label: str = ""  # the model's first choice; "" where the model was not asked
    second: str = ""
    confidence: float = 0.0
    doubtful: bool = False
    column: str = ""  # where the tool put it: a column, 备选 or 不收录
    duplicate_of: str = ""  # the mark 重复 that the tool wrote
    reason: str = ""
    waits: bool = False  # in 备选 only because the issue was full
    chosen: str = ""  # the column an editor wrote for it while it stands under 备选 or 不收录
    seen: str = ""  # the content of a later version of its source that was pointed out
    gone: bool = False  # that its source is gone was pointed out
    withdrawn: bool = False  # that it is no more in the issue file was pointed out

    @property
    def article(self) -> Article:
        """The article as it came."""
        return Article(self.title, self.body, self.source, self.date, self.path, self.column, notes=self.notes)

    @property
    def wanted(self) -> str:
        """The column it would stand in if it were printed: the editor's, else the model's; "" if neither names one."""
        return self.chosen or (self.column if self.column not in (RESERVE, REJECTED) else self.label)


@dataclass(frozen=True)
class Memory:
    """What the last draft of an issue knew."""

    records: tuple[Record, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()  # path and reason of what could not be read
    limit: int = 0
    model: str = ""
    highlights: tuple[str, ...] = ()  # as the tool wrote them
    reasons: Mapping[str, str] = field(default_factory=dict)  # title of a highlight -> why

    def of(self, articles: Sequence[Article]) -> dict[int, Record]:
        """The record of each article of an issue file, edited or not; those without one are left out.

        >>> memory = Memory((Record("1", "a.txt", "甲", "正文。"),))
        >>> memory.of([Article("改过的题", "正文。")])[0].id
        '1'
        """
        pairs = same_articles([record.article for record in self.records], articles, edited=True)
        return {i: self.records[j] for i, j in pairs.items()}


def touched(article: Article, record: Record) -> bool:
    """Whether an editor changed an article of the issue file, or confirmed it by deleting its 请核对."""
    as_put = (record.column, record.title, record.body, record.source, record.date, bool(record.doubtful))
    doubt = bool(article.doubt) or (record.doubtful and record.column == REJECTED)
    return (article.column, article.title, article.body, article.source, article.date, doubt) != as_put


def drafted_highlights(issue: Issue, memory: Memory) -> bool:
    """Whether 本期重点 is still as the tool drafted it."""
    return issue.highlights == memory.highlights


def dump(memory: Memory) -> bytes:
    """The memory as readable JSON."""
    facts = {"说明": _NOTE, **dataclasses.asdict(memory)}
    facts["records"] = [{k: v for k, v in record.items() if v not in ("", False, ())} for record in facts["records"]]
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def load(data: bytes | None) -> Memory:
    """The memory in a file; an empty one where there is none or it cannot be read."""
    try:
        facts = json.loads(data or b"{}")
        names = {f.name for f in dataclasses.fields(Record)}
        records = []
        for row in facts.get("records", ()):
            row = {name: value for name, value in row.items() if name in names}
            records.append(Record(**{"path": "", "title": "", "body": "", **row, "notes": tuple(row.get("notes", ()))}))
        return Memory(
            records=tuple(records),
            refused=tuple((str(path), str(why)) for path, why in facts.get("refused", ())),
            limit=int(facts.get("limit", 0)),
            model=str(facts.get("model", "")),
            highlights=tuple(map(str, facts.get("highlights", ()))),
            reasons=dict(facts.get("reasons", {})),
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Memory()
