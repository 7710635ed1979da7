"""Networks that must treat each image by itself."""

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm as BatchNorm

from genarium.errors import UserError

PLAIN = "conv_plain, resnet_plain, recurrent_plain or mlp"


def refuse_batchnorm(network: nn.Module, part: str, plain: str = PLAIN) -> None:
    """UserError where `network`, the model's `part`, mixes the images of a batch; `plain` ones do not."""
    if any(isinstance(layer, BatchNorm) for layer in network.modules()):
        raise UserError(
            f"the objective takes each image by itself, and the {part}'s BatchNorm mixes those of a batch: "
            f"choose model/{part}={plain}"
        )
