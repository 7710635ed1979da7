"""Environment of a run, recorded beside every result: device, packages, commit, memory."""

import contextlib
import ctypes
import gc
import platform
import resource
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import torch

CLEAR = Path("/proc/self/clear_refs")
PACKAGES = (
    "genarium",
    "torch",
    "torchvision",
    "pytorch-lightning",
    "hydra-core",
    "torchmetrics",
    "torch-fidelity",
    "numpy",
    "wandb",
)


def versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES}


def git() -> dict[str, Any]:
    """Commit of the source that runs, and whether it was changed since; empty where it is installed, not a checkout."""
    here = Path(__file__).parent
    asked = {"capture_output": True, "encoding": "utf-8", "errors": "replace", "check": True}
    ask = lambda *words: subprocess.run(["git", "-C", here, *words], **asked).stdout
    try:
        if not ask("ls-files", "__init__.py"):
            return {}
        return {"commit": ask("rev-parse", "HEAD").strip(), "dirty": bool(ask("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return {}


def device(kind: torch.device) -> str:
    """A name such as "NVIDIA H200" or "AMD EPYC, 2 cores"."""
    if kind.type == "cuda":
        return torch.cuda.get_device_name(kind)
    names = [line.split(":")[1].strip() for line in cpu_lines() if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {psutil.cpu_count(logical=False)} cores"


def cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def forget_peaks() -> None:
    """Free cached memory and reset the peaks of this process."""
    gc.collect()
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    if CLEAR.exists():
        with contextlib.suppress(OSError, AttributeError):  # another libc keeps what it has
            ctypes.CDLL(None).malloc_trim(0)
        with contextlib.suppress(OSError):
            CLEAR.write_text("5", encoding="utf-8")  # proc(5): the peak is now what is resident


def peak_memory(kind: torch.device) -> dict[str, int]:
    """Largest resident set of this process since `forget_peaks` (since its start where the system keeps no other), and
    largest memory taken on its device, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return {
        "resident_bytes": (peaks[0] if peaks else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * unit,
        "device_bytes": torch.cuda.max_memory_allocated(kind) if kind.type == "cuda" else 0,
    }


def best_precision(accelerator: str) -> str:
    """bf16-mixed where the device has bfloat16 instructions, else 32-true; `accelerator` as in Lightning's Trainer."""
    if accelerator in ("gpu", "cuda") or (accelerator == "auto" and torch.cuda.is_available()):
        return "bf16-mixed" if torch.cuda.is_bf16_supported(including_emulation=False) else "32-true"
    if accelerator in ("cpu", "auto"):
        flags = {flag for line in cpu_lines() if line.startswith("flags") for flag in line.split()}
        return "bf16-mixed" if flags & {"avx512_bf16", "amx_bf16"} else "32-true"
    return "32-true"
