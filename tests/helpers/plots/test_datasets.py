"""A first look at a data set: what is drawn of images, tables and recordings, and that the sentence says it."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers.datasets import ImageDataset, Split
from helpers.datasets.tables import load_diabetes, load_wisconsin
from helpers.plots import dataset_figure, save
from helpers.plots.datasets import DAYS, IMAGES_PER_CLASS

FACTS = {"simulated": True, "patients_known": True, "source": "", "licence": "", "citation": ""}
SENTENCE = "Nothing but a line that rises."


def images(n_of_class: dict[int, int], *, views: int = 1, masks: bool = True) -> ImageDataset:
    """So many people of each class, each with `views` images; image k is all of grey value k, with a corner as mask."""
    labels = np.repeat(list(n_of_class), [n * views for n in n_of_class.values()]).astype(np.int64)
    n = len(labels)
    pixels = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 8, 8, 1)).copy()
    drawn = np.zeros((n, 8, 8), bool)
    drawn[labels > 0, :3, :3] = True
    train = Split(pixels, labels, np.arange(n) // views, drawn if masks else None)
    few = drawn[:2] if masks else None
    other = [Split(pixels[:2] + 99 + k, labels[:2], np.array([1000 + k, 1001 + k]), few) for k in (0, 50)]
    return ImageDataset(
        name="squares",
        title="Squares",
        train=train,
        validation=other[0],
        test=other[1],
        class_names=("well", "ill"),
        disease_class=1,
        **FACTS,
    )


def grey_values(figure) -> list[int]:
    """The grey value of each image drawn; 255 is an empty place."""
    return [int(panel.images[0].get_array()[0, 0]) for panel in figure.axes if panel.images]


def test_a_contact_sheet_shows_every_class_in_a_row_of_its_own():
    data = images({0: 10, 1: 9})
    picture = dataset_figure(data, seed=1)
    figure, sentence = picture.figure, picture.alt
    values = grey_values(figure)
    assert all(value < 10 for value in values[:IMAGES_PER_CLASS])
    assert all(10 <= value < 19 for value in values[IMAGES_PER_CLASS:])
    assert len(set(values)) == 2 * IMAGES_PER_CLASS
    assert [panel.get_title() for panel in figure.axes] == ["well"] * IMAGES_PER_CLASS + ["ill"] * IMAGES_PER_CLASS
    assert sentence == "up to 6 training images of each class of Squares, lesions outlined"
    assert [bool(panel.collections) for panel in figure.axes] == [False] * IMAGES_PER_CLASS + [True] * IMAGES_PER_CLASS


def test_a_contact_sheet_shows_each_person_once_and_draws_by_seed():
    data = images({0: 12, 1: 12}, views=3)
    people = [value // 3 for value in grey_values(dataset_figure(data, seed=1).figure)]
    assert len(set(people)) == 2 * IMAGES_PER_CLASS
    assert grey_values(dataset_figure(data, seed=1).figure) == grey_values(dataset_figure(data, seed=1).figure)
    assert grey_values(dataset_figure(data, seed=2).figure) != grey_values(dataset_figure(data, seed=1).figure)


def test_a_class_of_few_people_leaves_places_empty():
    picture = dataset_figure(images({0: 10, 1: 2}, masks=False))
    figure, sentence = picture.figure, picture.alt
    assert grey_values(figure)[IMAGES_PER_CLASS + 2 :] == [255] * 4
    assert [panel.get_title() for panel in figure.axes][IMAGES_PER_CLASS:] == ["ill"] * 2 + [""] * 4
    assert "outlined" not in sentence


def test_histograms_of_a_table_hold_the_training_rows_of_each_class():
    data = load_wisconsin()
    picture = dataset_figure(data)
    figure, sentence = picture.figure, picture.alt
    assert "by diagnosis, in the training rows of Breast cancer Wisconsin" in sentence
    panels = [panel for panel in figure.axes if panel.patches]
    assert [panel.get_title() for panel in panels] == list(data.feature_names)
    assert panels[0].get_xlabel() == "length (unit not stated)"
    assert panels[4].get_xlabel() == ""
    first = panels[0].patches
    means = []
    for bars in (first[: len(first) // 2], first[len(first) // 2 :]):  # the bars of benign, then those of malignant
        heights = np.array([bar.get_height() for bar in bars])
        centres = np.array([bar.get_x() + bar.get_width() / 2 for bar in bars])
        means.append((heights * centres).sum() / heights.sum())
    radius = data.train.features[:, 0]
    expected = [radius[data.train.labels == label].mean() for label in (0, 1)]
    assert means == pytest.approx(expected, abs=0.3)


def test_a_number_is_drawn_against_each_feature():
    data = load_diabetes()
    picture = dataset_figure(data)
    figure, sentence = picture.figure, picture.alt
    assert sentence.startswith("progression after one year (upwards) against each feature")
    assert len(figure.axes) == len(data.feature_names)
    for panel, values in zip(figure.axes, data.train.features.T, strict=True):
        x, y = panel.lines[0].get_data()
        np.testing.assert_array_equal(x, values)
        np.testing.assert_array_equal(y, data.train.target)


def test_recordings_are_drawn_from_their_beginning():
    time = np.datetime64("2026-01-05T00:00") + np.arange(0, 4 * 288) * np.timedelta64(5, "m")
    people = {
        name: SimpleNamespace(time=time, values=np.stack([np.arange(len(time)) + k, time.astype(int)], axis=1))
        for k, name in enumerate("abcd")
    }
    picture = dataset_figure(SimpleNamespace(people=people, features=("glucose (mg/dL)", "x"), title="Four"))
    figure, sentence = picture.figure, picture.alt
    assert sentence == f"glucose (mg/dL) of 3 people in the first {DAYS} days of Four"
    assert [panel.get_title() for panel in figure.axes] == ["a", "b", "c"]
    for k, panel in enumerate(figure.axes):
        np.testing.assert_array_equal(panel.lines[0].get_ydata(), np.arange(288 * DAYS) + k)


def test_save_writes_the_picture_that_a_cell_would_show(tmp_path):
    picture = dataset_figure(images({0: 3, 1: 3}))
    save(picture, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == picture.png
    with pytest.raises(OSError, match="absent"):
        save(picture, tmp_path / "absent" / "a.png")
