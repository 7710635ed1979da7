"""The one base class: named players, one descent step, one clock of images seen, one way to log."""

import math
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from genarium.distributed.world import rank_and_world_size
from genarium.errors import UserError, nearest
from genarium.protocols import Batch
from genarium.training import rng_state
from genarium.training.ema import EMA
from genarium.training.meter import Meter
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.partials import unchecked
from genarium.training.schedules import Schedule

Terms = dict[str, Tensor]
"""Named terms of an objective, one number per example, (B,). The key "loss" is minimized; all are logged."""

Objective = Callable[[], Terms]
Steps = Generator[tuple[str, Objective], Terms, None]
"""(player, objective) of each gradient step of a round; sent the terms of a step, it yields the next."""


def take_steps(steps: Steps, take: Callable[[str, Objective], Terms]) -> None:
    """Calls `take` on each step of a round and hands it what came of it."""
    try:
        step = next(steps)
        while True:
            step = steps.send(take(*step))
    except StopIteration:
        return


class Diverged(UserError):
    """A term of an objective is no longer a finite number."""


class Module(pl.LightningModule):
    """A training rule over named players.

    A player is whatever takes a gradient step as one: an autoencoder is one player, a GAN is two, CycleGAN is two of
    two networks each. Subclasses say who plays (`networks`) and write the paper's algorithm box (`steps`); nothing
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

    # what a subclass says

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
        """Set what the schedules say at `images` seen."""
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
        """While it lasts, the other players' weights take no gradient."""
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

    # numbers

    def scheduled_values(self) -> dict[str, float]:
        """Scheduled numbers and learning rates, as the last step used them."""
        values = {f"schedule/{name}": float(getattr(self, name)) for name in self.schedules}
        for name, optimizer in zip(self.networks(), self.trainer.optimizers, strict=True):
            values[f"learning_rate/{name}"] = optimizer.param_groups[0]["lr"]
        return values

    def log_scalars(self, values: Mapping[str, float]) -> None:
        """Send numbers to every logger, at the clock of images seen."""
        self.latest.update({name: (self.images_seen, value) for name, value in values.items()})
        for logger in self.trainer.loggers:
            logger.log_metrics(dict(values), step=self.images_seen)

    def log_terms(self, values: Mapping[str, float]) -> None:
        """The same for what training descends on; Diverged where one of them is not finite. A measured number that is
        not finite says so in the record, and training goes on."""
        self.log_scalars(values)
        if bad := {name: value for name, value in values.items() if not math.isfinite(value)}:
            players = [player for player in self.players for name in bad if player in name.split("/")]
            told = ", ".join(f"{name} = {value}" for name, value in bad.items())
            raise self.diverged(told, (players or list(self.players))[0])

    def diverged(self, told: str, player: str) -> Diverged:
        """What is no longer finite, and what may help: keys of the configuration as they are typed."""
        keys = f"model.optimizers.{player}"
        return Diverged(
            f"training diverged at {self.images_seen:,} images seen: {told}; "
            f"lower {keys}.optimizer.lr, or clip the gradient by {keys}.grad_clip=1"
        )

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
        kind, names = type(self).__name__, self.networks()
        unchecked(self)
        for name in self.players:
            if name not in names:
                raise UserError(f"{kind} has no player '{name}'{nearest(name, names)}")
        for name in self.schedules:
            if not isinstance(getattr(self, name, None), int | float):
                raise UserError(
                    f"{kind} has no number '{name}' that model.schedules could set{nearest(name, vars(self))}"
                )
        if missing := set(names) - set(self.players):
            raise UserError(f"{kind} needs model.optimizers.{sorted(missing)[0]}: its optimizer")
        self.refuse_shared_or_idle_parameters(names)
        for name, player in self.players.items():
            if player.ema_half_life and name not in self.averages:
                self.averages[name] = EMA(names[name], player.ema_half_life)

    def refuse_shared_or_idle_parameters(self, networks: Mapping[str, nn.Module]) -> None:
        """Every parameter is one player's: two would undo each other's steps, and what none has never learns."""
        kind = type(self).__name__
        owners = {parameter: [] for parameter in self.parameters()}
        for name, network in networks.items():
            for parameter in network.parameters():
                owners.setdefault(parameter, []).append(name)
        for name, parameter in self.named_parameters():
            if len(owners[parameter]) > 1:
                both = " and ".join(owners[parameter])
                raise UserError(f"{kind}'s parameter {name} belongs to two players, {both}: give each its own network")
            if parameter.requires_grad and not owners[parameter]:
                raise UserError(
                    f"{kind}'s parameter {name} belongs to no player, so that nothing would train it: return it from"
                    " networks(), or freeze it by requires_grad_(False)"
                )

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
