"""The same story told twice: which article is a copy of which, and which texts must stay together in a split.

It compares characters, numbers and place names; it knows nothing of files, columns or models. Candidates come from
an index of hashed character shingles (numpy, no quadratic pass); every candidate is then compared exactly.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from .bulletin import Article
from .text.markup import plain_text
from .text.places import PROVINCES, cities

if TYPE_CHECKING:
    import numpy as np

SHINGLE = 4  # characters; about two words
ALIKE = 0.6  # share of the shorter text's shingles found in the longer one; real copies reach .7 to 1.0
EXCERPT = 0.15  # an excerpt is at least this share of the fuller text: one item of a digest is not a copy of the digest
LONG_GROUP = 64  # of the texts that share a shingle only the first so many are looked up
CLOSEST = 8  # so many of the most alike fuller articles are compared exactly
PHRASE = 8  # words: what stands for another passage is not a replacement
LONG_PASSAGE = 1500  # of two passages that differ only the first so many words are aligned

_CLAUSE = re.compile(r"(?:\w|(?<=\d)\.(?=\d))+")
_NUMERALS = str.maketrans("〇零一二三四五六七八九两", "001234567892")
_NUMBER = r"[\d十百千万亿][\d.十百千万亿]*"
_TOKEN = re.compile(rf"{_NUMBER}(?:[年月日时点]{_NUMBER})*|\w")
_SELF = frozenset("我全本该其")  # 我市 in one paper is 常州市 in another


def find_duplicates(articles: Sequence[Article]) -> dict[int, int]:
    """Map each copy to the fuller article that stays (longest body, ties to the earlier), never to another copy.

    Retitled, shortened, excerpted, with a dateline or other punctuation: a copy. Another year, number or place: not.
    The groups do not depend on the order of the articles.
    """
    titles = [_clauses(article.title) for article in articles]
    bodies = [_clauses(plain_text(article.body)) for article in articles]
    plain = ["".join(title + body) for title, body in zip(titles, bodies, strict=True)]
    length = [sum(map(len, body)) for body in bodies]
    order = sorted(range(len(articles)), key=lambda i: (-length[i], plain[i], i))
    shingles = [_shingles(plain[i]) for i in order]
    kept: dict[int, list[int]] = {}
    for rank, candidates in enumerate(_earlier_candidates(shingles)):
        i = order[rank]
        alike = []
        for other in [c for c in candidates if order[c] in kept][:CLOSEST]:
            j = order[other]
            share = _containment(shingles[rank], shingles[other])
            if share >= ALIKE and (length[i] >= EXCERPT * length[j] or titles[i] == titles[j]):
                alike.append((-share, other))
        for _, other in sorted(alike):
            j = order[other]
            if plain[i] == plain[j] or not _contradict(titles[i], titles[j], bodies[i], bodies[j]):
                kept[j].append(i)
                break
        else:
            kept[i] = [i]
    copies = {}
    for first, group in kept.items():
        fullest = min(i for i in group if length[i] == length[first])
        copies.update({i: fullest for i in group if i != fullest})
    return dict(sorted(copies.items()))


def clusters(texts: Sequence[str]) -> list[int]:
    """Give each text the number of its cluster of near-duplicates, so that a split never separates them.

    Looser than ``find_duplicates``: other numbers or places do not separate, and neighbours of neighbours belong.

    >>> clusters(["常州发布智能制造三年行动计划。", "新专利法施行", "常州发布智能制造三年行动计划"])
    [0, 1, 0]
    """
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), texts[i]))
    shingles = [_shingles("".join(_clauses(texts[i]))) for i in order]
    parent = list(range(len(texts)))

    def root(rank: int) -> int:
        while parent[rank] != rank:
            parent[rank] = rank = parent[parent[rank]]
        return rank

    for rank, candidates in enumerate(_earlier_candidates(shingles)):
        for other in candidates:
            if root(rank) != root(other) and _containment(shingles[rank], shingles[other]) >= ALIKE:
                parent[root(rank)] = root(other)
    roots = [0] * len(texts)
    for rank, i in enumerate(order):
        roots[i] = root(rank)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(r, len(numbers)) for r in roots]


def _clauses(text: str) -> list[str]:
    """Cut text at punctuation, with width, case and Chinese digits made equal.

    >>> _clauses("２０２２年，增长５．３％；Ｇ网二〇二二")
    ['2022年', '增长5.3', 'g网2022']
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_NUMERALS)
    return _CLAUSE.findall(re.sub(r"(?<=\d),(?=\d{3})", "", text))


def _shingles(text: str) -> np.ndarray:
    """Hash each run of SHINGLE characters to 64 bits, the same on every machine; sorted, each once."""
    import numpy as np

    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = max(0, len(letters) - SHINGLE + 1)
    hashes = np.zeros(count, np.uint64)
    for offset in range(SHINGLE):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + letters[offset : offset + count]
    hashes ^= hashes >> np.uint64(31)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique(hashes ^ (hashes >> np.uint64(29)))


def _containment(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the smaller set's shingles that the other has too."""
    import numpy as np

    return len(np.intersect1d(one, other, assume_unique=True)) / max(1, min(len(one), len(other)))


def _earlier_candidates(shingles: Sequence[np.ndarray]) -> Iterator[list[int]]:
    """For each text the earlier texts that share enough of a sample (a quarter) of its shingles, closest first."""
    import numpy as np

    samples = [hashes[hashes % np.uint64(4) == 0] for hashes in shingles]
    sizes = np.array([len(sample) for sample in samples], np.int64)
    if not sizes.sum():
        yield from ([] for _ in samples)
        return
    keys = np.concatenate(samples)
    order = np.argsort(keys, kind="stable")  # within a shingle the texts stay in their order
    owners = np.repeat(np.arange(len(samples)), sizes)[order]
    new = np.append(True, keys[order][1:] != keys[order][:-1])
    first = np.empty(len(keys), np.int64)
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys))
    first[order] = np.maximum.accumulate(np.where(new, np.arange(len(keys)), 0))
    stops = np.cumsum(sizes)
    for i, (start, stop) in enumerate(zip(stops - sizes, stops, strict=True)):
        begins, ends = first[start:stop], rank[start:stop]
        shared = ends > begins
        runs = zip(begins[shared].tolist(), np.minimum(ends, begins + LONG_GROUP)[shared].tolist(), strict=True)
        found = [owners[begin:end] for begin, end in runs]
        if not found:
            yield []
            continue
        counts = np.bincount(np.concatenate(found), minlength=i)
        enough = np.flatnonzero(counts > ALIKE / 2 * np.minimum(sizes[:i], sizes[i]))
        yield enough[np.argsort(-counts[enough], kind="stable")].tolist()


def _contradict(title: list[str], other_title: list[str], body: list[str], other_body: list[str]) -> bool:
    """Say whether two alike articles state different numbers or places in the same sentence, or swap one name for
    another throughout (a look-alike: the notice of another year, the same news of another company)."""
    swaps: Counter[tuple[str, str]] = Counter()
    shortened = abs(sum(map(len, body)) - sum(map(len, other_body))) > 20
    retitled = SequenceMatcher(None, "".join(title), "".join(other_title)).ratio() < 0.5
    for one, other in ((body, other_body),) if retitled else ((title, other_title), (body, other_body)):
        for left, old, new, right in _replacements(one, other):
            long, short = sorted((old, new), key=len, reverse=True)
            if shortened and ((not right and long.startswith(short)) or (not left and long.endswith(short))):
                continue  # one text was cut off in the middle of a number
            numbers = [Counter(re.findall(_NUMBER, words)) for words in (old, new)]
            places = [Counter(_place_pattern().findall(left[-2:] + words + right[:2])) for words in (old, new)]
            if any(mine - yours and yours - mine for mine, yours in (numbers, places)):
                return True
            if not any(numbers) and not _SELF & {old, new}:
                swaps[old, new] += 1
    return max(swaps.values(), default=0) > 1


@functools.cache
def _place_pattern() -> re.Pattern[str]:
    """Places by name or by the 省市区县 behind them; a half-year passes for a place."""
    names = "|".join((*PROVINCES, *cities())).translate(_NUMERALS)  # as in a clause: 三明 is 3明
    return re.compile(rf"[上下]半年|[^\W\d_][^\W\d_该全我本各](?=[省市区县镇乡旗盟])|{names}")


def _replacements(one: list[str], other: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Align two texts given as clauses; yield (left, old, new, right) where a few words stand for a few others.

    >>> list(_replacements(["第46期发布"], ["第47期发布"]))
    [('第', '46', '47', '期发布')]
    """
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, one, other).get_opcodes():
        if kind != "replace":
            continue
        before, after = one[max(0, i1 - 3) : i1], one[i2 : i2 + 3]  # mostly equal: the context at the edges
        a = _TOKEN.findall(" ".join(before + one[i1:i2] + after))[:LONG_PASSAGE]
        b = _TOKEN.findall(" ".join(before + other[j1:j2] + after))[:LONG_PASSAGE]
        steps: list[tuple[str, int, int, int, int]] = []
        for step in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if len(steps) > 1 and {step[0], steps[-2][0]} == {"insert", "delete"} and step[1] - steps[-2][2] == 1:
                step = ("replace", steps[-2][1], step[2], steps[-2][3], step[4])  # 江苏 for 浙江: they share 江
                del steps[-2:]
            steps.append(step)
        for n, (step, a1, a2, b1, b2) in enumerate(steps):
            if step != "replace":
                continue
            left = a[steps[n - 1][1] : a1] if n else []
            right = a[a2 : steps[n + 1][2]] if n + 1 < len(steps) else []
            firmness = len(left) + len(right) + 2 * (n <= 1) + 2 * (n >= len(steps) - 2)  # an edge counts as two words
            if firmness < 4 or min(a2 - a1, b2 - b1) > PHRASE:
                continue
            old, new = a[a1:a2], b[b1:b2]
            if max(len(old), len(new)) > PHRASE:  # something was added beside: compare the ends at the firmer side
                width = min(len(old), len(new))
                firm = slice(-width, None) if len(right) > len(left) else slice(0, width)
                old, new = old[firm], new[firm]
            yield "".join(left), "".join(old), "".join(new), "".join(right)
