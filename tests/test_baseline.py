"""The linear baseline: what it learns, and that its file gives back the same baseline."""

import random

import numpy as np
import pytest

from nlp.errors import SubaoError, UnusableModel
from nlp.model.linear import MAX_TERMS, LinearClassifier

TEXTS = ["专利授权量增长", "商标注册和专利保护", "国家标准发布实施", "团体标准试点", "新产品交付首台套", "装备产品获奖"]
LABELS = ["知识产权", "知识产权", "标准化", "标准化", "产品市场", "产品市场"]


def random_rows(n, seed=13, labels=("甲", "乙", "丙")):
    draw = random.Random(seed)
    rows = [(draw.choice(labels), "".join(chr(draw.randrange(0x4E00, 0x4F00)) for _ in range(40))) for _ in range(n)]
    return [text + label * 2 for label, text in rows], [label for label, _ in rows]


def test_the_baseline_learns_the_words_of_a_column():
    baseline = LinearClassifier.fit(TEXTS, LABELS)
    assert baseline.predict(["专利", "标准", "产品"]) == ["知识产权", "标准化", "产品市场"]
    assert baseline.labels == sorted(set(LABELS))


def test_predictions_are_those_of_the_plain_scikit_learn_pipeline():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    texts, labels = random_rows(600)
    unseen, _ = random_rows(100, seed=14)
    tfidf = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    plain = make_pipeline(tfidf, LinearSVC(C=1, random_state=0)).fit(texts, labels)
    assert LinearClassifier.fit(texts, labels).predict(unseen) == plain.predict(unseen).tolist()


@pytest.mark.parametrize("labels", [("甲",), ("甲", "乙"), ("甲", "乙", "丙"), ("a b", "", "<b>", "国\n内", "=1+1")])
def test_a_loaded_baseline_is_the_fitted_one(tmp_path, labels):
    texts, truth = random_rows(120, labels=labels)
    fitted = LinearClassifier.fit(texts, truth)
    fitted.save(tmp_path / "linear.npz")
    loaded = LinearClassifier.load(tmp_path / "linear.npz")
    unseen, _ = random_rows(200, seed=14)
    assert loaded.labels == fitted.labels
    assert np.array_equal(loaded.margins(unseen), fitted.margins(unseen))
    assert loaded.predict(unseen) == fitted.predict(unseen)


def test_two_labels_are_told_apart_in_both_directions():
    baseline = LinearClassifier.fit(["专利专利", "标准标准"], ["知识产权", "标准化"])
    assert baseline.predict(["专利", "标准"]) == ["知识产权", "标准化"]


def test_one_label_is_always_predicted():
    assert LinearClassifier.fit(["专利", "商标"], ["知识产权"] * 2).predict(["天气", ""]) == ["知识产权"] * 2


def test_nothing_to_predict_is_nothing():
    assert LinearClassifier.fit(TEXTS, LABELS).predict([]) == []


def test_odd_characters_survive_the_file(tmp_path):
    texts = ["空\x00字符\n换行", "孤立\ud800代理", "𠀀扩展🙂", "İstanbul ﬁ"]
    fitted = LinearClassifier.fit(texts, ["a", "b", "c", "d"])
    fitted.save(tmp_path / "linear.npz")
    assert LinearClassifier.load(tmp_path / "linear.npz").predict(texts) == fitted.predict(texts)


def test_the_same_rows_give_the_same_file(tmp_path):
    for name in ("one", "two"):
        LinearClassifier.fit(TEXTS, LABELS).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_vocabulary_is_limited(tmp_path):
    draw = random.Random(13)
    texts = ["".join(chr(draw.randrange(0x4E00, 0x9000)) for _ in range(800)) for _ in range(100)]
    baseline = LinearClassifier.fit(texts, ["甲", "乙"] * 50)
    baseline.save(tmp_path / "linear.npz")
    assert baseline.margins(texts).shape == (100, 2) and len(baseline._terms) == MAX_TERMS
    assert (tmp_path / "linear.npz").stat().st_size < 4_000_000


def test_rows_without_text_are_refused():
    with pytest.raises(SubaoError, match="没有文字"):
        LinearClassifier.fit(["", " \n"], ["甲", "乙"])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnusableModel, match=r"linear.npz：.*缺少线性基线"):
        LinearClassifier.load(tmp_path / "linear.npz")


def test_a_damaged_file_is_an_unusable_model_wherever_it_is_hit(tmp_path):
    path = tmp_path / "linear.npz"
    fitted = LinearClassifier.fit(TEXTS, LABELS)
    fitted.save(path)
    whole, draw = path.read_bytes(), random.Random(13)
    damaged = [whole[: len(whole) * k // 20] for k in range(20)]
    for _ in range(150):
        at = draw.randrange(len(whole))
        damaged.append(whole[:at] + bytes([whole[at] ^ (1 << draw.randrange(8))]) + whole[at + 1 :])
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            assert LinearClassifier.load(path).predict(TEXTS) == fitted.predict(TEXTS)  # a bit nobody reads
        except UnusableModel as error:
            assert "linear.npz" in str(error) and "\n" not in str(error)
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("kind", ["text", "npy", "pickle", "other arrays", "other sizes"])
def test_a_file_of_another_kind_is_an_unusable_model(tmp_path, kind):
    path = tmp_path / "linear.npz"
    with path.open("wb") as file:
        if kind == "text":
            file.write("标题,正文\n".encode())
        elif kind == "npy":
            np.save(file, np.zeros(3))
        elif kind == "pickle":
            np.savez(file, words=np.array([{"labels": ["甲"]}], dtype=object))
        elif kind == "other arrays":
            np.savez(file, weights=np.zeros((2, 2)))
        else:
            words = np.frombuffer(b'{"labels": ["a", "b"], "terms": ["x"]}', np.uint8)
            np.savez(file, words=words, idf=np.ones(1), weights=np.ones((3, 1)), bias=np.zeros(3))
    with pytest.raises(UnusableModel, match="打不开或已损坏"):
        LinearClassifier.load(path)
