"""Networks of signals: those whose images may be of any height."""

from collections.abc import Iterator

from omegaconf import DictConfig

from genarium.errors import UserError


def check_networks(config: DictConfig) -> None:
    """UserError where the data are signals, images of one row, and a network of the model takes squares alone."""
    if config.data.get("height") != 1:
        return
    for key in networks_of_squares(config.model):
        raise UserError(
            f"data={config.choices.data} are signals, and model.{key} of model={config.choices.model} is a network of"
            " square images: choose model=ae, ae_recurrent, vae, dcgan or sr_l1, with the networks that they come with"
        )


def networks_of_squares(node: DictConfig, above: str = "") -> Iterator[str]:
    """Dotted keys of the parts that are given a resolution and no height."""
    if "resolution" in node and "height" not in node:
        yield above
    for key, value in node.items_ex(resolve=False):
        if isinstance(value, DictConfig):
            yield from networks_of_squares(value, f"{above}.{key}" if above else str(key))
