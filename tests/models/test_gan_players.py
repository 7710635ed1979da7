"""What the other players of the family promise: encoders, pairs, codes, levels, stages, energies."""

import functools

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.losses.adversarial import LeastSquares, NonSaturating
from genarium.losses.energy import BEGANLoss, EBGANLoss
from genarium.losses.gradient_penalty import LazyPenalty, r1
from genarium.losses.information import pulling_away
from genarium.models.acgan import ACGAN
from genarium.models.ali import ALI
from genarium.models.began import BEGAN
from genarium.models.cgan import ConditionalGAN
from genarium.models.cogan import CoGAN
from genarium.models.ebgan import EBGAN
from genarium.models.gan import GAN
from genarium.models.info_gan import InfoGAN
from genarium.models.lapgan import LAPGAN
from genarium.models.progressive_gan import ProgressiveGAN
from genarium.networks.conv import ConvDecoder, ConvEncoder
from genarium.networks.coupled import CoupledDiscriminator, CoupledGenerator
from genarium.networks.initialization import initialize_as_dcgan
from genarium.networks.laplacian import DetailGenerator, LaplacianDiscriminator, LaplacianGenerator
from genarium.networks.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from genarium.protocols import Batch
from genarium.training import schedules
from genarium.training.steps import take_steps
from genarium.transforms.domains import edges, negative
from playing import adam, fit, mlp, parts, points_gan

UP = lambda c_in, c_out, bias, flat: nn.ConvTranspose2d(c_in, c_out, 4, stride=2, padding=1, bias=bias)
DOWN = {"channels": 1, "resolution": 16, "width": 8, "norm": nn.BatchNorm2d, "activation": nn.ReLU}
UPWARD = DOWN | {"in_dim": 4, "upsample": UP}
LAYERS = {"norm": nn.BatchNorm2d, "activation": nn.ReLU}
DCGAN = {"init": initialize_as_dcgan}
LABELS = torch.zeros(32, dtype=torch.long)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def labeled(network: nn.Module, classes: int) -> nn.Module:
    """A network of vectors that is also given a one-hot label."""

    class Labeled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            return self.network(torch.cat([x.flatten(1), nn.functional.one_hot(labels, classes)], 1))

    return Labeled()


class Pair(nn.Module):
    """A critic of an image and a code."""

    def __init__(self) -> None:
        super().__init__()
        self.network = mlp(2, 64, 64, 1, last=nn.Flatten(0))

    def forward(self, x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return self.network(torch.cat([x.flatten(1), z], 1))


class Told(nn.Module):
    """A critic that also tells `out` numbers."""

    def __init__(self, out: int) -> None:
        super().__init__()
        self.trunk = mlp(2, 32, 32, last=nn.LeakyReLU(0.2))
        self.head, self.telling = nn.Linear(32, 1), nn.Linear(32, out)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.trunk(x)
        return self.head(features).flatten(), self.telling(features)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ali_reconstructs_although_it_never_compares_an_image_with_its_reconstruction(seed):
    torch.manual_seed(seed)
    model = ALI(
        encoder=mlp(1, 64, 2),
        generator=mlp(1, 64, 1, last=nn.Unflatten(1, (1, 1, 1))),
        discriminator=Pair(),
        adversarial_loss=NonSaturating(),
        latent_dim=1,
        optimizers={name: adam(5e-3, betas=(0.0, 0.999)) for name in ("generator", "discriminator")},
        schedules={},
    )
    fit(model, [1.6 * torch.rand(64, 1, 1, 1) - 0.8 for _ in range(1000)])
    x = torch.linspace(-0.8, 0.8, 64).reshape(-1, 1, 1, 1)
    error = lambda other: ((model.reconstruct(x) - other).square().mean() / x.square().mean()).item()
    assert error(x) < 0.2 and error(x[torch.randperm(64)]) > 1
    assert model.sample(500).std().item() == pytest.approx(x.std().item(), rel=0.2)


def test_alis_encoder_wants_real_pairs_taken_for_fake_and_its_generator_fakes_for_real():
    networks, logits = {"encoder": mlp(1, 8, 2), "generator": mlp(1, 8, 1, last=nn.Unflatten(1, (1, 1, 1)))}, []
    players = {"generator": adam(), "discriminator": adam()}
    model = ALI(
        **networks,
        discriminator=Pair(),
        adversarial_loss=NonSaturating(),
        latent_dim=1,
        optimizers=players,
        schedules={},
    )
    model.discriminator.register_forward_hook(lambda layer, inputs, judged: logits.append(judged))
    terms = model.generator_terms(Batch(torch.randn(32, 1, 1, 1), LABELS))
    real, fake = logits
    assert torch.allclose(terms["encoder"], -(1 - real.sigmoid()).log(), atol=1e-6)
    assert torch.allclose(terms["generator"], -fake.sigmoid().log(), atol=1e-6)


def test_alis_game_must_be_mirrored():
    players = {"generator": adam(), "discriminator": adam()}
    networks = {"encoder": mlp(1, 2), "generator": mlp(1, 1), "discriminator": Pair()}
    with pytest.raises(UserError, match="no mirror images"):
        ALI(**networks, adversarial_loss=LeastSquares(), latent_dim=1, optimizers=players, schedules={})


def bars(count: int) -> torch.Tensor:
    """White bars at a random column of a black picture, (count, 1, 16, 16)."""
    column = torch.randint(1, 15, (count, 1))
    across = (torch.arange(16) - column).abs() <= 1
    return (2.0 * across - 1)[:, None, None, :].repeat(1, 1, 16, 1)


def likeness(a: torch.Tensor, b: torch.Tensor) -> float:
    """Mean correlation of pictures."""
    a, b = (x.flatten(1) - x.flatten(1).mean(1, keepdim=True) for x in (a, b))
    return nn.functional.cosine_similarity(a, b).mean().item()


def coupled(**layers) -> tuple[CoupledGenerator, CoupledDiscriminator]:
    """`layers` of the discriminator."""
    decoder, encoder = ConvDecoder(**UPWARD | {"channels": 8}), functools.partial(ConvEncoder, out_dim=1, **layers)
    activation = layers["activation"]
    return CoupledGenerator(decoder, 1, 8, **LAYERS, **DCGAN), CoupledDiscriminator(
        encoder, 1, 16, 8, activation, **DCGAN
    )


def test_the_pairs_of_a_coupled_gan_share_attributes_although_it_saw_none():
    networks, players = coupled(norm=nn.Identity, activation=functools.partial(nn.LeakyReLU, 0.2)), adam(2e-3)
    settings = {"optimizers": {"generator": players, "discriminator": players}}
    model = CoGAN(second_domain=negative, **parts(*networks, 4, penalty=functools.partial(r1, gamma=10.0), **settings))
    fit(model, [bars(64) for _ in range(200)])
    model.eval()
    with torch.no_grad():
        first, second = model.sample_pairs(256, torch.Generator().manual_seed(0))
    assert likeness(first, -second) > 0.9 and likeness(first, -second.roll(1, 0)) < 0.3
    assert first.mean() < -0.3 and second.mean() > 0.3  # each in its own domain


def test_a_coupled_gan_never_sees_an_image_in_both_domains():
    model = CoGAN(second_domain=negative, **parts(*coupled(**LAYERS), 4))
    x = torch.arange(8.0).view(8, 1, 1, 1)
    assert model.real_images(Batch(x, LABELS[:8])).flatten().tolist() == [0, 2, 4, 6, -1, -3, -5, -7]


def test_edges_are_bright_where_the_image_changes():
    x = -torch.ones(1, 1, 4, 4)
    x[..., 2:] = 1.0
    assert edges(x)[0, 0, 1].tolist() == [-1.0, -1.0, 1.0, -1.0]


def test_an_infogans_code_is_a_fair_category_and_uniform_numbers():
    model = points_gan(InfoGAN, categorical_dims=4, continuous_dims=2, information_weight=1.0, latent_dim=10)
    category, numbers, rest = model.code(torch.randn(20_000, 10))
    assert torch.allclose(category.mean(0), torch.full((4,), 0.25), atol=0.02)
    assert torch.allclose(numbers.sort(0).values[::2000, 0], torch.linspace(-1, 0.8, 10), atol=0.05)
    assert rest.shape == (20_000, 4)


def test_an_infogans_category_finds_the_clusters_of_the_data():
    generator = mlp(6, 32, 2, last=nn.Unflatten(1, (2, 1, 1)))
    settings = {"categorical_dims": 2, "continuous_dims": 1, "information_weight": 1.0}
    model = InfoGAN(**parts(generator, Told(4), 6), **settings)
    batches = [(torch.randint(0, 2, (64, 1, 1, 1)) - 0.5) + 0.1 * torch.randn(64, 2, 1, 1) for _ in range(600)]
    fit(model, batches)
    guessed = model.discriminator(torch.cat(batches[:10]))[1][:, :2].argmax(1)
    cluster = (torch.cat(batches[:10])[:, 0, 0, 0] > 0).long()
    agreement = (guessed == cluster).float().mean().item()
    assert max(agreement, 1 - agreement) > 0.9
    terms = model.generator_terms(Batch(batches[0], LABELS))
    assert torch.allclose(terms["loss"], terms["adversarial"] + terms["mutual_information"])


def test_a_conditional_gan_makes_what_the_label_says():
    networks = (
        labeled(mlp(4, 32, 2, last=nn.Unflatten(1, (2, 1, 1))), 2),
        labeled(mlp(4, 32, 1, last=nn.Flatten(0)), 2),
    )
    check_classes(ConditionalGAN(classes=2, **parts(*networks, 2)))


def test_an_auxiliary_gan_makes_and_tells_what_the_label_says():
    generator = labeled(mlp(4, 32, 2, last=nn.Unflatten(1, (2, 1, 1))), 2)
    model = ACGAN(classes=2, class_weight=1.0, **parts(generator, Told(2), 2))
    check_classes(model)
    x = torch.tensor([-0.5, 0.5]).view(2, 1, 1, 1).repeat(1, 2, 1, 1)
    assert model.classify(x).argmax(1).tolist() == [0, 1]
    terms = model.discriminator_terms(Batch(x, torch.tensor([0, 1])))
    assert torch.allclose(
        terms["loss"],
        terms["adversarial"] + terms["penalty"] + terms["classification_real"] + terms["classification_fake"],
    )


def check_classes(model: ConditionalGAN) -> None:
    """Class 0 lies at (-1/2, -1/2), class 1 at (1/2, 1/2)."""
    batches = []
    for _ in range(400):
        labels = torch.randint(0, 2, (64,))
        batches.append(Batch((labels - 0.5)[:, None, None, None] + 0.1 * torch.randn(64, 2, 1, 1), labels))
    fit(model, batches)
    for label, place in ((0, -0.5), (1, 0.5)):
        made = model.sample_class(torch.full((200,), label), torch.Generator().manual_seed(0))
        assert made.mean().item() == pytest.approx(place, abs=0.2)
    both = model.sample(400, torch.Generator().manual_seed(0))
    assert (both[:, 0] > 0).float().mean().item() == pytest.approx(0.5, abs=0.1)


def test_a_conditional_gan_needs_classes():
    with pytest.raises(UserError, match="needs classes"):
        ConditionalGAN(classes=1, **parts(mlp(2, 2), mlp(2, 2), 2))


def laplacian(norm) -> tuple[LaplacianGenerator, LaplacianDiscriminator]:
    """`norm` of the discriminator."""
    decoder, detail = (
        functools.partial(ConvDecoder, **UPWARD),
        functools.partial(DetailGenerator, 1, 8, **LAYERS, **DCGAN),
    )
    encoder = functools.partial(ConvEncoder, **DOWN | {"norm": norm, "out_dim": 1})
    generator = LaplacianGenerator(decoder, detail, resolution=16, latent_dim=4, levels=1, **DCGAN)
    return generator, LaplacianDiscriminator(encoder, resolution=16, levels=1, **DCGAN)


def test_every_level_of_a_laplacian_gan_has_its_own_game():
    model = LAPGAN(**parts(*laplacian(nn.BatchNorm2d), 4))
    batch = Batch(bars(32), LABELS)
    for terms in (model.discriminator_terms(batch), model.generator_terms(batch)):
        assert torch.allclose(terms["loss"], sum(part for name, part in terms.items() if name != "loss"))
        assert {"adversarial_8", "adversarial_16"} <= set(terms)
    model.generator_terms(batch)["adversarial_8"].mean().backward()
    assert all(weight.grad is None for weight in model.generator.details.parameters())
    assert model.sample(3).shape == (3, 1, 16, 16)


def test_a_lazy_penalty_is_due_at_every_level_of_a_laplacian_gan_at_once():
    networks = laplacian(nn.Identity)
    model = LAPGAN(**parts(*networks, 4, penalty=LazyPenalty(functools.partial(r1, gamma=1.0), 2)))
    batch = Batch(bars(8), LABELS[:8])
    for model.batches_seen in range(4):
        terms = model.discriminator_terms(batch)
        due = [bool(terms[f"penalty_{side}"].any()) for side in (8, 16)]
        assert due == [model.batches_seen % 2 == 0] * 2


def growing(over: int = 320) -> ProgressiveGAN:
    networks = ProgressiveGenerator(1, 16, 4, 8, 4), ProgressiveDiscriminator(1, 16, 4, 8, 4)
    grow = schedules.linear(start=0.0, stop=1.0, over=over)
    return ProgressiveGAN(**parts(*networks, 4, schedules={"growth": grow}))


def test_a_progressive_gans_samples_are_full_size_and_continuous_while_it_grows():
    model, last = growing(), None
    for model.growth in torch.linspace(0, 1, 400).tolist():
        images = model.sample(4, torch.Generator().manual_seed(0))
        assert images.shape == (4, 1, 16, 16)
        assert last is None or (images - last).abs().max() < 0.15
        last = images
    assert model.stage() == 2


def test_each_size_rests_for_as_long_as_the_next_one_fades_in():
    model, stages = growing(), []
    for model.growth in (0.0, 0.25, 0.375, 0.5, 0.75, 0.875, 1.0):
        stages.append(model.stage())
    assert stages == [0, 0, 0.5, 1, 1, 1.5, 2]
    sizes = []
    for model.growth in (0.0, 0.375, 0.5, 0.875, 1.0):
        sizes.append(model.real_images(Batch(bars(4), LABELS)).shape[-1])
    assert sizes == [4, 8, 8, 16, 16]


def test_a_growing_run_that_was_saved_samples_at_its_stage_without_a_trainer():
    model, loaded = growing(), growing()
    fit(model, [bars(32)] * 8)
    loaded.load_state_dict(model.state_dict())
    assert loaded.stage() == pytest.approx(1.2) and loaded.growth == 0.8
    model.apply_schedules(model.images_seen)
    same = [m.eval().sample(2, torch.Generator().manual_seed(0)) for m in (model, loaded)]
    assert torch.equal(*same)


class Autoencoder(nn.Module):
    """Energies and codes of points."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = mlp(2, 16, 1), mlp(1, 16, 2)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        code = self.encoder(x)
        return (self.decoder(code) - x.flatten(1)).square().mean(1), code


class Still(nn.Module):
    """An energy of 0 everywhere; codes are the points themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return 0 * self.weight * x.flatten(1).sum(1), x.flatten(1)


def test_pulling_away_spreads_the_codes_of_fakes():
    """In the plane the mean squared cosine is 1/2 where directions are spread evenly."""
    alike = {}
    for weight in (0.0, 1.0):
        torch.manual_seed(0)
        model = points_gan(EBGAN, discriminator=Still(), adversarial_loss=EBGANLoss(1.0), pt_weight=weight)
        fit(model, [torch.randn(64, 2, 1, 1) for _ in range(300)])
        alike[weight] = pulling_away(model.sample(500).flatten(1)).mean().item()
    assert alike[1.0] < 0.55 and alike[0.0] > 0.65


def test_an_energy_gan_gives_low_energy_to_data():
    model = points_gan(EBGAN, discriminator=Autoencoder(), adversarial_loss=EBGANLoss(1.0), pt_weight=0.1)
    fit(model, [torch.randn(32, 1, 1, 1).repeat(1, 2, 1, 1) for _ in range(200)])
    near, far = torch.full((1, 2, 1, 1), 0.5), torch.tensor([1.0, -1.0]).view(1, 2, 1, 1)
    assert model.discriminator(near)[0] < 0.5 * model.discriminator(far)[0]
    terms = model.generator_terms(Batch(torch.randn(32, 2, 1, 1), LABELS))
    assert torch.allclose(terms["loss"], terms["adversarial"] + terms["pulling_away"])


@pytest.mark.parametrize("rule", [GAN, EBGAN, BEGAN], ids=lambda rule: rule.__name__)
def test_a_regularizer_of_its_weights_is_added_to_the_generators_loss(rule):
    """Everything else is as without it, whatever the generator's other terms are."""
    own = {
        EBGAN: {"adversarial_loss": EBGANLoss(1.0), "pt_weight": 0.1},
        BEGAN: {"adversarial_loss": BEGANLoss(0.5, 0.02)},
    }
    sees = {} if rule is GAN else {"discriminator": Autoencoder()}
    size = lambda network: {"size": sum(weight.square().sum() for weight in network.parameters())}
    model, terms, batch = points_gan(rule, **sees, **own.get(rule, {})), [], Batch(torch.randn(32, 2, 1, 1), LABELS)
    for regularizer in (lambda network: {}, size):
        model.generator_regularizer = regularizer
        torch.manual_seed(0)
        take_steps(model.steps(batch), lambda player, objective: terms.append(objective()) or terms[-1])
    plain, regularized = terms[1], terms[3]
    added = size(model.generator)["size"]
    assert added > 1 and torch.allclose(regularized["loss"], plain["loss"] + added)
    assert torch.allclose(regularized["size"], added) and len(regularized["size"]) == len(plain["loss"])


def test_a_boundary_gans_k_follows_the_balance_of_both_energies_and_resumes():
    make = lambda: points_gan(BEGAN, discriminator=Autoencoder(), adversarial_loss=BEGANLoss(gamma=0.5, lambda_k=0.02))
    model, resumed, energies, k = make(), make(), [], 0.0
    model.discriminator.register_forward_hook(lambda layer, inputs, told: energies.append(told[0].mean().item()))
    fit(model, [torch.randn(32, 2, 1, 1) for _ in range(60)])
    for real, fake in zip(energies[::3], energies[2::3], strict=True):  # in the discriminator's step, the generator's
        k = min(max(k + 0.02 * (0.5 * real - fake), 0), 1)
    assert 0 < model.adversarial_loss.k < 1 and model.adversarial_loss.k.item() == pytest.approx(k, abs=1e-4)
    resumed.load_state_dict(model.state_dict())
    assert torch.equal(resumed.adversarial_loss.k, model.adversarial_loss.k)
