"""genarium list: what there is to train, and on what."""

from genarium.errors import UserError, nearest
from genarium.verbs.words import listed

GROUPS = {"models": "model", "data": "data"}


def help_text() -> str:
    return "genarium list models|data: every choice, one line each, with its paper\n\nExample\n  genarium list models"


def main(args: list[str]) -> None:
    for word in args or list(GROUPS):
        if word not in GROUPS:
            raise UserError(f"there is no list of '{word}'{nearest(word, GROUPS)}")
        print(listed(GROUPS[word]))
