import math

import pytest
import torch

from genarium.losses.information import classification_loss, feature_matching, mutual_information, pulling_away


def test_information_is_the_entropy_of_the_code_where_the_guess_is_certain():
    category = torch.eye(10)
    certain = torch.cat([100 * category, torch.zeros(10, 0)], 1)
    assert torch.allclose(mutual_information(certain, category, torch.zeros(10, 0)), torch.full((10,), math.log(10)))
    ignorant = torch.zeros(10, 10)
    assert torch.allclose(mutual_information(ignorant, category, torch.zeros(10, 0)), torch.zeros(10), atol=1e-6)


def test_information_of_a_number_is_its_log_density_above_the_uniform():
    number, none = torch.tensor([[0.5]]), torch.zeros(1, 1)
    guess = torch.tensor([[0.0, 0.2, math.log(0.3)]])  # one category, mean, log scale
    normal = torch.distributions.Normal(0.2, 0.3).log_prob(torch.tensor(0.5))
    assert mutual_information(guess, none + 1, number).item() == pytest.approx(normal.item() + math.log(2))


def test_class_error_counts_known_labels_only():
    logits, labels = torch.zeros(3, 4), torch.tensor([0, -1, 3])
    assert classification_loss(logits, labels).tolist() == pytest.approx([math.log(4), 0.0, math.log(4)])


def test_pulling_away_is_zero_for_orthogonal_codes_and_one_for_equal_ones():
    assert torch.allclose(pulling_away(3 * torch.eye(5)), torch.zeros(5))
    assert torch.allclose(pulling_away(torch.ones(4, 3)), torch.ones(4))
    codes = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    assert torch.allclose(pulling_away(codes), torch.full((2,), 0.5))


def test_moment_distance_compares_means_of_features():
    real, fake = torch.tensor([[0.0, 2.0], [2.0, 2.0]]), torch.tensor([[3.0, 0.0], [3.0, 0.0]])
    assert torch.equal(feature_matching(real, fake), torch.full((2,), 8.0))


def test_a_code_without_others_is_not_pulled_away():
    code = torch.randn(1, 3, requires_grad=True)
    pulling_away(code).sum().backward()
    assert pulling_away(code).tolist() == [0.0] and not code.grad.any()


def test_pulling_away_is_right_in_bfloat16():
    """Against the definition, pair by pair, of codes that nearly agree, whose product bfloat16 would round."""
    torch.manual_seed(0)
    codes = torch.ones(6, 64) + 0.3 * torch.randn(6, 64)
    pairs = torch.stack(
        [torch.cosine_similarity(codes[i], codes[j], dim=0) for i in range(6) for j in range(6) if i != j]
    )
    expected = pairs.square().reshape(6, 5).mean(1)
    assert torch.allclose(pulling_away(codes), expected, atol=1e-6)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.allclose(pulling_away(codes), expected, atol=1e-6)
        assert torch.allclose(pulling_away(codes.bfloat16()), expected, atol=1e-2)


def test_codes_that_are_all_zero_have_a_finite_slope():
    codes = torch.zeros(4, 3, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        pulling_away(codes).sum().backward()
    assert torch.equal(pulling_away(codes), torch.zeros(4)) and codes.grad.isfinite().all()
