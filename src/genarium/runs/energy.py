"""Energy that a device tells: NVML's counter of an NVIDIA GPU, RAPL's of the processors."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import torch

POWERCAP = Path("/sys/class/powercap")
Counter = Callable[[], float]
"""Joules since some moment in the past."""


def counters(device: torch.device, indices: Sequence[int] = ()) -> list[Counter]:
    """Counters of the devices that train: the GPUs of CUDA's `indices`, or all processors; none where one is silent.

    They count whole devices, and so what others do on them meanwhile.
    """
    if device.type == "cuda":
        return gpus([str(torch.cuda.get_device_properties(index).uuid) for index in indices])
    return processors() if device.type == "cpu" else []


def gpus(uuids: Sequence[str]) -> list[Counter]:
    """NVML's total energy (Volta and later), through nvidia-ml-py; none where that or the driver is not here."""
    try:
        pynvml = import_module("pynvml")
    except ImportError:
        return []

    def counter(uuid: str) -> Counter:
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)  # refused by a GPU that does not count
        return lambda: pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3

    try:
        pynvml.nvmlInit()
        return [counter(uuid) for uuid in uuids]
    except pynvml.NVMLError:
        return []


def processors() -> list[Counter]:
    """RAPL's energy of each processor package (Linux's powercap); most systems let only root read it."""
    zones = [zone for zone in sorted(POWERCAP.glob("intel-rapl:*")) if is_package(zone)]
    try:
        return [Rapl(zone) for zone in zones]
    except OSError:
        return []


def is_package(zone: Path) -> bool:
    """Whether a zone is a whole processor, and neither a part of one nor the platform that holds them."""
    name = zone / "name"
    return name.exists() and name.read_text(encoding="utf-8").startswith("package")


class Rapl:
    """Counter of one zone, which begins anew at its range, within an hour: read it more often."""

    def __init__(self, zone: Path) -> None:
        self.file = zone / "energy_uj"
        self.range = int((zone / "max_energy_range_uj").read_text(encoding="utf-8"))
        self.last, self.total = self.read(), 0

    def read(self) -> int:
        return int(self.file.read_text(encoding="utf-8"))

    def __call__(self) -> float:
        now = self.read()
        self.total += now - self.last if now >= self.last else now - self.last + self.range
        self.last = now
        return self.total / 1e6


class EnergyMeter:
    """Joules that some counters have counted since it was made: None where there are none, or one stopped telling."""

    def __init__(self, counters: Sequence[Counter]) -> None:
        self.counters = list(counters)
        self.began = self.read()

    def read(self) -> float | None:
        try:
            return sum(read() for read in self.counters) if self.counters else None
        except Exception:  # whatever a library says of a device that is lost: no reason to end a run
            self.counters = []
            return None

    def joules(self) -> float | None:
        now = self.read()
        return None if now is None or self.began is None else now - self.began
