"""The Word file of the issue on the desk, as ``subao issue`` sets it: ours is set anew, one changed by hand stays.

It knows an issue's folder; what is on the page and what is wrong in the issue is not its business.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import SubaoError
from ..files import write_file
from ..house import House
from ..issue.folder import Standing, write_standing
from ..issue.printing import set_in_type, unchanged
from .issue_file import IssueFile


def set_word(file: IssueFile, house: House, template: Path | None = None) -> list[str]:
    """Set the issue as it stands; lines to show, the last one saying where it lies.

    Raises SubaoError where the Word file was changed by hand or is open, and where the issue changed meanwhile.
    """
    standing, word = file.read(), file.place.word
    if word.exists() and not unchanged(word):
        raise SubaoError(f"{word.name}：手工改过，原样留着；要重新排，请先给它改名或移走，再按一次")
    data, said = set_in_type(standing.issue, house, template, standing.place.folder)

    def step(standing: Standing) -> list[str]:
        if standing.drafted:
            wrote = write_standing(standing, standing.issue, house, "排版", more={word: data})
            file.standing, written = wrote.standing, word in wrote.written
        else:
            written = write_file(word, data, force=True)
        return [*said, f"{'写好' if written else '没有变化'}：{word}"]

    return file.at(standing.version, step)
