"""The reference speeds of the data room can be measured anywhere."""

from genarium.bench import data


def test_every_speed_is_a_ratio_or_a_time_with_its_aim(monkeypatch, tmp_path):
    monkeypatch.setenv("GENARIUM_DATA", str(tmp_path))  # no flowers there: JPEGs are made
    monkeypatch.setattr(data, "COUNT", 140)
    monkeypatch.setattr(data, "ROUNDS", 1)
    rows = data.rows()
    assert [row.aim for row in rows] == ["<= 1.2", "< 1", ">= 50"]
    assert all(row.value > 0 and "made JPEGs" in row.note for row in rows)
