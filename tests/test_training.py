"""From labelled articles to a model folder: honest splits, honest figures, nothing overwritten."""

from __future__ import annotations

import csv
import dataclasses
import json
import random

import pytest
from conftest import CORPUS, ROOT, TINY, count_labels

from nlp.bulletin import Article
from nlp.errors import SubaoError
from nlp.house import load_house
from nlp.model.classifier import ColumnClassifier
from nlp.model.folder import shipped_model
from nlp.model.linear import LinearClassifier, texts_of
from nlp.training.data import read_labelled, split
from nlp.training.finetune import batch_for, epochs_for, fit
from nlp.training.run import measure_again, train


def test_the_corpus_has_enough_of_every_column_and_a_fifth_of_hard_cases(corpus):
    counts = count_labels(corpus)
    assert counts.pop("不收录") >= 40
    assert len(counts) == 7 and min(counts.values()) >= 25
    rows = [json.loads(line) for line in (CORPUS / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(200 <= len(row["body"]) <= 900 for row in rows)
    hard = [row for row in rows if row["hard"]]
    assert len(hard) >= len(rows) / 5 and all(row["rule"] for row in hard)
    topics = {part: {row["topic"] for row in rows if row["part"] == part} for part in ("train", "test")}
    assert not topics["train"] & topics["test"]


def test_near_duplicates_never_stand_on_both_sides_of_the_split(corpus):
    rows = [dataclasses.replace(a, part="") for a in corpus]
    twins = [dataclasses.replace(a, title=a.title + "（转载）", body="本报讯 " + a.body[:-20]) for a in rows[::5]]
    articles = [*rows, *twins]
    train_rows, test_rows = split(articles, 0.2, 13)
    assert sorted(train_rows + test_rows) == list(range(len(articles)))
    for k in range(len(twins)):
        assert (5 * k in train_rows) == (len(rows) + k in train_rows)


def test_every_label_is_held_out_in_proportion_and_a_fixed_part_stands(corpus):
    rows = [dataclasses.replace(a, part="") for a in corpus]
    _, held = split(rows, 0.1, 13)
    for label, n in count_labels([rows[i] for i in held]).items():
        assert n == pytest.approx(0.1 * count_labels(rows)[label], abs=1)
    train_rows, test_rows = split(corpus, 0.1, 13)
    assert {corpus[i].part for i in test_rows} == {"test"}
    assert {corpus[i].part for i in train_rows} == {"train"}


def test_training_writes_a_whole_model_with_its_figures(tiny_model):
    names = {path.name for path in tiny_model.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "subao.json", "report.json", "baseline.npz"} <= names
    assert not any(name.startswith("checkpoint") for name in names)
    report = json.loads((tiny_model / "report.json").read_text(encoding="utf-8"))
    assert report["figures"]["n"] == sum(report["rows"]["held_out"].values())
    assert {"majority", "linear"} <= set(report["figures"]["baselines"])
    with (tiny_model / "held-out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    right = sum(row["column"] == row["predicted"] for row in rows)
    assert right / len(rows) == pytest.approx(report["figures"]["accuracy"])
    printed = (tiny_model / "lines.txt").read_text(encoding="utf-8")
    assert "训练" in printed and "标准化" in printed and "线性" in printed


def test_what_is_easy_is_learnt_and_with_shuffled_labels_nothing_is(corpus, tiny_base, tmp_path):
    easy = [dataclasses.replace(a, title=a.column, body=f"{a.column}。" * 3 + a.body[:20]) for a in corpus]
    labels = [a.column for a in easy]
    random.Random(1).shuffle(labels)
    shuffled = [dataclasses.replace(a, column=label) for a, label in zip(easy, labels, strict=True)]
    settings = dataclasses.replace(TINY, epochs=4, batch=32, length=32, learning_rate=4e-3)
    accuracy = []
    for rows, name in ((easy, "easy"), (shuffled, "shuffled")):
        train_rows, test_rows = split(corpus, 0.2, 13)  # by the articles as they are: the easy ones repeat each other
        fitted = fit([rows[i] for i in train_rows], sorted({*labels}), str(tiny_base), settings, tmp_path / name, load_house())
        answers = fitted.predict([rows[i] for i in test_rows])
        accuracy.append(sum(p.column == p.article.column for p in answers) / len(answers))
    assert accuracy[0] > 0.9 and accuracy[1] < 0.35, accuracy
    fitted.save(tmp_path / "m")  # what is measured after training is what is saved
    assert ColumnClassifier.load(tmp_path / "m").logits(corpus[:9]) == pytest.approx(fitted.logits(corpus[:9]), abs=1e-5)


def test_an_existing_or_shipped_model_is_never_overwritten(corpus, tiny_model):
    with pytest.raises(SubaoError, match="已经训练完"):
        train(corpus, dataclasses.replace(TINY, output=tiny_model), lambda line: None)
    with pytest.raises(SubaoError, match="自带的模型"):
        train(corpus, dataclasses.replace(TINY, output=shipped_model()), lambda line: None)


def test_too_little_data_and_a_missing_base_are_said_in_one_line(corpus, tmp_path):
    with pytest.raises(SubaoError, match="不足以训练"):
        train([Article("甲", "乙", column="丙")] * 30, dataclasses.replace(TINY, output=tmp_path / "a"), lambda line: None)
    same = [dataclasses.replace(a, part="train") for a in corpus]
    with pytest.raises(SubaoError, match="留出 0 篇"):
        train(same, dataclasses.replace(TINY, output=tmp_path / "c"), lambda line: None)
    with pytest.raises(SubaoError, match="没有这个基础模型文件夹"):
        train(corpus, dataclasses.replace(TINY, output=tmp_path / "b", base=str(tmp_path / "none")), lambda line: None)


def test_articles_without_a_label_are_left_out_with_a_remark(tmp_path):
    lines = [{"title": "甲", "body": "乙", "column": "A"}, {"title": "丙", "body": "丁"}]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    remarks: list[str] = []
    assert [a.column for a in read_labelled([path], remarks.append)] == ["A"]
    assert any("1 篇" in remark for remark in remarks)
    with pytest.raises(SubaoError, match="没有带栏目的文章"):
        read_labelled([ROOT / "corpus" / "inbox"], remarks.append)


def test_an_interrupted_training_goes_on_and_the_same_seed_gives_the_same_weights(corpus, tiny_base, tmp_path):
    names = {"标准化": "Standards", "知识产权": "IP"}  # any labels will do
    rows = [dataclasses.replace(a, column=names[a.column]) for a in corpus if a.column in names]
    settings = dataclasses.replace(TINY, base=str(tiny_base), epochs=2)
    train(rows, dataclasses.replace(settings, output=tmp_path / "whole"), lambda line: None)
    assert set(ColumnClassifier.load(tmp_path / "whole").labels) == set(names.values())

    def stop_at_the_figures(line):
        if "准确率" in line:
            raise KeyboardInterrupt

    broken = dataclasses.replace(settings, output=tmp_path / "broken")
    with pytest.raises(KeyboardInterrupt):
        train(rows, broken, stop_at_the_figures)
    assert list((tmp_path / "broken").glob("checkpoints/checkpoint-*"))
    with pytest.raises(SubaoError, match="别的数据或设定"):
        train(rows, dataclasses.replace(broken, resume=True, seed=14), lambda line: None)
    train(rows, dataclasses.replace(broken, resume=True), lambda line: None)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "broken")]
    assert weights[0] == weights[1]


def test_the_last_fit_is_on_everything_but_what_the_data_mark_as_test_and_on_text_without_labels(corpus, tiny_base, tmp_path):
    rows = [dataclasses.replace(a, part="" if a.part == "train" else a.part) for a in corpus if a.column in ("标准化", "知识产权")]
    text = tmp_path / "text.txt"
    text.write_text(f"{corpus[0].title}\n{corpus[0].body}", encoding="utf-8")
    settings = dataclasses.replace(TINY, base=str(tiny_base), epochs=1, output=tmp_path / "m", holdout=False, unlabelled=(str(text),))
    lines: list[str] = []
    train(rows, settings, lines.append)
    report = json.loads((tmp_path / "m" / "report.json").read_text(encoding="utf-8"))
    everything, test = split(rows, 0, TINY.seed)
    assert {rows[i].part for i in test} == {"test"} and "用全部文章" in lines[0] and "线性模型" in lines[0]
    assert report["fitted_on"] == len(everything) > sum(report["rows"]["train"].values())
    whole = LinearClassifier.fit(texts_of([rows[i] for i in everything]), [rows[i].column for i in everything])
    texts = texts_of(rows)
    assert (LinearClassifier.load(tmp_path / "m" / "baseline.npz").margins(texts) == whole.margins(texts)).all()
    assert not list((tmp_path / "m").glob("checkpoints*"))
    with pytest.raises(SubaoError, match="没有没见过的文章"):
        measure_again(tmp_path / "m", rows, lines.append)


def test_large_sets_are_read_less_often_and_in_larger_batches():
    assert epochs_for(45_000, TINY) == TINY.epochs
    automatic = dataclasses.replace(TINY, epochs=0, batch=0)
    assert [epochs_for(n, automatic) for n in (250, 5000)] == [5, 3]
    assert [batch_for(n, automatic) for n in (250, 5000)] == [16, 32]
    assert batch_for(45_000, TINY) == TINY.batch
