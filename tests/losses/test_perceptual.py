"""Perceptual distance, and the network that it reads."""

import torch
from efficientnet_lite_pytorch import EfficientNet

from genarium.losses.perceptual import PerceptualDistance, feature_distance
from genarium.networks.efficientnet_lite import FILES, EfficientNetMaps
from genarium.training.build import built
from small import configured

NAME = "efficientnet-lite0"
IMAGES = torch.rand(2, 3, 16, 16) * 2 - 1


def test_maps_are_the_package_networks_at_strides_of_2_4_and_8():
    network, seen = EfficientNet.from_name(NAME).eval(), []
    network.load_state_dict(torch.load(FILES[NAME](), weights_only=True))
    for block in network._blocks:
        block.register_forward_hook(lambda module, given, made: seen.append((given[0], made)))
    large = torch.nn.functional.interpolate(IMAGES, scale_factor=2, mode="bilinear")
    with torch.no_grad():
        network(((large + 1) * 127.5 - 127) / 128)
    shrinking = [given for given, made in seen if made.shape[-1] < given.shape[-1]][:3]
    found = EfficientNetMaps(NAME)(IMAGES)
    assert [part.shape[-1] for part in found] == [16, 8, 4]
    for one, other in zip(found, shrinking, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


def test_the_distance_is_that_of_directions_summed_over_maps_and_averaged_over_places():
    """Right angles are 2 apart, opposite ones 4, however long they are."""
    one = torch.tensor([1.0, 0.0]).view(1, 2, 1, 1).expand(1, 2, 1, 2)
    other = torch.tensor([[0.0, 3.0], [-2.0, 0.0]]).T.reshape(1, 2, 1, 2)
    assert feature_distance([one, one], [other, 5 * one]).item() == 3.0


def test_an_image_is_nearest_to_itself_and_the_gradient_reaches_it_alone():
    distance = PerceptualDistance(EfficientNetMaps(NAME), pixel_weight=1.0)
    made = (IMAGES + 0.1 * torch.randn_like(IMAGES)).requires_grad_()
    far = distance(IMAGES, made)
    assert torch.equal(distance(IMAGES, IMAGES), torch.zeros(2)) and far.min() > 0.01
    far.sum().backward()
    assert made.grad is not None and made.grad.abs().max() > 0
    assert not any(weight.requires_grad for weight in distance.maps.network.parameters())


def test_the_network_belongs_to_no_player_and_no_checkpoint():
    model = built(configured("srgan_perceptual").model, "model")
    plain = built(configured("srgan").model, "model")
    assert model.trained_on == NAME and model.state_dict().keys() == plain.state_dict().keys()
