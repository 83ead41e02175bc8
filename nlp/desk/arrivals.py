"""Files that were dropped onto the page: laid into the inbox, read, and merged into the issue as a later draft would.

It knows an inbox and an issue's folder; it refuses to know the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..bulletin import Article, Prediction
from ..documents.articles import read_articles
from ..errors import UnreadableFile
from ..files import safe_name, write_file
from ..house import House
from ..issue.draft import Facts
from ..issue.folder import Standing, write_standing
from ..issue.identity import same_articles
from ..issue.merge import merge, unknown_articles
from .issue_file import IssueFile

LIMIT = 20  # articles printed at most, where no draft has said


def lay_down(inbox: Path, name: str, data: bytes) -> str:
    """Write a file into the inbox, beside what is there and never over it; return the name it got."""
    plain = safe_name(Path(name.replace("\\", "/")).name)
    path, count = inbox / plain, 1
    while path.exists() and path.read_bytes() != data:
        count += 1
        path = inbox / f"{Path(plain).stem}_{count}{Path(plain).suffix}"
    write_file(path, data)
    return path.name


def take_in(
    file: IssueFile, inbox: Path, house: House, predict: Callable[[Sequence[Article]], list[Prediction]], signature: Callable[[], str],
) -> list[str]:  # fmt: skip
    """Merge what is new in the inbox into the issue, in one step; lines to show. What came before stays as it is.

    Raises SubaoError: nothing could be read, there is no model, or the issue was changed meanwhile.
    """
    refused: list[UnreadableFile] = []
    came = read_articles(inbox, refused.append)
    said = [f"读不出：{error}" for error in refused]
    predictions: dict[str, Prediction] = {}
    while True:  # until nobody changed the issue while the model was reading
        standing = file.read()
        incoming = _with_known(standing, came)
        unknown = [article for article in unknown_articles(standing.memory, incoming) if article.path not in predictions]
        if not unknown:
            break
        predictions |= {p.article.path: p for p in predict(unknown)}
    if not came:
        return said or [f"{inbox}：里面没有读到稿件"]
    bad = {path: reason for path, reason in (*standing.memory.refused, *((e.path, e.reason) for e in refused))}
    facts = Facts(standing.memory.limit or LIMIT, signature(), tuple(bad.items()))

    def step(standing: Standing) -> list[str]:
        merged = merge(standing.issue, standing.memory, incoming, predictions, house, facts)
        pictures = {standing.place.pictures / p.name: p.data for article in came for p in article.pictures}
        file.standing = write_standing(standing, merged.issue, house, "合并来稿", memory=merged.memory, more=pictures).standing
        return [*said, *merged.report.overview(), merged.report.last_line()]

    return file.at(standing.version, step)


def _with_known(standing: Standing, came: list[Article]) -> list[Article]:
    """What came, with what earlier drafts brought: the inbox of the page need not be theirs."""
    earlier = [record.article for record in standing.memory.records if not record.gone]
    known = same_articles(earlier, came)
    return came + [article for i, article in enumerate(earlier) if i not in known]
