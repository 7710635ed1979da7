"""Base class of training rules: named players, one descent step, one clock of images seen, one way to log."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from genarium.distributed.world import rank_and_world_size
from genarium.protocols import Batch
from genarium.training import rng_state
from genarium.training.ema import EMA
from genarium.training.meter import Meter
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.partials import unchecked
from genarium.training.player_checks import check_players
from genarium.training.scalar_log import ScalarLog
from genarium.training.schedules import Schedule
from genarium.training.steps import Objective, Steps, Terms, take_steps


class Module(ScalarLog):
    """A training rule over named players.

    A player is whatever takes a gradient step as one: an autoencoder is one player, a GAN is two, CycleGAN is two of
    two networks each. Subclasses define the players (`networks`) and the paper's algorithm box (`steps`); nothing
    here knows about pixels, latents or papers.
    """

    def __init__(self, optimizers: Mapping[str, OptimizerSpec], schedules: Mapping[str, Schedule]) -> None:
        """`optimizers` by player; `schedules` by the attribute that they set from the images seen."""
        super().__init__()
        self.automatic_optimization = False
        self.players = dict(optimizers)
        self.schedules = dict(schedules)
        self.images_seen = self.batches_seen = 0
        self.meter = Meter()
        self.averages = nn.ModuleDict()
        self.random_state = rng_state.state()  # what training starts from; a resumed run's comes with its checkpoint
        self.latest: dict[str, tuple[int, float]] = {}  # number -> (images seen, value) when it was recorded last

    # what a subclass defines

    def networks(self) -> dict[str, nn.Module]:
        """Player name -> what it trains, as one module."""
        raise NotImplementedError

    def steps(self, batch: Batch) -> Steps:
        """The paper's algorithm box: (player, objective) of each gradient step of a round, in order. The terms of a
        step are the value of its `yield`."""
        raise NotImplementedError

    @property
    def batch_multiple(self) -> int:
        """The batch size must be a multiple of this (PacGAN packs images)."""
        return 1

    @property
    def round_length(self) -> int:
        """Batches within which every player steps."""
        return 1

    least_batch = 1
    """The fewest images of one process that a step can be taken on."""

    takes_few_labels = False
    """Whether it learns from labels of which most are -1, unknown."""

    @property
    def needs_pairs(self) -> bool:
        """Whether it learns nothing from sources that are shown beside other targets than their own."""
        return False

    # one round

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        self.apply_schedules(self.images_seen)
        take_steps(self.steps(batch), self.descend)
        count = len(batch.images) * rank_and_world_size()[1]
        self.images_seen += count
        self.batches_seen += 1
        for average in self.moving_averages():
            average.update(count, self.images_seen)

    def apply_schedules(self, images: int) -> None:
        """Sets scheduled numbers to their values at `images` seen."""
        for attribute, schedule in self.schedules.items():
            setattr(self, attribute, schedule(images))

    def descend(self, player: str, objective: Objective) -> Terms:
        """One gradient step of `player` on the batch mean of `objective()["loss"]`, every other player frozen; its
        terms."""
        rule, optimizer = self.players[player], self.trainer.optimizers[list(self.networks()).index(player)]
        for group in optimizer.param_groups:
            group["lr"] = group["base_lr"] * rule.lr_schedule(self.images_seen)
        optimizer.zero_grad()
        with self.alone(player):
            values = objective()
            self.meter.add(f"train/{player}" if len(self.players) > 1 else "train", values)
            self.step(player, optimizer, values["loss"].mean())
        return values

    @contextmanager
    def alone(self, player: str) -> Iterator[None]:
        """Context in which the other players' weights take no gradient."""
        others = [weight for name, weights in self.weights.items() if name != player for weight in weights]
        for weight in others:
            weight.requires_grad_(False)
        try:
            yield
        finally:
            for weight in others:
                weight.requires_grad_(True)

    def step(self, player: str, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
        """Down the slope of `loss`, clipped once the precision's scale is taken out. A step whose scaled gradient
        overflows is left out by the scaler, which goes on with a smaller scale: no norm of it is logged."""
        scaler, clip = self.scaler, self.players[player].grad_clip
        self.trainer.strategy.pre_backward(loss)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        if clip < math.inf:
            norm = nn.utils.clip_grad_norm_(self.weights[player], clip)
            if not scaler.is_enabled() or norm.isfinite():
                self.meter.add("gradient_norm", {player: norm[None]})
        scaler.step(optimizer)
        scaler.update()

    @contextmanager
    def evaluating(self, seed: int) -> Iterator[None]:
        """Averaged weights, evaluation mode, single precision, no gradient, random numbers of its own from `seed`;
        everything is as it was afterwards, so that looking at a model never changes its training."""
        modes = {module: module.training for module in self.modules()}
        with torch.no_grad(), rng_state.isolated(seed), torch.autocast(self.device.type, enabled=False):
            self.eval()
            self.swap_averages()
            try:
                yield
            finally:
                self.swap_averages()
                for module, mode in modes.items():
                    module.training = mode

    def moving_averages(self) -> list[EMA]:
        """Of each player that has one."""
        return [average for average in self.averages.values() if isinstance(average, EMA)]

    def swap_averages(self) -> None:
        for average in self.moving_averages():
            average.swap()

    @contextmanager
    def schedules_finished(self) -> Iterator[None]:
        """Scheduled numbers at their final values: what validation scores, so that its numbers compare over a run."""
        for attribute, schedule in self.schedules.items():
            setattr(self, attribute, schedule.final)
        try:
            yield
        finally:
            self.apply_schedules(self.images_seen)

    # Lightning's side

    def configure_model(self) -> None:
        """Checks the configuration and makes the averages; also called by whoever loads weights without a trainer."""
        names = self.networks()
        unchecked(self)
        check_players(self, names)
        for name, player in self.players.items():
            if player.ema_half_life and name not in self.averages:
                self.averages[name] = EMA(names[name], player.ema_half_life)

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        made = [self.players[name].optimizer(network.parameters()) for name, network in self.networks().items()]
        for optimizer in made:
            for group in optimizer.param_groups:
                group["base_lr"] = group["lr"]
        return made

    def on_save_checkpoint(self, checkpoint: dict) -> None:
        """Random numbers go along; Lightning's loop counters stay out: the clock here is the only one, and a resumed
        run is to Lightning a run over the remaining batches."""
        del checkpoint["loops"]
        checkpoint["random"] = rng_state.state()

    def on_load_checkpoint(self, checkpoint: dict) -> None:
        self.random_state = checkpoint["random"]
        for optimizer, saved in zip(self.configure_optimizers(), checkpoint["optimizer_states"], strict=True):
            for group, old in zip(optimizer.param_groups, saved["param_groups"], strict=True):
                old |= {key: value for key, value in group.items() if key != "params"}  # as configured now

    def on_train_start(self) -> None:
        self.weights = {
            name: [weight for weight in network.parameters() if weight.requires_grad]
            for name, network in self.networks().items()
        }
        self.scaler = getattr(self.trainer.precision_plugin, "scaler", None) or torch.amp.GradScaler(enabled=False)
        rng_state.restore(self.random_state)

    def get_extra_state(self) -> dict[str, object]:
        return {"images": self.images_seen, "batches": self.batches_seen, "meter": self.meter.state()}

    def set_extra_state(self, state: dict) -> None:
        self.images_seen, self.batches_seen = state["images"], state["batches"]
        self.apply_schedules(self.images_seen)
        self.meter.load(state["meter"])
