"""Names of the measures of an evaluation, checked before torch is imported."""

from collections.abc import Sequence

from genarium.errors import UserError, nearest

MEASURES = (
    "samples",
    "memorization",
    "modes",
    "classes",
    "reconstructions",
    "translations",
    "codes",
    "maps",
    "classification",
    "anomalies",
)
OF_FEATURES = {"samples", "memorization", "classes"}
OF_SAMPLES = {"samples", "memorization", "modes"}
OF_HELD_OUT = {"reconstructions", "translations", "codes", "maps", "classification"}
SPLITS = ("train", "val", "test")


def split_of(part: str, reference: str, heldout: str) -> str:
    """The split that a part measures on."""
    if part == "anomalies":  # which are of the test split alone
        return "test"
    return heldout if part in OF_HELD_OUT else reference


def check(measures: Sequence[str], splits: dict[str, str], has_extractor: bool) -> None:
    """UserError for a part or a split (by key) that there is not, and for features without their extractor."""
    for part in measures:
        if part not in MEASURES:
            raise UserError(f"evaluation.measures has no '{part}'{nearest(part, MEASURES)}")
    if not measures:
        raise UserError(f"evaluation.measures=[]: name some of {', '.join(MEASURES)}")
    for key, name in splits.items():
        if name not in SPLITS:
            raise UserError(f"evaluation.{key}={name}: there is no such split{nearest(name, SPLITS)}")
    if not has_extractor and (asked := OF_FEATURES & set(measures)):
        raise UserError(f"evaluation.measures asks for {' and '.join(sorted(asked))}, which need an extractor")
