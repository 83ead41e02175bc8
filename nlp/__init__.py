"""subao (速报): sort incoming articles into the columns of a bulletin, draft its highlights, set the issue."""

__version__ = "0.1.0"
