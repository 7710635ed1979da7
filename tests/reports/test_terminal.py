"""The table of runs in a terminal."""

import io

import pytest
from made_up_runs import falling, finished
from rich.console import Console
from scipy.stats import t, ttest_ind

from genarium.commands.table import main as table_command
from genarium.reports.intervals import half_width, indistinguishable, quantiles
from genarium.reports.terminal import print_runs

FD = "fd/efficientnet_lite0/2k_train"


def printed(runs, **asked) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    print_runs(runs, console, **asked)
    return console.file.getvalue().splitlines()


def sweep(make_run):
    for beta in (1.0, 4.0):
        for seed in range(3):
            fd = 10 * beta + seed
            yield make_run(
                f"g/b{beta}-s{seed}",
                {"seed": seed, "model": {"beta": beta}},
                finished(f"b{beta}-s{seed}", "vae", fd=fd),
            )


def test_seeds_are_averaged_with_their_interval_and_the_best_is_marked(make_run):
    lines = printed(list(sweep(make_run)))
    (row,) = [line for line in lines if line.startswith("fd ↓")]
    half = t.ppf(0.975, 2) * 1 / 3**0.5
    assert f"11.0 ± {half:.1f} *" in row and row.rstrip().endswith(f"41.0 ± {half:.1f}")
    assert any("* best" in line and "95 % interval" in line for line in lines)


@pytest.mark.parametrize("count", [1, 3, 5, 30])
def test_no_line_is_wider_than_80_columns_whatever_a_run_is_called(make_run, count):
    names = ["x" * 200, "=cmd", "<b>[red]", "ünïcödé 花 مرحبا"]
    runs = [
        make_run(f"g/{i}", {"lr": i}, finished(names[i % 4] + str(i), "vae"), {"val/loss": falling(9, i)})
        for i in range(count)
    ]
    assert max(map(len, printed(runs))) <= 80


def test_a_limit_of_lines_holds_and_what_is_left_out_is_counted(make_run):
    result = finished("a", "vae")
    numbers = {f"term{n:02d}/val": {"value": 1.0, "images": 5, "protocol": "a1b2c3"} for n in range(30)}
    runs = [
        make_run(f"g/{i}", {"lr": i}, result | {"name": f"r{i}", "numbers": result["numbers"] | numbers})
        for i in (1, 2)
    ]
    lines = printed(runs, most=15)
    assert len(lines) <= 15 and any("more on the page" in line for line in lines)
    assert [line for line in lines if line.startswith("fd ↓")]


def test_protocols_are_one_line_and_all_of_them_on_request(make_run):
    runs = [
        make_run(f"g/{i}", {"lr": i}, finished(f"r{i}", "vae", protocol=key))
        for i, key in enumerate(("a1b2c3", "d4e5f6"))
    ]
    short, long = printed(runs), printed(runs, every_protocol=True)
    assert [line for line in short if "1 number, 2 protocols; 1 were measured under several" in line]
    assert not any("reals 2000" in line for line in short)
    assert any("reals 2000" in line for line in long) and "cannot be compared" in " ".join(" ".join(long).split())


def test_a_failed_run_is_never_the_best(make_run):
    runs = [make_run("g/a", {"lr": 1}, finished("a", "vae", fd=1.0) | {"status": "failed", "error": "NaN."})]
    runs += [make_run(f"g/{i}", {"lr": i}, finished(f"r{i}", "vae", fd=float(i))) for i in (5, 6)]
    (row,) = [line for line in printed(runs) if line.startswith("fd ↓")]
    assert row.index("5.000 *") > row.index("1.000") and "1.000 *" not in row


@pytest.mark.parametrize(("models", "marks"), [(("vae", "vae"), 1), (("vae", "ae"), 0)])
def test_the_loss_of_several_models_has_no_best_since_each_is_another_objective(make_run, models, marks):
    runs = [
        make_run(f"g/{i}", {"lr": i}, finished(f"run{i}", model), {"val/loss": falling(9, i)})
        for i, model in enumerate(models)
    ]
    (row,) = [line for line in printed(runs) if line.startswith("val/loss")]
    assert row.count("*") == marks


def test_the_table_command_prints_markdown_into_a_pipe_and_protocols_where_they_are_asked(make_run, tmp_path, capsys):
    make_run("g/a", {"lr": 1}, finished("a", "vae"))
    table_command([str(tmp_path / "g")])
    assert capsys.readouterr().out.startswith("| run |")
    table_command([str(tmp_path / "g"), "--protocols"])
    assert "reals 2000" in capsys.readouterr().out


def test_intervals_are_scipys():
    a, b = [1.0, 2.0, 4.0, 3.5], [3.0, 5.0, 4.0]
    assert quantiles(30)[9] == pytest.approx(t.ppf(0.975, 10), abs=1e-5)
    low, high = t.interval(0.95, 3, loc=2.625, scale=half_width(a) / t.ppf(0.975, 3))
    assert (high - low) / 2 == pytest.approx(half_width(a))
    for shift in (0, 1, 3, 10):
        moved = [value + shift for value in b]
        assert indistinguishable(a, moved) == (ttest_ind(a, moved, equal_var=False).pvalue > 0.05)
    assert not indistinguishable([1.0], b)
