"""The data of a page's program: runs, columns, curves, pictures, importances, as JSON that cannot end its element."""

import json
from collections.abc import Sequence
from typing import Any

from genarium.reports.curves import Curves
from genarium.reports.importance import importance
from genarium.reports.intervals import quantiles
from genarium.reports.page_columns import page_columns
from genarium.reports.pictures import Album
from genarium.reports.run_record import RunRecord

DEGREES = 100  # Student's t is tabled up to so many, and the normal's beyond: 1.984 against 1.960


def page_data(read: Sequence[RunRecord], drawn: Curves, pictures: Album, watch: float | None = None) -> str:
    """Everything that the program shows; `watch`: seconds after which a page that is rewritten loads itself anew."""
    columns = page_columns(read)
    data = {
        "runs": [_run(record) for record in read],
        "columns": columns,
        "curves": drawn.groups,
        "sizes": drawn.sizes,
        "pictures": pictures.kinds,
        "importance": importance(read, columns),
        "t": quantiles(DEGREES),
        "watch": watch,
    }
    return embedded(data)


def embedded(data: Any) -> str:
    return json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _run(record: RunRecord) -> dict[str, Any]:
    return {
        "label": record.label,
        "status": record.status,
        "error": record.error,
        "again": record.again,
        "pace": _pace(record),
        "protocols": list(record.result.get("protocols") or {}),
    }


def _pace(record: RunRecord) -> float | None:
    """Seconds per image, the run's mean; None where neither result.json nor a rate tells."""
    seconds, images = record.result.get("seconds"), record.result.get("images_seen")
    return seconds / images if seconds and images else None
