"""ColumnClassifier: articles in, a calibrated probability for each column out.

A model folder is all there is to it: weights, tokenizer, linear model, labels, calibration. Knows nothing of
files to be sorted, of terminals or of training.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bulletin import Article, Prediction
from ..errors import SubaoError, UnusableModel, need
from ..house import House, load_house
from ..text.markup import plain_text
from ..text.places import mark_home
from .calibration import probabilities
from .decision import DecisionLayer
from .encoder import Encoder, TorchEncoder, load_encoder
from .familiar import strange
from .folder import BASELINE, CARD, DECISION, ENGINES, check_folder, chosen_model, engine_of, parent_of, signature
from .linear import LinearClassifier, texts_of


@dataclass(frozen=True)
class Card:
    """What a model folder says of itself beside its weights."""

    length: int = 256  # tokens read of an article
    marks_home: bool = True  # the home city's names are replaced by one mark before reading
    home_column: str = ""  # the label of the home city's news; another house may give it another name
    temperature: float = 1.0  # divides the logits; fitted on held-out articles
    linear: float = 0.0  # what the linear model's margins count beside them; fitted likewise
    threshold: float = 0.0  # below this confidence an article is marked 请核对
    precision: float = 0.0  # measured share of right answers at or above the threshold, held out
    coverage: float = 1.0  # share of held-out articles at or above the threshold


class ColumnClassifier:
    """Sorts articles into the columns that its model was trained on.

    >>> classifier = ColumnClassifier.load()  # doctest: +SKIP
    >>> classifier.predict([Article("新国家标准发布", "…")])[0].column  # doctest: +SKIP
    '标准化'
    """

    def __init__(self, encoder: Encoder, labels: Sequence[str], card: Card, house: House | None = None) -> None:
        self.encoder, self.labels, self.card = encoder, tuple(labels), card
        self.own_labels = self.labels  # of the whole model; a decision layer may have others
        self.linear: LinearClassifier | None = None
        self.decision: DecisionLayer | None = None  # what a newsroom learnt on top
        self.house = house or load_house()
        self.folder: Path | None = None

    @classmethod
    def load(cls, folder: str | Path | None = None, house: House | None = None, engine: str = "") -> ColumnClassifier:
        """Open a model folder, without one the model in use; raises UnusableModel with one clear line if it cannot be used.

        ``engine``: onnx or torch; by default onnx where the folder has a model.onnx.
        """
        folder = chosen_model(folder)
        if below := parent_of(folder):
            return cls.load(below, house, engine).decide_by(folder)
        config, card = check_folder(folder), read_card(folder)
        if (engine or engine_of(folder)) == "torch":
            need("torch", "transformers", "safetensors")
        house = house or load_house()
        labels = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
        classifier = cls(load_encoder(folder, card.length, engine), labels, card, house)
        classifier.labels = classifier.own_labels = tuple(map(classifier.name_of, labels))
        if card.linear:
            classifier.linear = LinearClassifier.load(folder / BASELINE)
        classifier.folder = folder
        return classifier

    def decide_by(self, folder: Path) -> ColumnClassifier:
        """Judge by the decision layer in ``folder`` from now on."""
        layer, card = DecisionLayer.load(folder / DECISION), read_card(folder)
        if layer.margins.shape[1] != len(self.own_labels):
            raise UnusableModel(f"{folder}：学到的决定层与模型的栏目数对不上；请再运行一次 subao learn，或用 subao use --shipped")
        self.decision, self.labels, self.folder = layer, tuple(map(self.name_of, layer.labels)), folder
        self.card = dataclasses.replace(self.card, threshold=card.threshold, precision=card.precision, coverage=card.coverage)
        return self

    def save(self, folder: str | Path) -> None:
        """Write weights (float16 safetensors), tokenizer, linear model, labels and calibration into a folder.

        ``load`` of it predicts the same only if the weights already were float16 values. An older model.onnx
        there goes: ``export`` makes the new one.
        """
        if not isinstance(self.encoder, TorchEncoder):
            raise SubaoError("只有用 torch 打开的模型能另存；请用 engine=\"torch\" 打开，或复制整个文件夹")
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ENGINES["onnx"]).unlink(missing_ok=True)
        from safetensors.torch import save_file

        network = self.encoder.model
        config = network.bert.config
        config.id2label = dict(enumerate(self.labels))
        config.label2id = {label: i for i, label in enumerate(self.labels)}
        config.save_pretrained(folder)
        weights = {name: array.half().cpu().contiguous() for name, array in network.state_dict().items()}
        save_file(weights, folder / ENGINES["torch"], metadata={"format": "pt"})
        self.encoder.tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "tokenizer_config.json").write_text(json.dumps(_TOKENIZER, indent=1), encoding="utf-8")
        if self.linear:
            self.linear.save(folder / BASELINE)
        self.save_card(folder)

    def name_of(self, label: str) -> str:
        """A label of the training data as this newsroom calls it: the home column may have another name."""
        return self.house.home_column or label if label == self.card.home_column else label

    def label_of(self, name: str) -> str:
        """The label of the training data that this newsroom calls so."""
        return self.card.home_column if self.card.home_column and name == self.name_of(self.card.home_column) else name

    def save_card(self, folder: Path) -> None:
        """Write only what was measured; the weights stay as they are."""
        text = json.dumps(dataclasses.asdict(self.card), ensure_ascii=False, indent=1)
        (folder / CARD).write_text(text + "\n", encoding="utf-8")

    def text_of(self, article: Article) -> tuple[str, str]:
        """The (title, body) that the model reads; the home city's names are marked."""
        room = self.card.length * 8  # characters that can matter, with room for marks
        parts = article.title[:500], plain_text(article.body)[:room]
        return tuple(mark_home(part, self.house) for part in parts) if self.card.marks_home else parts

    def logits(self, articles: Sequence[Article], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """Raw logits [articles, labels], before calibration."""
        return self.encoder.logits([self.text_of(article) for article in articles], progress)

    def features(self, articles: Sequence[Article], progress: Callable[[int], object] | None = None) -> np.ndarray:
        """What the head judges by: float32 [articles, hidden]."""
        return self.encoder.features([self.text_of(article) for article in articles], progress)

    def margins(self, articles: Sequence[Article]) -> np.ndarray:
        """The linear model's margins [articles, labels], in the order of ``own_labels``; zeros without one."""
        if self.linear is None:
            return np.zeros((len(articles), len(self.own_labels)))
        order = [self.linear.labels.index(label) for label in map(self.label_of, self.own_labels)]
        return self.linear.margins(texts_of(articles))[:, order]

    def predict(
        self, articles: Sequence[Article], progress: Callable[[int], object] | None = None
    ) -> list[Prediction]:
        """One Prediction for each article, in the same order; probabilities sum to 1.

        The encoder and the linear model judge together: softmax(logits / temperature + linear · margins), or by the
        newsroom's decision layer where there is one.
        An article is doubtful below the card's threshold and where it is unlike what was learnt (``familiar.strange``).
        ``progress`` is called with the number of articles just done.
        """
        if not articles:
            return []
        if self.decision:
            scores = self.decision.scores(self.features(articles, progress), self.margins(articles))
        else:
            scores = self.logits(articles, progress) / self.card.temperature + self.card.linear * self.margins(articles)
        answers = []
        for article, row in zip(articles, probabilities(scores), strict=True):
            scored = dict(zip(self.labels, map(float, row), strict=True))
            doubtful = bool(row.max() < self.card.threshold) or bool(strange(article.title, article.body))
            answers.append(Prediction(article, scored, doubtful=doubtful))
        return answers

    @functools.cached_property
    def signature(self) -> str:
        """Seven hexadecimal digits that change when the weights or the calibration do."""
        if self.folder is None:
            raise SubaoError("模型还没有写进文件夹，没有签名；请先保存")
        return signature(self.folder, self.encoder.engine)


def read_card(folder: Path) -> Card:
    """What a model folder says of itself; fields that it does not have are as in a fresh one."""
    try:
        facts = json.loads((folder / CARD).read_text(encoding="utf-8")) if (folder / CARD).exists() else {}
        return Card(**{f.name: facts[f.name] for f in dataclasses.fields(Card) if f.name in facts})
    except (ValueError, TypeError, OSError) as error:
        raise UnusableModel(f"{folder / CARD}：读不出校准数据（{error}）；请重新复制模型文件夹") from error


_TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]",
    "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]", "model_max_length": 512,
}  # fmt: skip
