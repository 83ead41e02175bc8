"""Pre-train the base encoder: text in, a tokenizer and a plain Hugging Face BERT out.

    python -m nlp.training.pretrain broadcast.parquet laws.parquet=0.3 -o models/base --minutes 90
    python -m nlp.training.pretrain broadcast.parquet laws.parquet=0.3 -o big --pack   # then, where a GPU is, without text:
    python -m nlp.training.pretrain -o big --minutes 25 --layers 8 --hidden 384 --tokens-per-step 65536 --long 512 --dropout 0.1

Run rarely. Multi-character pieces (jieba's frequent words and every Han character), whole-word
masking, embeddings started from PPMI vectors of the same text, at last passages that learn to know
the others of their text, a learning rate that follows the wall clock, checkpoints that a second run
continues. Knows nothing of columns or issues.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from ..errors import SubaoError, need
from .contrastive import Texts, contrastive_loss
from .corpora import read_texts
from .settings import PretrainSettings, add_settings, settings_of
from .tokenizer import SPECIAL, WORD_START, compress, pack

SHORT, NEAR, FAR = 24, 56, 200  # tokens at most of a first passage, of the other one, and of every fourth other one


def ppmi_vectors(tokens: np.ndarray, vocabulary: int, size: int, window: int = 4, seed: int = 13) -> np.ndarray:
    """Word vectors [vocabulary, size]: truncated SVD of the positive PMI of neighbouring tokens, contexts to the power .75.

    After Levy, Goldberg and Dagan 2015 (https://aclanthology.org/Q15-1016): nearer neighbours count more.
    """
    from scipy.sparse import csr_matrix, diags
    from sklearn.utils.extmath import randomized_svd

    ids = (tokens & (WORD_START - 1)).astype(np.int32)
    beside = csr_matrix((vocabulary, vocabulary), dtype=np.float32)
    for distance in range(1, window + 1):
        weights = np.full(len(ids) - distance, 1 / distance, dtype=np.float32)
        beside += csr_matrix((weights, (ids[:-distance], ids[distance:])), shape=beside.shape)
    beside = beside + beside.T
    beside.data[beside.data < 2] = 0
    beside.eliminate_zeros()
    row, column = np.asarray(beside.sum(1)).ravel() + 1, (np.asarray(beside.sum(0)).ravel() + 1) ** 0.75
    pmi = (diags(1 / row) @ beside @ diags(column.sum() / column)).tocsr()
    pmi.data = np.maximum(np.log(pmi.data), 0)
    left, singular, _ = randomized_svd(pmi, size, n_iter=2, random_state=seed)
    return (left * np.sqrt(singular)).astype(np.float32)


def mask_words(block: np.ndarray, share: float, vocabulary: int, random: np.random.Generator):
    """Hide whole words of a [batch, length] block; return (input ids, hidden positions, true ids).

    BERT's masking (Devlin et al. 2019), whole words at a time (Cui et al. 2021): of the hidden tokens 80 % become
    [MASK], 10 % another piece, 10 % stay as they are.
    """
    ids = (block & (WORD_START - 1)).astype(np.int64)
    word = np.cumsum(block >= WORD_START, axis=1)  # words numbered from the left
    chosen = random.random((len(block), word.max() + 1)) < share
    hidden = np.take_along_axis(chosen, word, axis=1) & (ids >= len(SPECIAL))
    luck = random.random(ids.shape)
    other = random.integers(len(SPECIAL), vocabulary, ids.shape)
    inputs = np.where(hidden & (luck < 0.8), 4, np.where(hidden & (luck < 0.9), other, ids))
    return inputs, hidden, ids


def _blocks(tokens: np.ndarray, length: int, random: np.random.Generator) -> np.ndarray:
    """All tokens as [n, length] rows that start with [CLS], in a random order."""
    n = len(tokens) // (length - 1)
    rows = tokens[: n * (length - 1)].reshape(n, length - 1)[random.permutation(n)]
    return np.concatenate([np.full((n, 1), 2, dtype=np.uint16), rows], axis=1)


def _stretch_positions(model, known: int, length: int) -> None:
    """Let the known positions 1…known-1 be stretched over 1…length-1, so that neighbours stay alike.

    Positions left random cost 1.5 nats of loss where longer sequences begin, repeated ones 1.3, stretched
    ones 0.4, and those are learnt within a minute (measured).
    """
    import torch

    with torch.no_grad():
        weight = model.bert.embeddings.position_embeddings.weight
        near = weight[1:known].T[None]
        weight[1:length] = torch.nn.functional.interpolate(near, length - 1, mode="linear", align_corners=True)[0].T
        weight[length:] = weight[length - 1]


def _slope(share: float, warm_up: float) -> float:
    """The part of the full learning rate: up to 1 over the share ``warm_up``, then down to 0."""
    return max(0.0, min(share / warm_up, (1 - share) / (1 - warm_up)))


def pretrain(
    tokenizer, tokens: np.ndarray, output: Path, minutes: float, settings: PretrainSettings, report=print,
    start: Path | None = None, steps: int = 0,
) -> dict:  # fmt: skip
    """Train for ``minutes`` of wall clock, or for so many ``steps`` whatever the clock says: on from the checkpoint in ``output``, else from the weights of the
    finished base ``start`` (whose tokenizer made ``tokens``), else from scratch.

    Two tasks: hidden words from their positions, and from the pooled [CLS] alone, which so learns to
    sum up a text. In the last part of the time the second task is another: of two passages of many texts the
    pooled [CLS] must tell which belong together. Writes a ``BertForPreTraining`` (safetensors, its next-sentence
    head untrained), the tokenizer and ``pretraining.json``, whose held-out loss is the mean cross-entropy in nats over
    masked tokens never trained on.
    """
    import torch
    from transformers import BertConfig, BertForPreTraining
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(settings.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    aside = max(len(tokens) // 200, 4 * settings.short)
    held_out, tokens = tokens[:aside], tokens[aside:]
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=settings.hidden, num_hidden_layers=settings.layers,
        num_attention_heads=settings.hidden // 64, intermediate_size=4 * settings.hidden, pad_token_id=0,
        max_position_embeddings=512, type_vocab_size=2, hidden_dropout_prob=settings.dropout,
        attention_probs_dropout_prob=settings.dropout,
    )  # fmt: skip
    config._attn_implementation = attention = "sdpa" if device == "cuda" else "eager"  # a fifth faster on CPU
    model = BertForPreTraining.from_pretrained(start, dtype=torch.float32, attn_implementation=attention) if start else BertForPreTraining(config)
    model.to(device)
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
        lr=settings.learning_rate, betas=(0.9, 0.98), fused=True,
    )  # fmt: skip
    checkpoint, done, step, seen, phase = output / "checkpoint.pt", 0.0, 0, 0, settings.short
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done, step, seen, phase = state["seconds"], state["step"], state["seen"], state["length"]
        report(f"continued at {done / 60:.1f} min, step {step}")
    elif start is None:
        vectors = ppmi_vectors(tokens, len(tokenizer), settings.hidden, seed=settings.seed)
        with torch.no_grad():
            scale = config.initializer_range / vectors[vectors.any(1)].std()
            model.bert.embeddings.word_embeddings.weight.copy_(torch.from_numpy(vectors * scale))
        report("embeddings start from PPMI vectors")

    def read(block, share, random):
        """[CLS] of each row [rows, hidden], the hidden words' loss, their rows and true ids."""
        inputs, hidden, ids = (torch.from_numpy(a).to(device) for a in mask_words(block, share, len(tokenizer), random))
        with torch.autocast(device, torch.bfloat16):
            outputs = model.bert(input_ids=inputs, attention_mask=(ids > 0).long() if (block == 0).any() else None)
            logits = model.cls.predictions(outputs.last_hidden_state[hidden])
        words = torch.nn.functional.cross_entropy(logits.float(), ids[hidden])
        return outputs.pooler_output, words, hidden.nonzero()[:, 0], ids[hidden]

    def loss_of_words(block, random):
        pooled, words, rows, ids = read(block, settings.masked, random)
        with torch.autocast(device, torch.bfloat16):
            topic = model.cls.predictions(pooled)
        return words, words - settings.summary * topic.float().log_softmax(-1)[rows, ids].mean()

    def loss_of_passages(random):
        long = FAR if random.random() < 0.25 else NEAR
        one, other = texts.draw(max(2, settings.passages * (SHORT + NEAR) // (SHORT + long)), SHORT, long, random)
        (first, words, rows, _), (second, more, others, _) = (read(block, settings.pair_masked, random) for block in (one, other))
        words = (words * len(rows) + more * len(others)) / (len(rows) + len(others))
        return words, contrastive_loss(first.float(), second.float()) + settings.pair_words * words, one.size + other.size

    output.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng((settings.seed, step))
    begin, last, last_seen, budget = time.monotonic() - done, time.monotonic(), seen, minutes * 60
    rows, at, losses, share = _blocks(tokens, phase, random), 0, [], step / steps if steps else done / budget
    texts = Texts(tokens)
    alone = 1 - settings.paired if len(texts) > 1 else 1.0
    model.train()
    while share < 1:
        if share < alone:
            length = settings.long if share > alone * (1 - settings.long_share) else settings.short
            size = max(1, settings.tokens_per_step // length)
            if phase < length:
                _stretch_positions(model, phase, length)
            if phase != length or at + size > len(rows):
                phase, rows, at = length, _blocks(tokens, length, random), 0
            rate = settings.learning_rate * _slope(share / alone, settings.warm_up)
            words, loss, more = *loss_of_words(rows[at : at + size], random), size * length
            at += size
        else:
            rate = settings.pair_rate * _slope((share - alone) / settings.paired, settings.warm_up)
            words, loss, more = loss_of_passages(random)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append((words.item(), loss.item()))
        step, seen = step + 1, seen + more
        now = time.monotonic()
        share = step / steps if steps else (now - begin) / budget
        if step % 50 == 0:
            speed = (seen - last_seen) / (now - last)
            words, loss = np.mean(losses[-50:], axis=0)
            report(f"{share:6.1%} step {step} words {words:.3f} loss {loss:.3f} {speed:,.0f} tokens/s, {seen / 1e6:.1f}M tokens")
            last, last_seen = now, seen
        if step % settings.checkpoint == 0:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "seconds": now - begin, "step": step, "seen": seen, "length": phase}
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
    model.eval()
    random = np.random.default_rng(settings.seed)
    with torch.no_grad():
        rows = _blocks(held_out, settings.short, random)[:1024]
        held = float(np.mean([loss_of_words(rows[i : i + 32], random)[0].item() for i in range(0, len(rows), 32)]))
    facts = {"minutes": round((time.monotonic() - begin) / 60, 1) if steps else minutes, "steps": step, "tokens_seen": seen, "tokens_of_text": len(tokens), "held_out_loss": round(held, 4),
             "settings": {k: v for k, v in vars(settings).items()}}  # fmt: skip
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)
    (output / "pretraining.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    checkpoint.unlink(missing_ok=True)
    return facts


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nlp.training.pretrain", description="从文本预训练基础编码器（很少需要）")
    parser.add_argument("texts", nargs="*", metavar="TEXT", help=".parquet 或 .txt；写 PATH=0.3 表示只用三成文章；已打包的不用再写")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="写到哪个文件夹；里面有断点就接着练")
    parser.add_argument("--minutes", type=float, default=120, metavar="N", help="训练多少分钟（默认 120）")
    parser.add_argument("--steps", type=int, default=0, metavar="N", help="改为训练多少步，不看时间")
    parser.add_argument("--start", type=Path, metavar="DIR", help="从已练好的基础编码器接着练（沿用它的词表和大小）；请另换 --seed")
    parser.add_argument("--pack", action="store_true", help="只打包：切词、压缩成几个小文件（DIR/cache），带到有显卡的机器上练")
    add_settings(parser, PretrainSettings)
    arguments = parser.parse_args(argv)
    settings = settings_of(PretrainSettings, arguments)

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    cache = arguments.output / "cache"
    try:
        need("torch", "transformers", "scipy", "sklearn")
        if not arguments.texts and not list(cache.glob("tokens*")):
            raise SubaoError(f"{cache}：里面没有打包好的文字；请写出 .parquet 或 .txt 文件")
        if arguments.start and not (arguments.start / "model.safetensors").is_file():
            raise SubaoError(f"{arguments.start}：没有练好的基础编码器（model.safetensors）；请检查 --start")
        tokenizer, tokens = pack(read_texts(arguments.texts), cache, settings.vocabulary, settings.seed, arguments.start)
        report(f"{len(tokens):,} tokens")
        if arguments.pack:
            for part in compress(cache):
                print(f"{part}（{part.stat().st_size / 2**20:.1f} MB）")
            return 0
        print(json.dumps(pretrain(tokenizer, tokens, arguments.output, arguments.minutes, settings, report, arguments.start, arguments.steps), ensure_ascii=False))
    except SubaoError as error:
        report(f"错误：{error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
