"""Random architectures: `python settings.py` prints the `data` of study.yaml."""

import random

import yaml

ACTIVATIONS = ("ReLU", "LeakyReLU", "ELU", "Tanh")


def drawn(count: int = 20, seed: int = 0) -> dict[str, list[str]]:
    """Name -> words of an architecture (Gulrajani et al., arXiv:1704.00028, table 1), each drawn uniformly; no two are
    alike."""
    uniform = random.Random(seed).random
    one_of = lambda *values: values[int(uniform() * len(values))]
    found: list[list[str]] = []
    while len(found) < count:
        activation = one_of(*ACTIVATIONS)
        norms = {"generator.decoder": one_of("BatchNorm2d", "Identity")}
        norms["discriminator.encoder"] = one_of("InstanceNorm2d", "Identity")
        words = [
            f"model.{network}.{word}"
            for network, norm in norms.items()
            for word in (
                f"activation._target_=torch.nn.{activation}",
                f"norm._target_=torch.nn.{norm}",
                f"width={one_of(16, 32, 64)}",
            )
        ]
        found += [words] if words not in found else []
    return {f"a{number:02}": words for number, words in enumerate(found)}


if __name__ == "__main__":
    print(yaml.safe_dump({"data": drawn()}, default_flow_style=None, sort_keys=False, width=50))
