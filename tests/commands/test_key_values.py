"""Words of commands that take runs."""

import pytest

from genarium.commands.key_values import parse_key_values, parse_run
from genarium.errors import UserError


def test_runs_are_named_with_and_without_their_key():
    assert parse_key_values(["run=runs/a", "runs/b", "out=x.html"], {"out": "y.html"}) == (
        {"out": "x.html"},
        ["runs/a", "runs/b"],
    )
    for word, said in (("runs=a", "there is no key 'runs'"), ("run=", "there is no key 'run'")):
        with pytest.raises(UserError, match=said):
            parse_key_values([word], {"out": "y.html"})


def test_a_key_that_may_be_any_number_takes_a_fraction_and_a_key_of_whole_numbers_does_not():
    assert parse_key_values(["perplexity=30.5"], {"perplexity": 30})[0] == {"perplexity": 30.5}
    with pytest.raises(UserError, match="must be a whole number"):
        parse_key_values(["count=30.5"], {"count": 30})


def test_a_command_of_one_run_is_told_which_and_no_other():
    for words in (["run=runs/a", "seed=3"], ["runs/a", "seed=3"]):
        assert parse_run(words, {"seed": 0}, "say which run") == ({"seed": 3}, "runs/a")
    for words in ([], ["run="], ["runs/a", "runs/b"]):
        with pytest.raises(UserError, match=r"^say which run$"):
            parse_run(words, {"seed": 0}, "say which run")
    with pytest.raises(UserError, match="there is no key 'rum'; did you mean run"):
        parse_run(["rum=runs/a"], {"seed": 0}, "say which run")
