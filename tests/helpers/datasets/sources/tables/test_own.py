"""A table of one's own loads, and a file with a fault is refused by what is wrong with it."""

import numpy as np
import pytest

from helpers.datasets.errors import DataError
from helpers.datasets.sources.tables.own import read_own_table


def lines(rows=120):
    rng = np.random.default_rng(1)
    return [f"{i},{'' if i % 5 == 0 else round(rng.normal(), 3)},{rng.integers(20, 90)},{i % 2}" for i in range(rows)]


def written(folder, header, body):
    path = folder / "mine.csv"
    path.write_text("\n".join([header, *body]) + "\n", encoding="utf-8")
    return path


def test_a_table_with_gaps_loads(tmp_path):
    data = read_own_table(written(tmp_path, "patient,albumin,age,outcome", lines()), seed=1)
    assert data.feature_names == ("albumin", "age")
    assert sum(len(rows) for _, rows in data.splits()) == 120
    assert data.missing().sum().sum() == 24
    assert data.patients_known
    assert data.train.labels.mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("header", "body", "message"),
    [
        ("patient,albumin,age,died", lines(), "a column outcome"),
        ("patient,albumin,albumin,outcome", lines(), "each named once"),
        ("patient,albumin,age,outcome", lines(30), "at least 20 rows of each"),
        ("patient,albumin,age,outcome", [*lines(), "0,1,50,1"], "one row a patient"),
        ("patient,albumin,age,outcome", [*lines(), "999,high,50,1"], "a number as albumin"),
        ("patient,albumin,age,outcome", [*lines(), "999,1,50,"], "an outcome in every row"),
    ],
)
def test_a_fault_is_named(tmp_path, header, body, message):
    with pytest.raises(DataError, match=message):
        read_own_table(written(tmp_path, header, body))


def test_a_first_line_without_an_outcome_is_not_repeated(tmp_path):
    with pytest.raises(DataError, match="another first line") as refused:
        read_own_table(written(tmp_path, "Report of,Jane Secretname,albumin", ["1,2,3"]))
    assert "Secretname" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="a file"):
        read_own_table(tmp_path / "none.csv")
