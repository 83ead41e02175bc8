"""A model folder in a few lines: what it is, of which day, with which figures. Reads report.json, opens no model."""

from __future__ import annotations

import datetime
from pathlib import Path

from ..evaluation.figures import as_percent, as_range
from ..model.folder import REPORT, parent_of, shipped_model, signature
from .newsroom import report_of


def facts_of(folder: Path) -> list[str]:
    """Chinese lines for ``subao use``."""
    facts, below = report_of(folder), parent_of(folder)
    lines = [f"签名 {signature(folder)}，{_day(folder, facts)}"]
    if below:
        frozen, own = facts.get("frozen", {}), facts.get("own", {})
        lines.append(f"在{'自带的模型' if below == shipped_model() else below}上从 {facts.get('decisions', '？')} 条本刊的决定里学的（{facts.get('set_aside', 0)} 条存疑没有用）")
        lines += [f"{name}：{_moved(figures)}" for name, figures in (("对照文章", frozen), ("本刊没有用来学的决定", own)) if figures]
        return lines
    figures = facts.get("figures")
    if not figures:
        return [*lines, f"没有 {REPORT}，说不出它有多准；可用 subao evaluate DATA --model {folder} 量"]
    kind = "自带的模型" if folder.resolve() == shipped_model().resolve() else "用 train 训练的模型"
    lines.append(
        f"{kind}，训练 {facts.get('fitted_on', '？')} 篇；留出 {figures['n']} 篇上准确率 {as_percent(figures['accuracy'])} "
        f"{as_range(figures['interval']['accuracy'])}，宏平均F1 {as_percent(figures['macro_f1'])}"
    )
    return lines


def _day(folder: Path, facts: dict) -> str:
    """When it was learnt or, where the report does not say, when the report was written."""
    if time := facts.get("time"):
        return f"{time.replace('T', ' ')} 学成"
    file = folder / REPORT
    return f"文件日期 {datetime.date.fromtimestamp(file.stat().st_mtime)}" if file.is_file() else "日期不明"


def _moved(figures: dict) -> str:
    return f"{as_percent(figures['before'])} → {as_percent(figures['after'])}%（{figures['n']} 篇，改对 {figures['gained']}，改错 {figures['lost']}）"
