"""result.json is JSON whatever was measured, and what was measured comes back as the number that it is."""

import json
import math

import pytest

from genarium.runs.run import Run


def strictly(text: str) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"not JSON: {word}")

    return json.loads(text, parse_constant=refuse)


def test_numbers_that_are_not_finite_are_texts_in_the_file_and_numbers_again_in_python(tmp_path):
    run = Run(tmp_path)
    values = {"a": math.inf, "b": -math.inf, "c": math.nan, "d": 1.5}
    numbers = {name: {"value": value, "parts": {"x": value}} for name, value in values.items()}
    run.update_result(numbers=numbers, name="nan", best={"value": math.nan, "images": 3}, seconds=[math.inf, 1])
    held = strictly((tmp_path / "result.json").read_text())
    assert held["numbers"]["a"]["value"] == "inf" and held["seconds"] == ["inf", 1]
    found = run.result()
    assert found["name"] == "nan"
    for name, value in values.items():
        assert found["numbers"][name]["value"] == pytest.approx(value, nan_ok=True)
        assert found["numbers"][name]["parts"]["x"] == pytest.approx(value, nan_ok=True)
    run.update_result(status="finished")  # read, changed and written again
    assert strictly((tmp_path / "result.json").read_text())["numbers"] == held["numbers"]


def test_a_record_of_before_with_bare_nan_is_read_and_mended_when_it_changes(tmp_path):
    (tmp_path / "result.json").write_text('{"numbers": {"psnr/val": {"value": Infinity, "images": 1}, "old": NaN}}')
    run = Run(tmp_path)
    assert run.result()["numbers"]["psnr/val"]["value"] == math.inf
    run.update_result(status="finished")
    assert strictly((tmp_path / "result.json").read_text())["numbers"]["psnr/val"]["value"] == "inf"
