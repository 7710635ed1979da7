"""No regularizer."""

from torch import Tensor


def none(*parts: object) -> Tensor:
    """No regularizer: 0 for every example. `parts` are any regularizer's arguments, the code last. -> (B,)."""
    z = parts[-1]
    assert isinstance(z, Tensor)
    return z.new_zeros(len(z))
