"""No regularizer."""

from torch import Tensor


def none(*parts: object) -> Tensor:
    """No regularizer: 0 for every example. `parts` are any regularizer's arguments, the code last. -> (B,).

    >>> import torch
    >>> none("encoder", "decoder", torch.ones(3, 1), torch.ones(3, 2))
    tensor([0., 0., 0.])
    """
    z = parts[-1]
    assert isinstance(z, Tensor)
    return z.new_zeros(len(z))
