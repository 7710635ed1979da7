"""genarium list: what there is to train, and on what."""

from genarium.commands.key_values import listed
from genarium.config.compose import parts
from genarium.errors import UserError, nearest

GROUPS = {"models": "model", "data": "data"}
HELP = """genarium list models|data|model/PART: every choice, one line each, with its paper

Examples
  genarium list models
  genarium list model/adversarial_loss     what model/adversarial_loss=… may be; so for the other parts of a model: """


def help_text() -> str:
    return HELP + ", ".join(parts("model")) + "\n"


def main(args: list[str]) -> None:
    known = GROUPS | {f"model/{part}": f"model/{part}" for part in parts("model")}
    for word in args or list(GROUPS):
        if word not in known:
            raise UserError(f"there is no list of '{word}'{nearest(word, known)}")
        print(listed(known[word]))
