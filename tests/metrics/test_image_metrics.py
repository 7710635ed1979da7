"""Image against image, and to bytes."""

import math

import numpy as np
import pytest
import torch
from torchmetrics.functional.image import lpips as backbones
from torchmetrics.functional.image import structural_similarity_index_measure as their_ssim

from genarium.errors import UserError
from genarium.evaluation.image_bytes import pixel_range, range_warnings, to_uint8
from genarium.metrics.lpips import BACKBONES, Lpips, LpipsUnavailable
from genarium.metrics.psnr import mean_psnr, mse, psnr
from genarium.metrics.ssim import ms_ssim, ms_ssim_scales, ssim


def images(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_bytes_go_to_images_and_back_unchanged():
    levels = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    assert torch.equal(to_uint8(levels / 127.5 - 1), levels)


def test_to_bytes_rounds_and_clamps_and_leaves_the_input_alone():
    x = torch.tensor([-1.2, -1.0, (126.6 / 127.5) - 1, 1.0, 1.5]).reshape(1, 1, 1, 5)
    before = x.clone()
    assert to_uint8(x).flatten().tolist() == [0, 0, 127, 255, 255]  # truncation would give 126
    assert torch.equal(x, before)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (torch.rand(2, 3, 4, 4) * 255, "x / 127.5 - 1"),
        (torch.full((2, 3, 4, 4), float("nan")), "NaN"),
        (torch.zeros(2, 4, 4, 4), "4 channels"),
        (torch.zeros(2, 3, 4, 4, dtype=torch.uint8), "uint8"),
        (torch.zeros(3, 4, 4), "shape"),
    ],
)
def test_images_of_wrong_range_kind_or_shape_are_an_error(bad, said):
    with pytest.raises(UserError, match=said):
        to_uint8(bad)


def test_a_suspicious_range_is_recorded():
    assert range_warnings(*pixel_range(images(4, 1, 8, 8))) == ()
    assert "[0, 1]" in range_warnings(*pixel_range(images(4, 1, 8, 8).abs()))[0]
    assert "outside" in range_warnings(*pixel_range(images(4, 1, 8, 8) * 1.5))[0]


def test_mse_and_psnr_are_per_image_closed_forms():
    original = images(2, 3, 16, 16) * 0.5
    off = original + torch.tensor([0.1, 0.2]).reshape(2, 1, 1, 1)
    torch.testing.assert_close(mse(reconstruction=off, original=original), torch.tensor([0.01, 0.04]))
    expected = torch.tensor([20 * math.log10(2 / 0.1), 20 * math.log10(2 / 0.2)])
    torch.testing.assert_close(psnr(reconstruction=off, original=original), expected)
    assert psnr(reconstruction=original, original=original).isinf().all()


@pytest.mark.parametrize("measure", [ssim, ms_ssim])
@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (3, 3, 64, 64)], ids=["one_gray", "three_rgb"])
def test_similarity_is_one_for_equal_images_and_falls_with_noise(measure, shape):
    original = torch.nn.functional.avg_pool2d(images(*shape), 5, 1, 2)
    close, far = original + 0.05 * images(*shape, seed=1), original + 0.8 * images(*shape, seed=1)
    same, close, far = (measure(reconstruction=x, original=original) for x in (original, close, far))
    assert same.shape == (shape[0],)
    torch.testing.assert_close(same.float(), torch.ones(shape[0]))
    assert (close < 1).all() and (close > far).all()


def test_one_image_does_not_change_anothers_similarity():
    a, b = images(4, 3, 32, 32), images(4, 3, 32, 32, seed=1)
    for measure in (mse, psnr, ssim, ms_ssim):
        whole = measure(reconstruction=a, original=b)
        torch.testing.assert_close(measure(reconstruction=a[1:2], original=b[1:2]), whole[1:2], rtol=1e-4, atol=1e-5)


def flat(*levels: float, size: int = 16) -> torch.Tensor:
    return torch.tensor(levels).reshape(-1, 1, 1, 1).expand(-1, 1, size, size)


def test_similarity_of_flat_images_is_the_luminance_term_on_intensities_from_0_to_1():
    x, y = flat(0.05, -1.0, 0.0), flat(-0.05, 1.0, 1.0)
    a, b, c1 = (x[:, 0, 0, 0] + 1) / 2, (y[:, 0, 0, 0] + 1) / 2, 1e-4
    closed = (2 * a * b + c1) / (a * a + b * b + c1)
    found = ssim(reconstruction=x, original=y)
    torch.testing.assert_close(found, closed.double(), rtol=1e-6, atol=1e-7)
    assert [round(value, 4) for value in found.tolist()[:2]] == [0.995, 0.0001]
    # one scale at 16 pixels; three at 44, the last of which has the luminance
    torch.testing.assert_close(ms_ssim(reconstruction=x, original=y), closed.double() ** 1.0001, rtol=1e-6, atol=1e-7)
    last = 1.0001 * 0.3001 / (0.0448 + 0.2856 + 0.3001)
    of_three = ms_ssim(reconstruction=x.repeat(1, 1, 3, 3), original=y.repeat(1, 1, 3, 3))
    torch.testing.assert_close(of_three, closed.double() ** last, rtol=1e-6, atol=1e-7)


def test_similarity_is_torchmetrics_over_the_windows_inside_the_image():
    a, b = images(2, 3, 40, 33), (images(2, 3, 40, 33) + images(2, 3, 40, 33, seed=1)) / 2
    _, whole = their_ssim((a + 1) / 2, (b + 1) / 2, data_range=1.0, return_full_image=True)
    inside = whole[..., 5:-5, 5:-5].flatten(1).mean(1).double()
    torch.testing.assert_close(ssim(reconstruction=a, original=b), inside, rtol=1e-4, atol=1e-5)


def test_similarity_at_several_scales_is_wangs_product():
    """By windows that are cut out one by one, in numpy's float64."""
    x, y = images(1, 1, 46, 46)[0, 0].double().numpy(), images(1, 1, 46, 46, seed=1)[0, 0].double().numpy() * 0.3
    y = 0.8 * x + y
    line = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    weights = np.outer(line, line) / line.sum() ** 2

    def factors(x, y):
        luminance, contrast = [], []
        for i in range(len(x) - 10):
            for j in range(len(x) - 10):
                a, b = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
                m, n = (weights * a).sum(), (weights * b).sum()
                v, w = (weights * (a - m) ** 2).sum(), (weights * (b - n) ** 2).sum()
                c = (weights * (a - m) * (b - n)).sum()
                luminance.append((2 * m * n + 1e-4) / (m * m + n * n + 1e-4))
                contrast.append((2 * c + 9e-4) / (v + w + 9e-4))
        return np.array(luminance), np.array(contrast)

    halved = lambda x: (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4
    a, b, expected, betas = (x + 1) / 2, (y + 1) / 2, 1.0, np.array([0.0448, 0.2856, 0.3001])
    for scale, beta in enumerate(1.0001 * betas / betas.sum()):
        luminance, contrast = factors(a, b)
        expected *= (contrast if scale < 2 else luminance * contrast).mean() ** beta
        if scale < 2:
            size = len(a) // 2 * 2
            a, b = halved(a[:size, :size]), halved(b[:size, :size])
    pair = [torch.from_numpy(side).float()[None, None] for side in (y, x)]
    assert ms_ssim(reconstruction=pair[0], original=pair[1]).item() == pytest.approx(expected, rel=1e-6)


def test_ms_ssim_of_small_images_uses_the_scales_that_fit():
    assert [ms_ssim_scales(r) for r in (11, 28, 32, 64, 128, 175, 176, 256)] == [1, 2, 2, 3, 4, 4, 5, 5]
    for resolution in (11, 22, 23, 44, 47, 69):
        x = images(1, 1, resolution, resolution)
        assert ms_ssim(reconstruction=x, original=x).item() == pytest.approx(1)


def test_an_exact_copy_does_not_make_the_mean_psnr_infinite_and_is_said():
    found = mean_psnr(torch.tensor([20.0, math.inf, 30.0]))
    assert found["psnr"] == pytest.approx(50) and "1 of 3" in found.warnings[0]
    assert mean_psnr(torch.tensor([math.inf, math.inf]))["psnr"] == math.inf
    assert mean_psnr(torch.tensor([20.0, 30.0])) == mean_psnr(torch.tensor([30.0, 20.0]))


def test_images_smaller_than_the_window_or_of_other_sizes_are_an_error():
    with pytest.raises(UserError, match="window"):
        ssim(reconstruction=images(1, 1, 8, 8), original=images(1, 1, 8, 8))
    with pytest.raises(UserError, match="different shapes"):
        mse(reconstruction=images(1, 1, 8, 8), original=images(1, 1, 9, 9))


def test_lpips_without_its_weights_names_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(LpipsUnavailable, match=r"alexnet-owt-7be5be79\.pth: put it into .*checkpoints"):
        Lpips("alex", 64)
    with pytest.raises(UserError, match="choose from alex"):
        Lpips("resnet", 64)


def test_lpips_takes_only_the_published_weights_and_images_large_enough(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    (tmp_path / "hub" / "checkpoints" / BACKBONES["vgg"].file).write_bytes(b"other weights")
    with pytest.raises(LpipsUnavailable, match=r"is not the published weight file \(its SHA-256 begins"):
        Lpips("vgg", 64)
    for name, least in (("alex", 31), ("vgg", 16), ("squeeze", 17)):
        network = {"alex": backbones.Alexnet, "vgg": backbones.Vgg16, "squeeze": backbones.SqueezeNet}[name](
            pretrained=False
        )
        network(torch.zeros(1, 3, least, least))
        with pytest.raises(RuntimeError):
            network(torch.zeros(1, 3, least - 1, least - 1))
        with pytest.raises(LpipsUnavailable, match=f"needs images of {least} px or more, not {least - 1}"):
            Lpips(name, least - 1)


def test_lpips_is_zero_for_equal_images_and_grows_with_noise(tmp_path, monkeypatch):
    import torchvision

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weights = torchvision.models.squeezenet1_1(weights=None).state_dict()
    torch.save(weights, tmp_path / "hub" / "checkpoints" / BACKBONES["squeeze"].file)
    monkeypatch.setitem(BACKBONES, "squeeze", BACKBONES["squeeze"]._replace(sha256=""))
    lpips, original = Lpips("squeeze", 64), images(3, 1, 64, 64) * 0.8
    near, far = (original + s * images(3, 1, 64, 64, seed=1) for s in (0.02, 0.8))
    assert lpips(reconstruction=original, original=original).abs().max() == 0
    near, far = (lpips(reconstruction=x, original=original) for x in (near, far))
    assert near.shape == (3,) and (near > 0).all() and (near < far).all()
