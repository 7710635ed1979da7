"""A thousand made-up runs on disk: a sweep of models and settings over seeds, with curves, numbers and pictures."""

import json
import math
from pathlib import Path

import numpy as np
from PIL import Image

from genarium.runs import metrics_csv

MODELS, BETAS, WIDTHS, SEEDS = ("ae", "beta_vae", "dcgan", "wgan_gp"), (0.5, 1, 2, 4, 8), (16, 32), 5
TERMS_LOGGED = ("loss", "rate", "distortion", "adversarial", "penalty", "accuracy", "logits_real", "logits_fake",
                "gradient_penalty", "kl")  # fmt: skip
SERIES = [f"{part}/{name}" for part in ("train", "val") for name in TERMS_LOGGED]
NUMBERS = ("fd/efficientnet_lite0/2k_train", "kd/efficientnet_lite0/2k_train", "precision/efficientnet_lite0/2k_train",
           "recall/efficientnet_lite0/2k_train", "psnr/val")  # fmt: skip
TERMS = {"data": {"name": "garden", "split": "train"}, "reals": 2000, "extractor": "efficientnet_lite0", "seed": 1}
CONFIG = """seed: {seed}
name: {name}
total_images: 200000
model:
  _target_: genarium.models.{model}
  beta: {beta}
  latent_dim: 32
  encoder:
    width: {width}
{rest}
data:
  name: garden
  resolution: 64
  batch_size: 64
"""
REST = "\n".join(f"  setting_{number}: {number}" for number in range(100))


def write_runs(folder: Path, count: int, points: int, pictures: int = 0) -> None:
    """`count` runs below `folder`, each with 20 series of `points` points and `pictures` kinds of pictures."""
    for number in range(count):
        write_run(folder / f"run{number:04d}", number, points, pictures)


def write_run(folder: Path, number: int, points: int, pictures: int) -> None:
    random = np.random.default_rng(number)
    folder.mkdir(parents=True)
    combination, seed = divmod(number, SEEDS)
    model = MODELS[combination % len(MODELS)]
    beta = BETAS[combination // 4 % len(BETAS)] * (1 + combination // 40)
    width = WIDTHS[combination // 20 % 2]
    told = {"seed": seed, "name": folder.name, "model": model, "beta": beta, "width": width, "rest": REST}
    (folder / "config.yaml").write_text(CONFIG.format(**told), encoding="utf-8")
    quality = 20 + 5 * math.log(beta) ** 2 + 200 / width + random.normal(0, 2)
    images = np.arange(1, points + 1) * 1000
    curves = {name: quality * np.exp(-images / 4e4) + quality + random.normal(0, 0.3, points) for name in SERIES}
    rows = [(int(seen), name, float(ys[at])) for at, seen in enumerate(images) for name, ys in curves.items()]
    (folder / "metrics.csv").write_text(metrics_csv.text(rows), encoding="utf-8")
    numbers = {name: {"value": quality / (1 + at), "images": int(images[-1]), "protocol": "a1b2c3"}
               for at, name in enumerate(NUMBERS)}  # fmt: skip
    result = {
        "status": "finished", "name": folder.name, "group": "made", "model": model, "data": "garden", "seed": seed,
        "images_seen": int(images[-1]), "seconds": 75.0 + width, "images_per_second": 2000.0 / width,
        "parameters": {model: 1000 * width}, "device": "made up", "precision": "32-true", "numbers": numbers,
        "protocols": {"a1b2c3": TERMS}, "versions": {"torch": "2.15.0"},
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    for kind in ("samples", "reconstructions", "traversals", "interpolations")[:pictures]:
        for seen in images[:: max(1, points // 6)]:
            draw(folder / "pictures" / kind / f"{seen:012d}.png", random)


def draw(file: Path, random: np.random.Generator, cells: int = 8, resolution: int = 64) -> None:
    """A grid of smooth random images, as detailed as a photograph."""
    file.parent.mkdir(parents=True, exist_ok=True)
    small = Image.fromarray(random.integers(0, 256, (cells * 8, cells * 8, 3), dtype=np.uint8))
    small.resize((cells * resolution, cells * resolution), Image.Resampling.BICUBIC).save(file, compress_level=1)
