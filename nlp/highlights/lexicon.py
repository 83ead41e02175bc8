"""What the bulletin likes to lead with: words of titles and leads that speak for a subject or against it, with weights.

It knows words; it refuses to know levels, figures, columns and other articles. Words and weights are learnt
(`nlp.training.merit`) and lie in one file, a word a line, that a person can read and correct.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import UnusableModel
from ..model.folder import shipped_model

LEAD = 150  # characters of the body that say what the article is about
LONGEST = 4  # characters of a word; a single one is none
TELLING = 15  # thousandths from which a word is worth telling

TASTE, READ_TASTE = "taste.json", "taste-read.json"  # the words alone, and beside what the encoder reads

_LEFT_OUT = re.compile(r"\s+|【[^】]*】|[（(][^）)]*[）)]")  # series, datelines, years: they say how, not what


@dataclass(frozen=True)
class Lexicon:
    """How much a word says in a title and in a lead, in thousandths of a grade; ``base`` is what no word at all says."""

    base: int
    words: Mapping[str, tuple[int, int]]

    def rate(self, title: str, body: str) -> float:
        """The grade that such a subject is given, about 0 (never leads an issue) to 3 (leads most).

        >>> Lexicon(200, {"机器人": (300, 100)}).rate("机器人进车间", "工业机器人上岗。")
        0.6
        """
        return (self.base + sum(self._weights(title, body).values())) / 1000

    def telling(self, title: str, body: str, against: bool = False) -> list[str]:
        """The words that say most for the subject, or most ``against`` it, no word within another, at most three."""
        weights = self._weights(title, body)
        told: list[str] = []
        for word in sorted(weights, key=lambda word: (weights[word] if against else -weights[word], word)):
            says = -weights[word] if against else weights[word]
            if says >= TELLING and not any(word in other or other in word for other in told):
                told.append(word)
        return told[:3]

    def _weights(self, title: str, body: str) -> Counter[str]:
        weights: Counter[str] = Counter()
        for i, text in enumerate(parts(title, body)):
            for word in pieces(text) & self.words.keys():
                weights[word] += self.words[word][i]
        return weights


def parts(title: str, body: str) -> tuple[str, str]:
    """What is read of an article: title and lead without blanks, brackets and what stands in them."""
    return _LEFT_OUT.sub("", title), _LEFT_OUT.sub("", body[: 5 * LEAD])[:LEAD]


def pieces(text: str) -> set[str]:
    """All that could be a word: ``pieces("机器人") -> {"机器", "器人", "机器人"}``."""
    return {text[i : i + n] for n in range(2, LONGEST + 1) for i in range(len(text) - n + 1)}


@functools.cache
def load_lexicon(path: str | Path = TASTE) -> Lexicon:
    """Read a file of words, a shipped one by its name. UnusableModel where it is missing or damaged."""
    path = shipped_model("highlights") / path
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return Lexicon(int(facts["base"]), {word: (int(title), int(lead)) for word, (title, lead) in facts["words"].items()})
    except FileNotFoundError as error:
        raise UnusableModel(f"{path}：缺少选本期重点用的词表；请重新安装，或重新复制整个 models 文件夹") from error
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise UnusableModel(f"{path}：选本期重点用的词表读不出或已损坏；请重新复制整个 models 文件夹") from error


def as_json(taste: Lexicon) -> str:
    """The text of a file that ``load_lexicon`` reads, a word a line, the strongest first."""
    words = sorted(taste.words.items(), key=lambda item: (-sum(item[1]), item[0]))
    lines = ",\n".join(f"  {json.dumps(word, ensure_ascii=False)}: {list(weights)}" for word, weights in words)
    return f'{{\n "base": {taste.base},\n "words": {{\n{lines}\n }}\n}}\n'
