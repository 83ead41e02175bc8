"""The options of training are made from the settings: each default has one home."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from nlp.training.settings import FinetuneSettings, PretrainSettings, add_settings, settings_of


def parse(kind: type, *words: str):
    parser = argparse.ArgumentParser()
    add_settings(parser, kind)
    return settings_of(kind, parser.parse_args(words))


@pytest.mark.parametrize("kind", [FinetuneSettings, PretrainSettings])
def test_without_options_the_settings_are_the_defaults(kind):
    assert parse(kind) == kind()


def test_an_option_says_its_setting_and_no_other():
    said = parse(FinetuneSettings, "--output", "a/b", "--epochs", "1.5", "--unlabelled", "x", "y", "--no-holdout", "--resume")
    assert said == FinetuneSettings(output=Path("a/b"), epochs=1.5, unlabelled=("x", "y"), holdout=False, resume=True)
    assert parse(PretrainSettings, "--tokens-per-step", "8").tokens_per_step == 8


def test_what_is_measured_and_not_asked_for_is_no_option():
    with pytest.raises(SystemExit):
        parse(FinetuneSettings, "--imbalance", "1")
