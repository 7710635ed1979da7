"""`genarium VERB …`: one command, one verb each for what one does with models."""

import errno
import importlib
import io
import os
import sys

from genarium.distributed import ranks
from genarium.errors import UserError, nearest

VERBS = {
    "train": "train a model on a data set, or a sweep, or go on with a run",
    "sample": "draw images from a run",
    "translate": "translate images by a run: colors, holes, size, another domain",
    "embed": "a map of a run's codes in the plane, by t-SNE or PCA",
    "edit": "change an attribute or the class of images by their codes",
    "bias": "which images have rare codes, and which groups are too few",
    "detect": "find images that are unlike those a run was trained on",
    "compress": "images into a file of a model's codes, entropy coded",
    "decompress": "images out of that file, the same on every process",
    "evaluate": "measure a run, every number with its protocol",
    "sweep": "what came of a sweep: runs, best first; which settings matter",
    "compare": "put runs side by side on one page",
    "table": "the same numbers in Markdown, with the protocols in full",
    "study": "from a claim to a verdict: arms, seeds, statistics, a report",
    "dashboard": "a workspace for a W&B project: groups, bands, pictures",
    "sync": "upload to Weights & Biases what was kept offline",
    "data": "fetch, pack and show a data set",
    "list": "what can be chosen: models and other groups, with papers",
    "demo": "an autoencoder, a VAE and a GAN compared, in a minute or three",
}
HIDDEN = ("rank", "worker")
"""Processes that commands start themselves."""
UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENAMETOOLONG}
HELP = """genarium: classic autoencoders, VAEs and GANs under one protocol

{verbs}

Examples
  genarium demo
  genarium train model=beta_vae data=flowers
  genarium compare runs/default

`genarium VERB --help` shows examples and choices.
"""


def main() -> None:
    """Exit code 0: done; 1: a defect of Genarium, with traceback; 2: something to mend, in one sentence; 141: nobody
    reads the output any more; 143: ended by SIGTERM or Ctrl-C, saved first."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a letter shows ? in its place
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for name in ("GENARIUM_DATA", "GENARIUM_CACHE"):  # as a file of settings has them, whose ~ no shell has seen
        if name in os.environ:
            os.environ[name] = os.path.expanduser(os.environ[name])  # noqa: PTH111
    args = sys.argv[1:]
    if args[:1] == ["help"]:  # as git and cargo have it
        args = [*args[1:2], "--help"]
    if not args or args[0] in ("-h", "--help"):
        print(HELP.format(verbs="\n".join(f"  {verb:<10} {what}" for verb, what in VERBS.items())))
        return
    try:
        run_verb(args[0], args[1:])
    except UserError as error:
        print("genarium: " + str(error).replace("\n", "\\n"), file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # whoever read the output, head say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        print(f"genarium: {error.filename or 'a file'} cannot be written: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def run_verb(verb: str, args: list[str]) -> None:
    if verb not in VERBS and verb not in HIDDEN:
        raise UserError(f"there is no verb '{verb}'{nearest(verb, VERBS)}")
    if verb != "rank":
        ranks.forget()
    module = importlib.import_module(f"genarium.commands.{verb}")
    if {"-h", "--help"} & set(args):
        print(module.help_text())
        return
    module.main(args)


if __name__ == "__main__":
    main()
