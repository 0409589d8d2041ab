"""What a lesson asks of a data set is said at the load: its kind, each class in each split, images of some size."""

from pathlib import Path

import numpy as np
import pytest
from sample_archives import saved

from helpers.datasets import DataError, load
from helpers.datasets.demands import require_every_class, require_kind
from helpers.notebook.index import find_notebook
from helpers.notebook.parameters import ParameterError, read_parameters
from helpers.notebook.running import check_parameters

READINGS = "id,time,gl\n" + "".join(
    f"P1,2024-01-01 {k // 12:02d}:{5 * k % 60:02d}:00,{120 + k % 7}\n" for k in range(200)
)


def archive(path: Path, side: int = 12, **labels) -> Path:
    """An archive of noise with these labels in each split."""
    rng, content = np.random.default_rng(0), {}
    for split in ("train", "val", "test"):
        y = np.asarray(labels.get(split, np.arange(24) % 2), np.uint8)
        content[f"{split}_images"] = rng.integers(0, 256, (len(y), side, side), dtype=np.uint8)
        content[f"{split}_labels"] = y
    return saved(path, content)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"test": np.zeros(9)}, "found none of class 1 in test. Divide"),
        ({"val": np.arange(24) % 3}, "found none of class 2 in train; none of class 2 in test. Divide"),
        ({"train": [0, 3, 0], "test": [3, 3]}, "none of class 1, class 2 in train; none of class 2, class 3 in valid"),
    ],
)
def test_a_class_that_a_split_lacks_is_named_with_the_split(tmp_path, labels, said):
    with pytest.raises(DataError) as caught:
        load(str(archive(tmp_path / "mine.npz", **labels)))
    assert "mine.npz: expected every class in train, validation and test, found" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("side", [1, 9, 10])
def test_images_that_are_too_small_for_a_network_are_refused_in_a_notebook(tmp_path, monkeypatch, side):
    path = archive(tmp_path / "mine.npz", side)
    assert load(str(path)).image_shape == (side, side, 1)
    monkeypatch.setattr("helpers.datasets.choices_where", lambda name, value: ("chest",))
    if side < 10:
        with pytest.raises(DataError, match=f"images of at least 10 pixels a side, found {side} × {side}"):
            load(str(path))
    else:
        assert load(str(path)).image_shape == (10, 10, 1)


def test_what_has_every_class_and_what_has_none_pass():
    require_every_class(load("wisconsin"))
    require_every_class(load("diabetes"))


def test_nothing_is_asked_outside_a_notebook():
    require_kind("mine.npz", ["images"], [], [])


@pytest.fixture
def files(tmp_path) -> dict[str, Path]:
    csv = tmp_path / "mine.csv"
    csv.write_text(READINGS, encoding="utf-8")
    return {"images": archive(tmp_path / "mine.npz"), "time series": csv}


WRONG = {
    "02": ("time series", "expected images, as chest, bone, tissue, pneumoniamnist, found time series or a table"),
    "03": ("images", "expected time series, as glucose, found images"),
    "04": (
        "time series",
        r"expected a header with a column outcome \(0 or 1\) and columns of numbers, each named once",
    ),
    "05": ("time series", "expected images, as chest, bone, tissue, pneumoniamnist, found time series or a table"),
}
RIGHT = {"02": "images", "03": "time series", "04": "images", "05": "images"}


def load_in(number: str, path: Path):
    """What the notebook of this number does with a path: its cell of parameters, the check, the load."""
    values = {name: one.default for name, one in read_parameters(find_notebook(number)).items()} | {
        "dataset": str(path)
    }
    dataset = check_parameters(number, values).values["dataset"]
    return load(dataset)


@pytest.mark.parametrize("number", WRONG)
def test_data_of_another_kind_than_a_notebook_is_about_are_refused_at_the_load(files, number):
    kind, said = WRONG[number]
    with pytest.raises(DataError, match=f"{files[kind].name}: {said}.*Choose another data set") as caught:
        load_in(number, files[kind])
    assert "attribute" not in str(caught.value)


@pytest.mark.parametrize("number", RIGHT)
def test_data_of_the_right_kind_pass(files, number):
    assert load_in(number, files[RIGHT[number]]).name == files[RIGHT[number]].name


@pytest.mark.parametrize("kind", ["images", "time series"])
def test_notebook_01_takes_names_alone(files, kind):
    with pytest.raises(ParameterError, match=r"dataset: .* is not allowed; allowed: one of wisconsin"):
        load_in("01", files[kind])


def test_other_sets_that_a_notebook_loads_beside_its_own_are_not_asked_for(files):
    load_in("02", files["images"])
    assert load("wisconsin").name == "wisconsin"
