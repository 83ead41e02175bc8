"""How figures are written: percent, ranges, p, and the signature that every score carries.

Knows numbers and how they are shown; nothing of what they measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def as_percent(share: float) -> str:
    """A share in percent with one decimal: ``as_percent(0.8766) -> "87.7"``."""
    return f"{100 * share:.1f}"


def as_range(interval: Sequence[float] | None) -> str:
    """An interval of shares in percent, empty without one: ``as_range([0.866, 0.886]) -> "[86.6, 88.6]"``."""
    return f"[{as_percent(interval[0])}, {as_percent(interval[1])}]" if interval else ""


def as_p(p: float) -> str:
    """The p of a test: ``as_p(0.0213) -> "p = 0.021"``, ``as_p(0.0002) -> "p < 0.001"``."""
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def signature(name: str, facts: Mapping[str, object], value: float, interval: Sequence[float] | None) -> str:
    """A score with all that it depends on, as sacrebleu writes it (Post 2018); facts that are empty are left out.

    ``signature("F1", {"n": 640, "model": ""}, 0.806, [0.78, 0.83]) -> "F1|n:640 = 80.6 [78.0, 83.0]"``
    """
    trail = "".join(f"|{key}:{fact}" for key, fact in facts.items() if fact != "")
    return f"{name}{trail} = {as_percent(value)} {as_range(interval)}".rstrip()
