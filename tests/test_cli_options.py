"""Lists given as one word, and options that several commands share, which must mean the same in all of them."""

import pytest
import typer

from sensorlm.cli.app import app
from sensorlm.cli.options import listed


@pytest.mark.parametrize(
    ("text", "words"),
    [("", []), (" , ", []), ("a", ["a"]), (" a b ,c,, d ", ["a b", "c", "d"]), ("b,a,b", ["b", "a", "b"])],
)
def test_words_of_a_list_are_trimmed_and_empty_ones_left_out(text, words):
    assert listed(text) == words


@pytest.mark.parametrize(
    ("parameter", "commands"),
    [
        ("cpu", {"classify", "evaluate", "index", "infer", "probe", "search"}),
        ("model", {"classify", "index", "probe"}),
        ("data", {"classify", "index", "probe"}),
        ("cache", {"index", "search"}),
        ("mapping", {"import", "quality"}),
        ("zone", {"import", "quality"}),
    ],
)
def test_a_shared_option_reads_the_same_in_every_command(parameter, commands):
    group = typer.main.get_command(app)
    found = {
        (tuple(option.opts), option.help)
        for name in commands
        for option in group.get_command(None, name).params
        if option.name == parameter
    }
    assert len(found) == 1
