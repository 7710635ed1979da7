"""What W&B's own inspector reads of its offline files."""

import json
import subprocess
import sys
from pathlib import Path


def records_of(log: Path, kind: str) -> list[dict]:
    """Every record of one kind in an offline W&B file."""
    command = [sys.executable, "-m", "wandb", "leet", "inspect", "--json", str(log)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [record[kind] for record in map(json.loads, lines) if record["type"] == kind]
