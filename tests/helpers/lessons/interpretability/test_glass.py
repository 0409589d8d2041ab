"""Sparse models keep as few columns as asked, and zones are what one measures with a ruler."""

import numpy as np
import pytest

from helpers import evaluation
from helpers.datasets import load
from helpers.datasets.contract import Split
from helpers.lessons.interpretability import glass


@pytest.fixture(scope="module")
def wisconsin():
    return load("wisconsin")


@pytest.mark.parametrize("most", [1, 3, 6])
def test_no_more_columns_than_asked(wisconsin, most):
    model = glass.fit_sparse(wisconsin.train, wisconsin.validation, most)
    kept = glass.coefficients(model, wisconsin.feature_names)
    assert 1 <= len(kept) <= max(most, 4)  # where no penalty keeps so few, as few as there are
    assert kept.abs().is_monotonic_decreasing
    risks = evaluation.two_columns(model.predict_proba(wisconsin.test.features)[:, 1])
    assert evaluation.auc(wisconsin.test.labels, risks) > 0.9


def test_a_bright_zone_is_named():
    image = np.full((1, 28, 28, 1), 50, np.uint8)
    image[0, 11:17, 3:12] = 150  # middle left
    found = glass.zones(image).iloc[0]
    assert found["middle left: mean"] == pytest.approx(150)
    assert found["middle: left minus right"] == pytest.approx(100)
    assert found["upper left: mean"] == pytest.approx(50)
    assert found["lower right: spread"] == pytest.approx(0)
    assert found["mean of the picture"] == pytest.approx(image.mean())
    assert len(found) == 22


def test_zones_tell_a_disease_that_lies_in_one():
    rng = np.random.default_rng(1)
    images = rng.integers(40, 60, (200, 28, 28, 1), dtype=np.uint8)
    labels = np.arange(200, dtype=np.int64) % 2
    images[labels == 1, 12:15, 4:9] += 60
    model = glass.fit_zones(Split(images[:100], labels[:100], np.arange(100)))
    assert (model.predict(glass.zones(images[100:])) == labels[100:]).mean() > 0.95
