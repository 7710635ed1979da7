"""The absence of a regularizer, as one."""

from torch import Tensor


def none(*parts: object) -> Tensor:
    """Zero for every example of the last of `parts`, which are any regularizer's: the code. -> (B,)."""
    z: Tensor = parts[-1]
    return z.new_zeros(len(z))
