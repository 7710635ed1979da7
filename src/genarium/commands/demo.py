"""genarium demo: what Genarium does, in a minute or three and without any download."""

import sys
import time
from itertools import count
from pathlib import Path

from omegaconf import DictConfig

from genarium.commands import train
from genarium.commands.key_values import parse_key_values
from genarium.config.compose import checked
from genarium.errors import UserError
from genarium.reports.compare import compare
from genarium.runs.run import Run

HELP = """genarium demo [total_images=20_000] [samples=250]: an AE, a beta-VAE and a DCGAN on the embedded garden,
compared

Example
  genarium demo
"""
SMALL = ["model.encoder.width=16", "model.decoder.width=16", "model.latent_dim=16"]
MODELS = {
    "ae": [*SMALL, "model.optimizers.autoencoder.optimizer.lr=4e-3"],
    "beta_vae": [*SMALL, "model.optimizers.vae.optimizer.lr=4e-3", "model.beta=20"],
    "dcgan": [
        "model.generator.decoder.width=16", "model.discriminator.encoder.width=16", "model.latent_dim=32",
        "model.optimizers.generator.optimizer.lr=1e-3", "model.optimizers.discriminator.optimizer.lr=5e-4",
        "model.optimizers.generator.ema_half_life=1_000",
    ],
}  # fmt: skip
"""What is set of each: small networks and large steps, which twenty thousand flowers are enough for."""
SET = ["data=garden", "data.rest=[x,y,rotation]"]  # upright and centered: fewer factors are learned sooner
OTHER = [
    "logger=none", "callbacks=infrequent", "callbacks.validate.count=250",
    "callbacks.samples.every='${fraction:${total_images},0.25}'",
    "callbacks.validate.every='${fraction:${total_images},0.05}'",
]  # fmt: skip
# no modes: the classifier that tells them would have to be trained first
PROTOCOL = ["evaluation=quick", "evaluation.measures=[samples,reconstructions,codes]"]
PICTURES = 2_400_000  # bytes of the page's pictures
LINES = 15  # of the table at the end


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, rest = parse_key_values(args, {"total_images": 20_000, "samples": 250}, word_key="")
    if rest:
        raise UserError(f"demo takes no word '{rest[0]}': genarium demo [total_images=…] [samples=…]")
    began, folder = time.monotonic(), free_group(Path("runs"))
    runs = {model: Run(folder / model) for model in MODELS}
    protocols = {model: protocol(run, values["samples"]) for model, run in runs.items()}
    for model, own in MODELS.items():
        shared = [*SET, *OTHER, f"total_images={values['total_images']}", f"group={folder.name}", f"name={model}"]
        train.main([f"model={model}", *own, *shared])
    measure(runs, protocols)
    page = compare([folder], folder / "compare.html", PICTURES)
    print(f"page:     {page}")
    for run in runs.values():
        print(f"pictures: {run.folder / 'pictures'}")
    print(f"that took {time.monotonic() - began:.0f} s", file=sys.stderr)


def protocol(run: Run, samples: int) -> DictConfig:
    """Evaluation configuration of `run`, checked before the work."""
    if samples < 2:
        raise UserError(f"samples={samples}: must be 2 or more")
    return checked([f"run={run.folder}", *PROTOCOL, f"evaluation.num_samples={samples}"], "evaluate")


def measure(runs: dict[str, Run], protocols: dict[str, DictConfig]) -> None:
    from genarium.commands.evaluate_run import evaluate  # torch takes seconds: it comes when nothing is misspelled
    from genarium.reports.terminal import print_runs

    for model, run in runs.items():
        evaluate(run, protocols[model])
    print_runs(list(runs.values()), most=LINES)


def free_group(runs: Path) -> Path:
    """runs/demo, or the first of runs/demo-2, runs/demo-3, … that no earlier demo has taken."""
    names = ("demo" if number == 1 else f"demo-{number}" for number in count(1))
    return next(runs / name for name in names if not (runs / name).exists())
