"""The desk itself: what the page may ask for and what it may have done, as calls with plain values.

It brings the issue file, the model's opinions, the archive and the inbox together; it refuses to know HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..bulletin import Article
from ..errors import SubaoError
from ..house import House
from ..issue.checks import check
from ..issue.folder import Standing
from . import show
from .archive import Archive
from .decisions import decide, keys_of, name_of
from .explain import Passed
from .issue_file import IssueFile
from .opinions import Opinions
from .statistics import statistics_picture

PICTURE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}


@dataclass
class Desk:
    """An issue on the desk: its file, what the model thinks of it, and what lies around it."""

    file: IssueFile
    house: House
    opinions: Opinions
    archive: Archive
    inbox: Path  # where new files go
    template: Path | None = None  # the newsroom's own Word template
    show_folder: Callable[[Path], None] = lambda folder: None

    def house_facts(self) -> dict:
        """What does not change while the desk is open."""
        return {
            "name": self.house.name, "file": self.file.path.name, "folder": self.file.path.resolve().parent.name,
            "columns": show.columns(self.house), "archive": self.archive.exists,
        }  # fmt: skip

    def issue(self) -> dict:
        """The issue as it stands in the file."""
        return self._shown(self.file.read())

    def state(self) -> dict:
        """Whether anything is new: the file's version, and how many articles the model has yet to read."""
        return {"version": self.file.version(), "unread": self.opinions.left, "trouble": self.opinions.trouble}

    def article(self, key: str) -> dict:
        """One article to read."""
        self.opinions.pause()
        return show.article(self._article(key), key)

    def why(self, key: str) -> dict:
        """What decided on one article: the first choices, the sentences and words that weighed most; or ``passed``."""
        try:
            prediction, grounds = self.opinions.why(self._article(key))
        except Passed:
            return {"key": key, "passed": True}
        return {
            "key": key, "choices": show.choices(prediction), "sentences": [list(pair) for pair in grounds.sentences],
            "title": grounds.title, "words": list(grounds.words),
        }  # fmt: skip

    def same_story(self, key: str) -> list[dict]:
        """The other articles of the issue that tell the story of one, whole, to be laid beside it."""
        articles = self.file.read().issue.articles
        keys = keys_of(articles)
        if key not in keys:
            raise KeyError(key)
        return [show.article(articles[i], keys[i]) for i in self.opinions.same_story(articles, keys.index(key))]

    def act(self, version: str, action: Mapping[str, object]) -> dict:
        """Do one action on the version the page saw; answered when it is on the disk."""
        at = -1
        self.opinions.interrupt()

        def step(issue):
            nonlocal at
            changed = decide(issue, self._with_sentence(issue, action), self.house)
            at = _index_of(issue, changed, action)
            return changed

        standing = self.file.change(version, step, name_of(action))
        keys = keys_of(standing.issue.articles)
        return self._shown(standing) | {"key": keys[at] if 0 <= at < len(keys) else action.get("key")}

    def undo(self, version: str) -> dict:
        """Take the last step back; the answer names it."""
        self.opinions.interrupt()
        standing, what = self.file.undo(version)
        return self._shown(standing) | {"what": what}

    def redo(self, version: str) -> dict:
        """Do again what was undone last."""
        self.opinions.interrupt()
        standing, what = self.file.redo(version)
        return self._shown(standing) | {"what": what}

    def receive(self, name: str, data: bytes) -> str:
        """Lay a file that was dropped onto the page into the inbox; return the name it got there."""
        from . import arrivals  # what reads documents is not needed to open the desk

        return arrivals.lay_down(self.inbox, name, data)

    def take_in(self) -> dict:
        """Merge what is new in the inbox into the issue, as ``subao draft`` does."""
        from . import arrivals

        lines = arrivals.take_in(self.file, self.inbox, self.house, self.opinions.read, self.opinions.signature)
        return self.issue() | {"lines": lines}

    def check(self) -> list[dict]:
        """What is open or wrong in the issue file, errors first."""
        standing = self.file.read()
        found = sorted(check(standing.text, self.house, standing.memory), key=lambda remark: not remark.error)
        return [{"line": r.line, "text": r.text, "error": r.error} for r in found]

    def print_issue(self, anyway: bool) -> dict:
        """Set the Word file and show its folder; ``stopped`` where errors are open and ``anyway`` was not said."""
        errors = [] if anyway else [remark for remark in self.check() if remark["error"]]
        if errors:
            return {"stopped": errors}
        from .printing import set_word  # nor is what sets type

        lines = set_word(self.file, self.house, self.template)
        self.show_folder(self.file.place.folder)
        return self.issue() | {"lines": lines}

    def find(self, words: str) -> list[dict]:
        """Where the words stand in earlier issues."""
        return [
            {
                "issue": hit.issue, "issue_date": hit.date, "column": hit.article.column, "title": hit.article.title,
                "source": hit.article.source, "date": hit.article.date,
                "excerpt": [hit.excerpt[: hit.start], hit.excerpt[hit.start : hit.end], hit.excerpt[hit.end :]],
                "body": hit.article.body,
            }
            for hit in self.archive.find(words)[:30]
        ]  # fmt: skip

    def statistics(self) -> bytes | None:
        """The picture of what was received, printed and corrected (SVG), if there is one."""
        return statistics_picture(self.archive.path or self.file.path.parent, self.house)

    def picture(self, name: str) -> tuple[bytes, str] | None:
        """A picture of the issue and its type, by its bare name."""
        path = self.file.place.pictures / Path(name).name
        kind = PICTURE_TYPES.get(path.suffix.lower())
        return (path.read_bytes(), kind) if kind and path.is_file() else None

    def close(self) -> None:
        """Finish what waits; nothing is read any more."""
        self.opinions.close()
        self.file.close()

    def _shown(self, standing: Standing) -> dict:
        self.opinions.ask(standing.issue.articles)
        outline = show.outline(standing.issue, self.house, self.opinions)
        return outline | {"version": standing.version} | self.file.steps()

    def _article(self, key: str) -> Article:
        articles = self.file.read().issue.articles
        for found, name in zip(articles, keys_of(articles), strict=True):
            if name == key:
                return found
        raise KeyError(key)

    def _with_sentence(self, issue, action: Mapping[str, object]) -> Mapping[str, object]:
        """The page names a sentence by its number; a decision names it by its words."""
        if action.get("do") != "sentence" or "number" not in action:
            return action
        keys = keys_of(issue.articles)
        if action.get("key") not in keys:
            return action
        body = issue.articles[keys.index(str(action["key"]))].body
        words = show.sentence_text(body, int(str(action["number"])))
        if not words:
            raise SubaoError("正文里没有这一句；请刷新页面再选")
        return {**action, "sentence": words}


def _index_of(before, after, action: Mapping[str, object]) -> int:
    """Where the article of an action is now: the one that is new among the articles, else where it was."""
    keys = keys_of(before.articles)
    if action.get("key") not in keys:
        return -1
    old = set(before.articles)
    changed = [i for i, article in enumerate(after.articles) if article not in old]
    return changed[0] if changed else next(
        (i for i, article in enumerate(after.articles) if article == before.articles[keys.index(str(action["key"]))]), -1
    )
