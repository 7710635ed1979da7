"""Two trainings at once on one machine, with no word on threads: none waits for the other's by spinning."""

import os
import statistics
import subprocess
import sys
import time

from genarium.bench import Row

WIDTH, BATCH, STEPS, WARM, ROUNDS = 128, 256, 120, 10, 3


def rows() -> list[Row]:
    """The one row; under a minute on two cores."""
    alone, both = [], []
    for _ in range(ROUNDS):
        alone += steps_of(1)
        both += steps_of(2)
    one, two = (statistics.median(times) * 1e3 for times in (alone, both))
    threads = os.environ.get("OMP_NUM_THREADS", "unset")
    note = f"{two:.1f} against {one:.1f} ms a step, OMP_NUM_THREADS {threads}, {os.cpu_count()} cores, {ROUNDS} rounds"
    return [Row("two trainings at once : one alone, time of a step", two / one, "<= 2.2", "x", note)]


def steps_of(count: int) -> list[float]:
    """The median seconds of a step in each of `count` processes that train at the same time."""
    command = [sys.executable, "-m", "genarium.bench.together"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(count)]
    return [float(process.communicate()[0]) for process in running]


def main() -> None:
    """A small network's training, in this process."""
    import torch

    network = torch.nn.Sequential(torch.nn.Linear(2, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, 1))
    optimizer, x, ends = torch.optim.Adam(network.parameters()), torch.randn(BATCH, 2), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        network(x).square().mean().backward()
        optimizer.step()
        ends.append(time.perf_counter())
    print((ends[-1] - ends[WARM]) / (STEPS - WARM - 1))


if __name__ == "__main__":
    main()
