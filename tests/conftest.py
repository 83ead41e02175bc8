"""What many tests share: no network, a base encoder and a model that are real but tiny."""

from __future__ import annotations

import collections
import dataclasses
import gc
import os
import socket
from pathlib import Path

import hypothesis
import pytest

from nlp.training.settings import FinetuneSettings

hypothesis.settings.register_profile("here", max_examples=100, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"  # the models are tiny: a second thread only waits
os.environ.pop("SUBAO_MODEL", None)
os.environ["SUBAO_LIBREOFFICE"] = ""  # what is read must not depend on what is installed

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"


@pytest.fixture(autouse=True, scope="module")
def old_things_kept():
    """What is there when a module begins stays to the end: the collector, which every fine-tuning calls, looks past it."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Every connection but the machine's own is refused, so that nothing can leave it unseen."""
    connect = socket.socket.connect

    def refuse(self, address):
        if self.family != getattr(socket, "AF_UNIX", None) and address[0] != "127.0.0.1":
            raise AssertionError(f"a test opened a connection to {address}")
        return connect(self, address)

    socket.socket.connect = refuse
    yield
    socket.socket.connect = connect


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    """`subao use` writes into the test's own folder, never into the user's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))


@pytest.fixture
def tiny_model_in_use(tiny_model, monkeypatch):
    """The verbs use the tiny model."""
    monkeypatch.setenv("SUBAO_MODEL", str(tiny_model))


@pytest.fixture(scope="session")
def corpus():
    """The articles of corpus/, with their columns."""
    from nlp.training.data import read_labelled

    return read_labelled([CORPUS])


@pytest.fixture(scope="session")
def tiny_base(corpus, tmp_path_factory) -> Path:
    """A base encoder of two narrow layers, pre-trained for a hundred steps on corpus/."""
    from nlp.training.pretrain import pack, pretrain
    from nlp.training.settings import PretrainSettings

    settings = PretrainSettings(layers=2, hidden=64, vocabulary=9000, tokens_per_step=512, short=64, long=64, passages=4)
    folder = tmp_path_factory.mktemp("base")
    tokenizer, tokens = pack((f"{a.title}\n{a.body}" for a in corpus[::3]), folder / "cache", settings.vocabulary)
    pretrain(tokenizer, tokens, folder, minutes=0, steps=100, settings=settings, report=lambda line: None)
    gc.freeze()  # torch and what comes with it
    return folder


@pytest.fixture(scope="session")
def tiny_model(corpus, tiny_base, tmp_path_factory) -> Path:
    """A model of columns fine-tuned from the tiny base on corpus/, and the lines it reported."""
    from nlp.training.run import train

    output = tmp_path_factory.mktemp("model") / "tiny"
    lines: list[str] = []
    train(corpus, dataclasses.replace(TINY, base=str(tiny_base), output=output), lines.append)
    (output / "lines.txt").write_text("\n".join(lines), encoding="utf-8")
    return output


TINY = FinetuneSettings(length=96, epochs=4, batch=8, learning_rate=2e-3, layer_decay=1.0, exchanged=0)


def count_labels(articles) -> collections.Counter:
    """How many articles each label has."""
    return collections.Counter(article.column for article in articles)
