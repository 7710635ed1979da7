import pytest
import torch

from genarium.networks.replay_buffer import ReplayBuffer


def test_replay_returns_detached_past_images_and_resumes_exactly():
    torch.manual_seed(0)
    memory, resumed = ReplayBuffer(slots=3), ReplayBuffer(slots=3)
    rounds = [torch.full((50, 1, 2, 2), float(i), requires_grad=True) for i in range(8)]
    met = [memory(fake) for fake in rounds[:5]]
    assert all(torch.equal(seen, fake) for seen, fake in zip(met[:3], rounds, strict=False))  # it fills first
    assert not any(seen.requires_grad for seen in met)
    values = met[4].flatten(1)[:, 0]
    assert (values == 4).float().mean().item() == pytest.approx(0.5, abs=0.2) and set(values.tolist()) == {
        0,
        1,
        2,
        3,
        4,
    }
    resumed.load_state_dict(memory.state_dict())
    state = torch.get_rng_state()
    expected = [memory(fake) for fake in rounds[5:]]
    torch.set_rng_state(state)
    assert all(torch.equal(resumed(fake), seen) for fake, seen in zip(rounds[5:], expected, strict=True))


def test_a_replay_buffer_continues_with_batches_of_another_size():
    """As a run that is resumed with another data.batch_size: the stored images are seen again."""
    numbered = lambda start, count: torch.arange(start, start + count).float().view(-1, 1, 1, 1)
    memory, resumed = ReplayBuffer(slots=2), ReplayBuffer(slots=2)
    for batch in (numbered(0, 4), numbered(4, 4)):
        memory(batch)
    for count, kept in ((4, 8), (3, 6), (8, 8), (9, 0)):
        resumed.set_extra_state(memory.get_extra_state())
        given = resumed(numbered(100, count)).flatten()
        left = torch.cat([given, resumed.images.flatten()])
        assert given.shape == (count,) and (left < 100).sum() == kept
