"""What is open or wrong in an issue file before it is printed: one remark a line, with the way out.

Knows the text of an issue file and the house; it changes nothing and prints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """Something an editor should look at; an error stops ``subao issue`` unless ``--anyway`` is given."""

    line: int  # of the issue file, from 1; 0: of the issue as a whole
    text: str  # Chinese: what, and what to do
    error: bool = False
