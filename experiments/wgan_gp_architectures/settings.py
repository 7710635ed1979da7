"""Random architectures: `python settings.py` prints the `data` of study.yaml."""

import random

import yaml

ACTIVATIONS = ("ReLU", "LeakyReLU", "Softplus", "Tanh")


def drawn(count: int = 20, seed: int = 0) -> dict[str, list[str]]:
    """Name -> words of an architecture (Gulrajani et al., arXiv:1704.00028, table 1), each drawn uniformly; no two are
    alike."""
    uniform = random.Random(seed).random
    one_of = lambda *values: values[int(uniform() * len(values))]
    found: list[list[str]] = []
    while len(found) < count:
        activation, blocks, width = one_of(*ACTIVATIONS), one_of(1, 2, 3), one_of(8, 16)
        norms = {"generator.decoder": one_of("BatchNorm2d", "Identity")}
        norms["discriminator.encoder"] = one_of("InstanceNorm2d", "Identity")
        words = [
            f"model.{network}.{word}"
            for network, norm in norms.items()
            for word in (
                f"activation._target_=torch.nn.{activation}",
                f"blocks={blocks}",
                f"width={width}",
                f"norm._target_=torch.nn.{norm}",
            )
        ]
        found += [words] if words not in found else []
    return {f"a{number:02}": words for number, words in enumerate(found)}


if __name__ == "__main__":
    print(yaml.safe_dump({"data": drawn()}, default_flow_style=None, sort_keys=False, width=80))
