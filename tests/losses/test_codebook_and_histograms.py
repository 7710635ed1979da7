import torch

from genarium.distributions.latent_histogram import drawn, histogram, sampling_chance
from genarium.distributions.straight_through import straight_through
from genarium.losses.perplexity import perplexity
from genarium.networks.vector_quantizer import Codebook

MEANS = torch.tensor([[4.0, 0.0], [-4.0, 0.0], [0.0, 4.0], [0.0, -4.0]])


def clusters(count: int) -> torch.Tensor:
    """Maps of one vector near one of four means, (4 count, 2, 1, 1)."""
    return (MEANS.repeat(count, 1) + 0.3 * torch.randn(4 * count, 2))[:, :, None, None]


def test_gradients_pass_straight_through_the_quantization():
    z, quantized = torch.randn(3, 2, requires_grad=True), torch.randn(3, 2)
    out = straight_through(z, quantized)
    assert torch.allclose(out, quantized)
    slope = torch.randn(3, 2)
    out.backward(slope)
    assert torch.equal(z.grad, slope)


def test_the_codebook_converges_to_the_means_of_the_clusters():
    torch.manual_seed(0)
    z, codebook = clusters(50), Codebook(size=4, dim=2, decay=0.9, min_usage=0.1).train()
    codebook.vectors.copy_(MEANS / 2)
    codebook.use.fill_(50)
    codebook.total.copy_(50 * MEANS / 2)
    for _ in range(200):
        codebook(z)
    means = z[:, :, 0, 0].unflatten(0, (50, 4)).mean(0)
    assert torch.allclose(codebook.vectors, means, atol=1e-3)
    quantized, codes = codebook(z)
    assert torch.allclose(quantized, codebook.vectors[codes].movedim(-1, 1))
    assert torch.isclose(perplexity(codes, 4), torch.tensor(4.0))


def test_an_untrained_codebook_starts_on_the_data_and_dead_codes_come_back_to_it():
    torch.manual_seed(0)
    z, codebook = clusters(50), Codebook(size=16, dim=2, decay=0.5, min_usage=0.1).train()
    codebook(z)
    assert (torch.cdist(codebook.vectors, MEANS).min(1).values < 1.5).all()
    codebook.vectors[3] = codebook.total[3] = 1000.0
    codebook.use[3] = 1.0
    for _ in range(10):
        codebook(z)
    assert torch.cdist(codebook.vectors[3:4], MEANS).min() < 1.5


def test_a_codebook_moves_in_training_only():
    codebook = Codebook(size=8, dim=2, decay=0.5, min_usage=0.1).eval()
    before = {name: value.clone() for name, value in codebook.state_dict().items()}
    codebook(clusters(5))
    assert all(torch.equal(before[name], value) for name, value in codebook.state_dict().items())


def test_perplexity_counts_codes_in_even_use():
    assert torch.isclose(perplexity(torch.zeros(10, dtype=torch.long), 8), torch.tensor(1.0))
    assert torch.isclose(perplexity(torch.tensor([1, 5, 1, 5]), 8), torch.tensor(2.0))


def test_a_histogram_sums_to_one_for_each_latent_and_its_outer_bins_are_open():
    z = torch.tensor([[-9.0, 0.1], [9.0, 0.1], [0.1, 0.1], [0.1, -9.0]])
    shares = histogram(z, bins=4, reach=2.0)
    assert torch.equal(shares, torch.tensor([[0.25, 0, 0.5, 0.25], [0.25, 0, 0.75, 0]]))


def test_rare_codes_are_drawn_as_often_as_common_ones_and_as_they_are_where_alpha_is_large():
    torch.manual_seed(0)
    z = torch.cat([torch.full((950, 1), 1.0), torch.full((50, 1), -1.0)])
    shares = histogram(z, bins=10, reach=2.0)
    even = sampling_chance(z, shares, reach=2.0, alpha=1e-6)
    assert torch.isclose(even.sum(), torch.tensor(1.0))
    assert torch.isclose(even[950:].sum(), torch.tensor(0.5), atol=1e-3)
    as_it_is = sampling_chance(z, shares, reach=2.0, alpha=1e6)
    assert torch.isclose(as_it_is[950:].sum(), torch.tensor(0.05), atol=1e-3)
    rows = drawn(even, torch.rand(4000))
    assert abs((rows >= 950).float().mean() - 0.5) < 0.03
