"""Density of codes: the histogram's own frequencies, whatever the scale of the codes."""

import torch

from genarium.uses.bias import log_density


def test_the_density_is_the_product_of_the_latents_frequencies_and_knows_no_scale():
    reference = torch.tensor([[-1.0, 1.0], [1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    codes = torch.tensor([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]])
    found = log_density(codes, reference=reference).exp() * 24**2  # 4 codes and 20 bins, each counted once more
    assert torch.allclose(found, torch.tensor([16.0, 8.0, 4.0]))
    assert torch.equal(log_density(5 * codes + 2, reference=5 * reference + 2), log_density(codes, reference=reference))


def test_outliers_of_a_gaussian_are_its_rarest_codes():
    reference = torch.randn(5000, 4, generator=torch.Generator().manual_seed(0))
    density = log_density(torch.cat([reference[:200], torch.full((1, 4), 2.9)]), reference=reference)
    assert density.argmin() == 200
