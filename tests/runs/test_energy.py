"""Energy of a run, from made-up counters: none of this has run where a GPU or a processor tells its own."""

import itertools
import sys
import types
from pathlib import Path

import pytest
import torch

from genarium.callbacks import run_recorder
from genarium.config.resume import changed
from genarium.reports.costs import cost_columns
from genarium.reports.run_record import records
from genarium.runs import energy
from genarium.runs.energy import EnergyMeter
from genarium.training.fit import train
from small import small_run

CPU = torch.device("cpu")
RANGE = 262_143_328_850  # microjoules after which the counter of a server's processor begins anew


def zone(folder: Path, place: str, name: str, microjoules: int) -> Path:
    path = folder / place
    path.mkdir(parents=True)
    for file, content in (("name", name), ("max_energy_range_uj", RANGE), ("energy_uj", microjoules)):
        (path / file).write_text(f"{content}\n")
    return path / "energy_uj"


@pytest.fixture
def powercap(tmp_path, monkeypatch) -> tuple[Path, Path]:
    """Counters of two processors, as Linux lays them out; of a part of one and of the whole platform too."""
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)
    first = zone(tmp_path, "intel-rapl:0", "package-0", 5_000_000)
    zone(tmp_path, "intel-rapl:0:0", "core", 7)
    zone(tmp_path, "intel-rapl:2", "psys", 7)
    return first, zone(tmp_path, "intel-rapl:1", "package-1", RANGE - 1_000_000)


def test_energy_of_processors_is_the_sum_of_their_packages_also_over_the_end_of_a_range(powercap):
    meter = EnergyMeter(energy.counters(CPU))
    assert meter.joules() == 0
    powercap[0].write_text("8500000")
    powercap[1].write_text("2000000")  # 1 J up to the range, 2 J from 0
    assert meter.joules() == pytest.approx(3.5 + 3.0)
    powercap[1].write_text("4000000")
    assert meter.joules() == pytest.approx(3.5 + 5.0)


def test_processors_whose_counter_may_not_be_read_tell_nothing(powercap):
    powercap[0].unlink()
    powercap[0].mkdir()  # as unreadable to root as a file of root's is to others
    assert energy.counters(CPU) == [] and EnergyMeter([]).joules() is None


class FakeNvml(types.ModuleType):
    """nvidia-ml-py of a machine with two GPUs, in millijoules since the driver was loaded."""

    class NVMLError(Exception):
        pass

    def __init__(self, **millijoules: int) -> None:
        super().__init__("pynvml")
        self.millijoules = millijoules

    def nvmlInit(self) -> None:
        if not self.millijoules:
            raise self.NVMLError("Driver Not Loaded")

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:
        return uuid.removeprefix("GPU-")

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: str) -> int:
        if self.millijoules[handle] < 0:
            raise self.NVMLError("Not Supported")
        return self.millijoules[handle]


def test_energy_of_gpus_is_what_nvml_counted_on_those_that_train(monkeypatch):
    nvml = FakeNvml(a=1_000_000, b=5_000, c=70)
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    meter = EnergyMeter(energy.gpus(["a", "b"]))
    nvml.millijoules |= {"a": 1_002_000, "b": 5_500, "c": 9_000_000}
    assert meter.joules() == pytest.approx(2.5)
    nvml.millijoules["b"] = -1  # lost
    assert meter.joules() is None


@pytest.mark.parametrize("nvml", [FakeNvml(), FakeNvml(a=-1), None])
def test_a_gpu_without_a_driver_a_counter_or_the_package_tells_nothing(nvml, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    assert energy.gpus(["a"]) == []


def test_joules_stand_in_the_result_add_up_over_resumes_and_are_a_column(tmp_path, monkeypatch):
    monkeypatch.setattr(run_recorder, "counters", lambda *_: [itertools.count(100, 25).__next__])
    run = small_run("ae", tmp_path / "run", images=64)
    first = run.result()["energy_joules"]
    train(changed(run, ["total_images=128"]), run, resume=True)
    assert first > 0 and first % 25 == 0 and run.result()["energy_joules"] > first
    (column,) = [one for one in cost_columns(records([run])) if one.name == "energy"]
    assert column.cells[0].text == f"{run.result()['energy_joules']:.0f} J"


def test_a_run_that_goes_on_where_nothing_tells_has_no_energy(tmp_path, monkeypatch):
    monkeypatch.setattr(run_recorder, "counters", lambda *_: [itertools.count(100, 25).__next__])
    run = small_run("ae", tmp_path / "run", images=64)
    monkeypatch.setattr(run_recorder, "counters", lambda *_: [])
    train(changed(run, ["total_images=128"]), run, resume=True)
    assert run.result()["energy_joules"] is None
    (column,) = [one for one in cost_columns(records([run])) if one.name == "energy"]
    assert column.empty
