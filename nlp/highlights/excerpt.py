"""How much of the body is printed for a sentence that was chosen: all of it, without the number before it.

It moves the two ends of a stretch of the body; it refuses to choose and to change a character between them.
"""

from __future__ import annotations

import re

from .candidates import SHORTEST, Candidate

GLANCE = 120  # characters of a sentence whose clauses are printed together
_NUMBER = re.compile(r"\s*(?:第[一二三四五六七八九十百\d]+条|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+[、．.](?!\d))\s*")
_NTH = re.compile("([一二三四五六七八九十])是")
_OPEN = "；;"


def excerpt(body: str, one: Candidate) -> tuple[int, int]:
    """Where what is printed begins and ends.

    A clause that a semicolon ends takes the rest of its sentence with it where it is at least half of it and both are
    read at a glance; else it is printed without the semicolon. The number of a paragraph stays behind.

    >>> body = "1．出口增长14.4%，创历史同期新高；进口下降。"
    >>> body[slice(*excerpt(body, Candidate("1．出口增长14.4%，创历史同期新高；", 0, True, "", (0, len(body)))))]
    '出口增长14.4%，创历史同期新高；进口下降。'
    """
    start, end = one.start, one.end
    if one.sentence:
        first, last = one.sentence
        if last - first <= min(GLANCE, 2 * (end - start)):
            start, end = first, last
    end = start + len(body[start:end].rstrip(_OPEN).rstrip())
    number = _NUMBER.match(body, start, end)
    if not number and len(_NTH.findall(body[start:end])) == 1:
        number = _NTH.match(body, start, end)
    if number and end - number.end() >= SHORTEST:
        start = number.end()
    return start, end
