"""The simple ways that the tool is measured against: articles chosen and sentences picked without learning anything.

Two of them are public tools, LexRank of sumy and snownlp, asked where they are installed. They know order, length and shared characters; only ``oracle`` looks at the answer. Ties go to the earlier one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ..bulletin import Article
from ..text.sentences import bigrams, dice, split_sentences
from .rouge import overlap

HEAD = 150  # characters of a body that count for centrality
DAMPING = 0.85  # of TextRank, as published

Chooser = Callable[[Sequence[Article], int], set[int]]  # articles of an issue, how many -> their indices


def first(articles: Sequence[Article], k: int) -> set[int]:
    """The first k articles of the issue."""
    return set(range(min(k, len(articles))))


def one_per_column(articles: Sequence[Article], k: int) -> set[int]:
    """The first article of each column, then the second of each, and so on."""
    nth: Counter[str | None] = Counter()
    turns = []
    for i, article in enumerate(articles):
        turns.append((nth[article.column], i))
        nth[article.column] += 1
    return {i for _, i in sorted(turns)[:k]}


def longest(articles: Sequence[Article], k: int) -> set[int]:
    """The k articles with most characters."""
    return _top([len(article.body) for article in articles], k)


def central(articles: Sequence[Article], k: int) -> set[int]:
    """The k articles that share most character pairs with the others, counted in titles and beginnings."""
    sets = [bigrams(f"{article.title}\n{article.body[:HEAD]}") for article in articles]
    return _top([sum(dice(one, other) for other in sets) for one in sets], k)


def _top(scores: Sequence[float], k: int) -> set[int]:
    return set(sorted(range(len(scores)), key=lambda i: -scores[i])[:k])


CHOOSERS: dict[str, Chooser] = {
    "first": first, "one_per_column": one_per_column, "longest": longest, "centrality": central,
}  # fmt: skip


def sentence_peers(body: str, reference: str) -> dict[str, str]:
    """What each peer takes for the sentence of a body that says most: lead, textrank and, knowing the reference, oracle."""
    sentences = split_sentences(body)
    return {"lead": lead(sentences), "textrank": textrank(sentences), "oracle": oracle(sentences, reference)}


def lead(sentences: Sequence[str]) -> str:
    """The first sentence; "" of none."""
    return next(iter(sentences), "")


def textrank(sentences: Sequence[str]) -> str:
    """The sentence that the others point to most (Mihalcea & Tarau 2004), words being pairs of characters; "" of none.

    The ranks are the fixed point itself, by linear algebra, not some steps towards it.
    """
    import numpy as np

    if not sentences:
        return ""
    sets = [bigrams(sentence) for sentence in sentences]
    shared = np.array([[len(one & other) for other in sets] for one in sets], dtype=float)
    np.fill_diagonal(shared, 0)
    size = np.log1p([len(one) for one in sets])
    like = np.divide(shared, size[:, None] + size, out=shared, where=shared > 0)
    given = like.sum(axis=0)
    links = np.divide(like, given, out=like, where=given > 0)
    ranks = np.linalg.solve(np.eye(len(sets)) - DAMPING * links, np.full(len(sets), 1 - DAMPING))
    return sentences[int(ranks.round(9).argmax())]


def lexrank(sentences: Sequence[str]) -> str:
    """The sentence that sumy's LexRank takes of those given, "" where it takes none; ImportError without sumy."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.nlp.tokenizers import Tokenizer
    from sumy.summarizers.lex_rank import LexRankSummarizer

    tokenizer = Tokenizer("chinese")
    document = ObjectDocumentModel([Paragraph([Sentence(sentence, tokenizer) for sentence in sentences])])
    return "".join(map(str, LexRankSummarizer()(document, 1)))


def snownlp(sentences: Sequence[str]) -> str:
    """The piece of text that snownlp takes, which cuts at commas too; ImportError without snownlp."""
    from snownlp import SnowNLP

    return "".join(SnowNLP("\n".join(sentences)).summary(1))


def oracle(sentences: Sequence[str], reference: str) -> str:
    """The one sentence nearest to the reference, which no tool can see: as far as one sentence can get; "" of none."""
    return max(sentences, key=lambda sentence: overlap(reference, sentence), default="")


MARKED_PEERS: dict[str, Callable[[Sequence[str]], str]] = {"lexrank": lexrank, "snownlp": snownlp, "textrank": textrank}
