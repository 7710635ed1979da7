"""Random settings: `python settings.py` prints the `data` of study.yaml."""

import math
import random

import yaml


def drawn(count: int = 10, seed: int = 0) -> dict[str, list[str]]:
    """Name -> words of a setting: the rate log-uniform over a factor of 100, the others uniform over what stands
    here."""
    uniform = random.Random(seed).random
    one_of = lambda *values: values[int(uniform() * len(values))]
    settings = {}
    for number in range(count):
        rate = 10 ** (-4.5 + 2 * uniform())
        settings[f"s{number}"] = [
            f"model.optimizers.generator.optimizer.lr={round(rate, 1 - math.floor(math.log10(rate))):g}",
            f"model.optimizers.generator.optimizer.betas=[{one_of(0.0, 0.5, 0.8, 0.9)},0.999]",
            f"model.latent_dim={one_of(2, 4, 8, 16)}",
            f"model.generator.width={one_of(100, 200)}",
            f"model.generator.depth={one_of(2, 3, 4)}",
            f"model.discriminator.width={one_of(100, 200)}",
            f"model.discriminator.depth={one_of(1, 2, 3)}",
        ]
    return settings


if __name__ == "__main__":
    print(yaml.safe_dump({"data": drawn()}, default_flow_style=None, sort_keys=False, width=80))
