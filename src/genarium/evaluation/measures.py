"""What an evaluation may be of, checked before anything heavy is loaded."""

from collections.abc import Sequence

from genarium.errors import UserError, nearest

PARTS = ("samples", "memorisation", "modes", "classes", "reconstructions", "codes")
OF_FEATURES = {"samples", "memorisation", "classes"}
OF_SAMPLES = {"samples", "memorisation", "modes"}
OF_HELD_OUT = {"reconstructions", "codes"}
SPLITS = ("train", "val", "test")


def check(parts: Sequence[str], splits: dict[str, str], has_extractor: bool) -> None:
    """UserError for a part or a split (by key) that there is not, and for features without their extractor."""
    for part in parts:
        if part not in PARTS:
            raise UserError(f"evaluation.parts has no '{part}'{nearest(part, PARTS)}")
    if not parts:
        raise UserError(f"evaluation.parts=[]: name some of {', '.join(PARTS)}")
    for key, name in splits.items():
        if name not in SPLITS:
            raise UserError(f"evaluation.{key}={name}: there is no such split{nearest(name, SPLITS)}")
    if not has_extractor and (asked := OF_FEATURES & set(parts)):
        raise UserError(f"evaluation.parts asks for {' and '.join(sorted(asked))}, which need an extractor")
