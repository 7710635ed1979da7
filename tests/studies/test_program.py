"""Programs of studies: measures of one run share what they computed, and a changed file is another program."""

from genarium.studies.program import Program

COUNTS = """
from functools import cache

calls = []

@cache
def work(run):
    calls.append(run)
    return len(calls)

def first(run):
    return work(run)

def second(run):
    return work(run)
"""


def test_functions_of_one_file_share_what_they_computed_until_it_is_changed(tmp_path):
    path = tmp_path / "measures.py"
    path.write_text(COUNTS, encoding="utf-8")
    first, second = (Program.read(f"measures.py:{name}", tmp_path) for name in ("first", "second"))
    assert [one.load()("a") for one in (first, second)] == [1, 1]
    path.write_text(COUNTS.replace("len(calls)", "-len(calls)"), encoding="utf-8")
    assert second.load()("a") == -1
