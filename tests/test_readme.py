"""The README names no verb, no option and no file that is not there, and its commands are the ones that are tried."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from nlp.cli import build_parser

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"(?:`|\n|&& )(subao [a-z]+[^`&\n|]*)", README)))


def verbs() -> dict[str, set[str]]:
    """Each verb of the command line with its options."""
    (subparsers,) = (action for action in build_parser()._actions if hasattr(action, "choices") and isinstance(action.choices, dict))
    return {name: {option for action in verb._actions for option in action.option_strings} for name, verb in subparsers.choices.items()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_verb_and_its_options(command):
    verb, *words = command.split()[1:]
    known = verbs()
    assert verb in known
    assert {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)} <= known[verb]


def test_every_file_that_is_linked_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) >= 3 and all((ROOT / link).exists() for link in links if not link.startswith("图/"))


def test_the_first_two_commands_are_those_of_a_fresh_checkout():
    first, second = re.findall(r"```bash\n(.*)\n```", README)
    assert "pip install . && subao draft corpus/inbox" in first and "[test]" not in first
    assert second.endswith('pip install -e ".[test]" && python -m pytest -q')
