"""Groups in the density of codes."""

import pytest
import torch

from genarium.errors import UserError
from genarium.metrics.group_density import groups


def test_a_group_of_rare_codes_is_first_and_fills_the_rarest_tenth():
    labels = torch.tensor([0] * 90 + [1] * 10)
    density, error = -labels.float() - torch.linspace(0, 0.5, 100), labels * 3.0 + 1
    rare, common = groups(log_density=density, labels=labels, error=error)
    assert (rare.label, rare.images, rare.share, rare.share_of_rarest, rare.error) == (1, 10, 0.1, 1.0, 4.0)
    assert (common.label, common.share_of_rarest, common.error) == (0, 0.0, 1.0)
    with pytest.raises(UserError, match="all images are of one class"):
        groups(log_density=density, labels=torch.zeros(100))
