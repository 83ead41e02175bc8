"""A saved web page in, the lines, pictures and stated facts of its article out. Scripts are never run."""

from .page import read_html

__all__ = ["read_html"]
