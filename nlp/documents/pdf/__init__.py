"""A PDF's text layer in, lines out in reading order, with title, pictures and tables; scanned ones are refused.

The library runs in a process of its own, which hostile bytes may end without harm to the others.
"""

from .reading import read_pdf

__all__ = ["read_pdf"]
