"""Memory, notebooks and workers: kernels of a small notebook are measured, and one that fails is no measurement."""

import pytest
import sample_notebooks as sample

from bench import memory, notebooks, workers
from course.run.room import Room


@pytest.fixture
def adding(tmp_path):
    return sample.write_notebook(tmp_path / "01_adding.ipynb")


@pytest.fixture
def failing(tmp_path):
    return sample.write_notebook(tmp_path / "01_adding.ipynb", [*sample.good_cells(), sample.code("1 / 0")])


def test_the_kernels_that_fit_are_those_of_the_hungriest_notebook(monkeypatch):
    peaks = {"01": 300.0, "02": 500.0, "03": 400.0}
    asked = []

    def room(notebook, profile, learners):
        asked.append((notebook.stem[:2], profile, learners))
        peak = peaks[notebook.stem[:2]]
        return Room((1.0,) * learners, 0, learners * peak - 100 * (learners - 1), peak)

    monkeypatch.setattr(memory, "measure_room", room)
    rows = list(memory.measure(notebooks=("01", "02", "03"), profile="smoke", repeats=2))
    assert asked[-1] == ("02", "smoke", 2)
    assert len(asked) == 7
    assert rows[1].values == (500, 500)
    assert rows[-2].values == (900,)
    assert rows[-1].values == (4,)


def test_a_kernel_that_fails_is_no_measurement(monkeypatch, adding):
    monkeypatch.setattr(memory, "measure_room", lambda *_: Room((1.0,), 1, 1.0, 1.0))
    with pytest.raises(RuntimeError, match="ended with an error"):
        list(memory.measure(notebooks=(str(adding),), profile="smoke", repeats=1))


@pytest.mark.thorough
def test_notebooks_are_run_by_each_number_of_workers(adding):
    rows = {row.what: row for row in notebooks.measure(notebooks=(str(adding),), profile="smoke", workers=(1, 2))}
    assert len(rows) == 2 * 5 + 1
    (sooner,) = (row for what, row in rows.items() if what.endswith("2 workers against 1"))
    took = [
        row.values[0] for what, row in rows.items() if what.startswith("1 notebooks, smoke, by") and row.unit == "s"
    ]
    assert sooner.values == (took[0] / took[1],)
    busy = [row.values[0] for row in rows.values() if row.unit == "share"]
    assert all(0 <= share <= 1 for share in busy)


def test_a_notebook_that_fails_is_no_measurement(failing):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(notebooks.measure(notebooks=(str(failing),), profile="smoke", workers=(1,)))


@pytest.mark.thorough
def test_a_sweep_is_timed_by_one_worker_by_two_and_by_warm_kernels(adding):
    rows = list(workers.measure(notebook=str(adding), runs=2, repeats=1))
    assert len(rows) in (3, 5)  # warm kernels only where a system can fork
    assert all(row.values[0] > 0 for row in rows)


@pytest.mark.thorough
def test_a_sweep_that_fails_is_no_measurement(failing):
    with pytest.raises(RuntimeError, match="a run failed"):
        list(workers.measure(notebook=str(failing), runs=1, repeats=1))
