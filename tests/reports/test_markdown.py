"""The table of a study: every number beside its protocol, and the protocols in full."""

import pytest

from genarium.errors import UserError
from genarium.reports.markdown import tables
from genarium.runs.run import Run


def run(folder, value: float, protocol: str) -> Run:
    made = Run(folder)
    made.folder.mkdir(parents=True)
    made.config.write_text("seed: 0\n")
    numbers = {"fd/net/1k_train": {"value": value, "images": 5, "protocol": protocol}}
    terms = {"seed": ord(protocol[0]), "data": "flowers"}
    made.update_result(status="finished", name=folder.name, model="vae", numbers=numbers, protocols={protocol: terms})
    return made


def test_one_protocol_is_one_row_and_two_are_two(tmp_path):
    a, b, c = run(tmp_path / "a", 1.5, "aaa"), run(tmp_path / "b", 2.5, "aaa"), run(tmp_path / "c", 3.5, "ccc")
    same = tables([a, b], "genarium table a b")
    assert "| fd/net/1k_train | 1.500 | 2.500 | `aaa` |" in same
    other = tables([a, c], "genarium table a c")
    assert "| fd/net/1k_train | 1.500 | — | `aaa` |" in other
    assert "| fd/net/1k_train | — | 3.500 | `ccc` |" in other
    assert "- `aaa`: seed 97; data flowers" in other and "- `ccc`: as `aaa`, but seed 99" in other
    assert "Made by `genarium table a c`" in other


def test_models_that_generate_differently_under_otherwise_one_protocol_share_a_column(tmp_path):
    from genarium.reports.numbers import number_columns, protocol_notes
    from genarium.reports.run_record import records

    runs = [run(tmp_path / name, 1.0, name) for name in ("aaa", "bbb", "ccc")]
    for made, terms in zip(runs, ({"sampler": "prior"}, {"sampler": "gaussian"}, {"seed": 2}), strict=True):
        made.update_result(protocols={made.folder.name: {"seed": 1} | terms})
    assert "| fd/net/1k_train | 1.000 | 1.000 | `aaa`, `bbb` |" in tables(runs[:2], "genarium table")
    alike, all_three = records(runs[:2]), records(runs)
    assert [column.name for column in number_columns(alike)] == ["fd/net/1k_train"]
    assert "differ in sampler (prior / gaussian)" in protocol_notes(alike)[0]
    assert [column.name for column in number_columns(all_three)] == [
        "fd/net/1k_train · aaa / bbb",
        "fd/net/1k_train · ccc",
    ]
    assert "cannot be compared" in protocol_notes(all_three)[0]


def test_many_runs_stand_below_each_other_and_say_once_what_they_share(tmp_path):
    runs = [run(tmp_path / f"run{n}", float(n), "aaa") for n in range(8)]
    runs[3].update_result(numbers={}, protocols={})
    text = tables(runs, "genarium table all")
    assert "All runs: model vae;" in text
    assert "| run | fd/net/1k_train |" in text
    assert "| run2 | 2.000 |" in text and "| run3 | — |" in text
    assert "measured under protocol aaa" in text and "- `aaa`: seed 97" in text


def test_only_the_numbers_asked_for_and_their_protocols_are_shown(tmp_path):
    made = run(tmp_path / "a", 1.5, "aaa")
    rate = {"value": 9.0, "images": 5, "protocol": "bbb"}
    made.update_result(
        numbers=made.result()["numbers"] | {"rate/val": rate}, protocols={"aaa": {"seed": 1}, "bbb": {"seed": 2}}
    )
    text = tables([made], "genarium table a", ["rate/*"])
    assert "rate/val" in text and "- `bbb`: seed 2" in text
    assert "fd/net" not in text and "`aaa`" not in text
    with pytest.raises(UserError, match="no run has a number 'mse/\\*'"):
        tables([made], "genarium table a", ["mse/*"])


def test_settings_asked_for_stand_beside_the_facts(tmp_path):
    a, b = run(tmp_path / "a", 1.5, "aaa"), run(tmp_path / "b", 2.5, "aaa")
    b.config.write_text("seed: 0\nmodel: {latent_dim: 16}\n")
    text = tables([a, b], "genarium table a b", settings=["model.latent_dim"])
    assert "| precision | model.latent_dim |" in text and "|  | 16 |" in text
    with pytest.raises(UserError, match="no run has a setting 'model"):
        tables([a, b], "genarium table a b", settings=["model.latnt_dim"])


def test_protocols_that_add_terms_to_another_and_differ_alike_are_said_together(tmp_path):
    from genarium.reports.numbers import protocol_notes
    from genarium.reports.run_record import records

    runs = []
    for name, sampler in (("a", "prior"), ("b", "gaussian")):
        made = run(tmp_path / name, 1.0, name)
        base = {"seed": 1, "sampler": sampler}
        protocols = {name: base, f"{name}k": base | {"kernel": {"subsets": 3}}, f"{name}m": base | {"k": 2}}
        kid, near = ({"value": 1.0, "images": 5, "protocol": f"{name}{end}"} for end in "km")
        numbers = made.result()["numbers"] | {"kid": kid, "precision": near}
        made.update_result(protocols=protocols, numbers=numbers)
        runs.append(made)
    assert protocol_notes(records(runs)) == [
        "fd/net/1k_train, kid and precision were measured alike; they differ in sampler (prior / gaussian)."
    ]
    assert protocol_notes(records(runs[:1])) == [
        "Measured fd/net/1k_train under protocol a; kid under protocol ak; precision under protocol am."
    ]
    text = tables(runs[:1], "genarium table")
    assert "- `ak`: as `a`, but kernel (subsets 3)" in text and "- `am`: as `a`, but k 2" in text
