"""The linear classifier that stands beside every figure, and has a say in the answer: characters, TF-IDF, a linear SVM.

It knows texts and labels, nothing of articles or encoders. Only fitting needs scikit-learn.
"""

from __future__ import annotations

import itertools
import json
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ..bulletin import Article
from ..errors import SubaoError, UnusableModel, need
from ..text.markup import plain_text

MAX_TERMS = 60_000  # the most frequent ones; all 149,000 of 3,700 articles do no better (83.5 % against 83.7 %)
FEW_ROWS = 500  # below this a character pair seen once still counts

_SPACES = re.compile(r"\s\s+")


class LinearClassifier:
    """Character 1–2-gram TF-IDF with a linear SVM, one weight row for each label.

    ``LinearClassifier.fit(["专利授权", "标准发布"], ["知识产权", "标准化"]).predict(["专利"]) -> ["知识产权"]``
    """

    def __init__(self, labels: list[str], terms: list[str], idf: np.ndarray, weights: np.ndarray, bias: np.ndarray):
        self.labels = labels
        self._terms, self._idf, self._weights, self._bias = terms, idf, weights, bias
        self._columns = {term: i for i, term in enumerate(terms)}

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Sequence[str]) -> LinearClassifier:
        """Learn from texts and their labels; with one label only, the prediction is always that one."""
        need("sklearn")
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        if not any(text.strip() for text in texts):
            raise SubaoError("训练线性基线：训练数据里没有文字；请检查训练数据的 title 和 body")
        vectorizer = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 2), sublinear_tf=True, max_features=MAX_TERMS,
            min_df=1 if len(texts) < FEW_ROWS else 2,
        )  # fmt: skip
        matrix = vectorizer.fit_transform(texts)
        names = sorted(set(labels))
        if len(names) == 1:
            weights, bias = np.zeros((1, matrix.shape[1])), np.zeros(1)
        else:
            svm = LinearSVC(C=1, random_state=0).fit(matrix, [names.index(label) for label in labels])
            weights, bias = svm.coef_, svm.intercept_
            if len(names) == 2:  # scikit-learn keeps the second label's row only
                weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        terms = vectorizer.get_feature_names_out().tolist()
        idf = vectorizer.idf_.astype(np.float32)  # all in the file's precision: the loaded one is this one
        return cls(names, terms, idf, weights.astype(np.float16), bias.astype(np.float32))

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        """How far each text lies on the side of each label: (texts, labels), in the order of ``labels``."""
        rows = np.zeros((len(texts), len(self.labels)))
        for row, text in zip(rows, texts, strict=True):
            columns, values = self._features(text)
            row += values @ self._weights[:, columns].T.astype(np.float64) + self._bias
        return rows

    def pulls(self, text: str, label: str, against: str) -> dict[str, float]:
        """How much each term of a text draws it towards one label rather than another: term -> share of the margin."""
        terms, values = self._features(text)
        weights = self._weights[[self.labels.index(label), self.labels.index(against)]][:, terms].astype(np.float64)
        drawn = values * (weights[0] - weights[1])
        return {self._terms[term]: float(share) for term, share in zip(terms, drawn, strict=True)}

    def _features(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values of a text's terms, as the TfidfVectorizer of ``fit`` gives them."""
        text = _SPACES.sub(" ", text.lower())
        counts = Counter(text)
        counts.update(map("".join, itertools.pairwise(text)))
        known = [(column, n) for term, n in counts.items() if (column := self._columns.get(term)) is not None]
        columns = np.array([column for column, _ in known], dtype=np.int64)
        values = (1 + np.log(np.array([n for _, n in known], dtype=np.float64))) * self._idf[columns]
        return columns, values / max(np.sqrt(values @ values), 1e-12)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The label of each text."""
        return [self.labels[i] for i in self.margins(texts).argmax(axis=1)] if len(texts) else []

    def save(self, path: Path) -> None:
        """Write one .npz of plain arrays; the same classifier gives the same bytes."""
        words = json.dumps({"labels": self.labels, "terms": self._terms}).encode("ascii")
        with open(path, "wb") as file:
            np.savez_compressed(
                file,
                words=np.frombuffer(words, np.uint8),
                idf=self._idf,
                weights=self._weights,
                bias=self._bias,
            )

    @classmethod
    def load(cls, path: Path) -> LinearClassifier:
        """Read what ``save`` wrote; anything else is an UnusableModel."""
        try:
            with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
                words = json.loads(file["words"].tobytes())
                labels, terms, idf = words["labels"], words["terms"], file["idf"]
                weights, bias = file["weights"], file["bias"]
            if not labels or weights.shape != (len(labels), len(terms)) or bias.shape != (len(labels),):
                raise ValueError("arrays of different sizes")
            return cls(labels, terms, idf, weights, bias)
        except FileNotFoundError as error:
            raise UnusableModel(f"{path}：模型文件夹里缺少线性基线；请重新训练，或重新复制整个模型文件夹") from error
        except _DAMAGE as error:
            raise UnusableModel(f"{path}：线性基线文件打不开或已损坏；请重新训练，或重新复制整个模型文件夹") from error


# What zipfile, numpy and json raise on a file that is cut, altered or of another kind.
_DAMAGE = (OSError, EOFError, ValueError, TypeError, AttributeError, LookupError, RuntimeError, BadZipFile, zlib.error)


def texts_of(articles: Sequence[Article]) -> list[str]:
    """What the linear classifier reads of each article: title and body."""
    return [f"{article.title}\n{plain_text(article.body)}" for article in articles]
