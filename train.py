"""Train a model of columns: ``python train.py --help``. The same as ``subao train``."""

import sys

from nlp.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
