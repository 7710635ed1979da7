"""Words of commands that take runs."""

import pytest

from genarium.commands.key_values import parse_key_values
from genarium.errors import UserError


def test_runs_are_named_with_and_without_their_key():
    assert parse_key_values(["run=runs/a", "runs/b", "out=x.html"], {"out": "y.html"}) == (
        {"out": "x.html"},
        ["runs/a", "runs/b"],
    )
    for word, said in (("runs=a", "there is no key 'runs'"), ("run=", "there is no key 'run'")):
        with pytest.raises(UserError, match=said):
            parse_key_values([word], {"out": "y.html"})
