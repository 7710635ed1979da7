"""The one base class: named players, one descent step, one clock of images seen, one way to log."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from genarium.distributed.world import world
from genarium.errors import UserError, nearest
from genarium.protocols import Batch
from genarium.training import rng_state
from genarium.training.ema import Average
from genarium.training.meter import Meter
from genarium.training.partials import unchecked
from genarium.training.schedules import ALWAYS, Schedule, complete

Terms = dict[str, Tensor]
"""Named terms of an objective, one number per example, (B,). The key "loss" is minimised; all are logged."""

OptimizerFactory = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


class Diverged(UserError):
    """A term of an objective is no longer a finite number."""


class Player:
    """How one player descends (no dataclass: Hydra would make a configuration of it, whose look-ups cost)."""

    def __init__(
        self,
        optimizer: OptimizerFactory,
        learning_rate: Schedule = ALWAYS,
        clip: float = math.inf,
        average: float = 0.0,
    ) -> None:
        """`learning_rate`: the factor on the optimizer's own rate; `clip`: the largest norm of the gradient; `average`:
        the half-life of its averaged weights in images, 0 where none are kept."""
        self.optimizer, self.learning_rate = optimizer, complete(learning_rate)
        self.clip, self.average = clip, average


class Module(pl.LightningModule):
    """A training rule over named players.

    A player is whatever takes a gradient step as one: an autoencoder is one player, a GAN is two, CycleGAN is two of
    two networks each. Subclasses say who plays (`networks`) and write the paper's algorithm box (`play`); nothing
    here knows about pixels, latents or papers.
    """

    def __init__(self, players: Mapping[str, Player], schedules: Mapping[str, Schedule]) -> None:
        """`players` by name; `schedules` by the attribute that they set from the images seen."""
        super().__init__()
        self.automatic_optimization = False
        self.players = dict(players)
        self.schedules = {name: complete(schedule) for name, schedule in schedules.items()}
        self.images_seen = self.batches_seen = 0
        self.meter = Meter()
        self.averages = nn.ModuleDict()
        self.random_state = rng_state.state()  # what training starts from; a resumed run's comes with its checkpoint
        self.latest: dict[str, tuple[int, float]] = {}  # number -> (images seen, value) when it was recorded last

    # what a subclass says

    def networks(self) -> dict[str, nn.Module]:
        """Player name -> what it trains, as one module."""
        raise NotImplementedError

    def play(self, batch: Batch) -> None:
        """One round: the lines of the paper's algorithm box, each step a `descend`."""
        raise NotImplementedError

    @property
    def together(self) -> int:
        """A batch holds a multiple of so many images."""
        return 1

    least_batch = 1
    """The fewest images of one process that a step can be taken on."""

    takes_few_labels = False
    """Whether it learns from labels of which most are -1, unknown."""

    # one round

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        self.follow(self.images_seen)
        self.play(batch)
        count = len(batch.images) * world()[1]
        self.images_seen += count
        self.batches_seen += 1
        for average in self.averages.values():
            average.update(count, self.images_seen)

    def follow(self, images: int) -> None:
        """Set what the schedules say at `images` seen."""
        for attribute, schedule in self.schedules.items():
            setattr(self, attribute, schedule(images))

    def descend(self, player: str, terms: Callable[[], Terms]) -> None:
        """One gradient step of `player` on the batch mean of `terms()["loss"]`; every other player is frozen."""
        rule, optimizer = self.players[player], self.trainer.optimizers[list(self.networks()).index(player)]
        for group in optimizer.param_groups:
            group["lr"] = group["base_lr"] * rule.learning_rate(self.images_seen)
        optimizer.zero_grad()
        with self.alone(player):
            values = terms()
            self.meter.add(f"train/{player}" if len(self.players) > 1 else "train", values)
            self.step(player, optimizer, values["loss"].mean())

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
        scaler, clip = self.scaler, self.players[player].clip
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

    def settings_now(self) -> dict[str, float]:
        """Scheduled numbers and learning rates, as the last step used them."""
        values = {f"schedule/{name}": float(getattr(self, name)) for name in self.schedules}
        for name, optimizer in zip(self.networks(), self.trainer.optimizers, strict=True):
            values[f"learning_rate/{name}"] = optimizer.param_groups[0]["lr"]
        return values

    def record(self, values: Mapping[str, float]) -> None:
        """Send numbers to every logger, at the clock of images seen."""
        self.latest.update({name: (self.images_seen, value) for name, value in values.items()})
        for logger in self.trainer.loggers:
            logger.log_metrics(dict(values), step=self.images_seen)

    def record_terms(self, values: Mapping[str, float]) -> None:
        """The same for what training descends on; Diverged where one of them is not finite. A measured number that is
        not finite says so in the record, and training goes on."""
        self.record(values)
        if bad := {name: value for name, value in values.items() if not math.isfinite(value)}:
            players = [player for player in self.players for name in bad if player in name.split("/")]
            told = ", ".join(f"{name} = {value}" for name, value in bad.items())
            raise self.diverged(told, (players or list(self.players))[0])

    def diverged(self, told: str, player: str) -> Diverged:
        """What is no longer finite, and what may help: keys of the configuration as they are typed."""
        keys = f"model.players.{player}"
        return Diverged(
            f"training diverged at {self.images_seen:,} images seen: {told}; "
            f"lower {keys}.optimizer.lr, or clip the gradient by {keys}.clip=1"
        )

    @contextmanager
    def evaluating(self, seed: int) -> Iterator[None]:
        """Averaged weights, evaluation mode, single precision, no gradient, random numbers of its own from `seed`;
        everything is as it was afterwards, so that looking at a model never changes its training."""
        modes = {module: module.training for module in self.modules()}
        with torch.no_grad(), rng_state.apart(seed), torch.autocast(self.device.type, enabled=False):
            self.eval()
            self.swap_averages()
            try:
                yield
            finally:
                self.swap_averages()
                for module, mode in modes.items():
                    module.training = mode

    def swap_averages(self) -> None:
        for average in self.averages.values():
            average.swap()

    @contextmanager
    def at_the_end_of_schedules(self) -> Iterator[None]:
        """Scheduled numbers at their final values: what validation scores, so that its numbers compare over a run."""
        for attribute, schedule in self.schedules.items():
            setattr(self, attribute, schedule.final)
        try:
            yield
        finally:
            self.follow(self.images_seen)

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
            raise UserError(f"{kind} needs model.players.{sorted(missing)[0]}: its optimizer")
        self.refuse_shared_or_idle_parameters(names)
        for name, player in self.players.items():
            if player.average and name not in self.averages:
                self.averages[name] = Average(names[name], player.average)

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
        self.follow(self.images_seen)
        self.meter.load(state["meter"])
