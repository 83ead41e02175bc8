"""The picture of the newsroom's figures on the desk: what the room ``learning`` draws, where it is there."""

from __future__ import annotations

from pathlib import Path

from ..house import House


def statistics_picture(archive: Path, house: House) -> bytes | None:
    """An SVG, or None where there is nothing to count yet."""
    try:
        from ..learning.stats import picture
    except ImportError:
        return None
    return picture(archive, house)
