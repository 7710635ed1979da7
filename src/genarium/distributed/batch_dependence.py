"""Checks of objectives that mix the images of a batch, or must not."""

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm as BatchNorm

from genarium.errors import UserError

PLAIN = "conv_no_norm, resnet_no_norm, recurrent_no_norm or mlp"


def refuse_batchnorm(network: nn.Module, part: str, plain: str = PLAIN) -> None:
    """Refuse BatchNorm: UserError where the model's `part` mixes the images of a batch; `plain` ones do not."""
    if any(isinstance(layer, BatchNorm) for layer in network.modules()):
        raise UserError(
            f"the objective takes each image by itself, and the {part}'s BatchNorm mixes those of a batch: "
            f"choose model/{part}={plain}"
        )


def refuse_fewer(count: int, least: int, z: Tensor, what: str) -> None:
    """Refuse small batches: UserError where `what` is trained on fewer images than it needs.

    Held-out batches, whose last one may be small, pass: their codes `z` have no gradient.
    """
    if count < least and z.requires_grad:
        raise UserError(f"{what} cannot be had from a batch of {count}: set data.batch_size={least} or more")
