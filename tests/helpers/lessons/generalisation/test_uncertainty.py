"""Disagreement, dropout and distances against known values."""

import keras
import numpy as np
import pytest

from helpers.lessons.generalisation import uncertainty
from helpers.models import training

RNG = np.random.default_rng(4)


def test_entropy_and_disagreement_by_hand():
    assert uncertainty.entropy(np.array([0.0, 0.5, 1.0])) == pytest.approx([0, np.log(2), 0])
    members = np.array([[0.5, 0.0, 0.9], [0.5, 1.0, 0.9]])
    assert uncertainty.disagreement(members) == pytest.approx([0, np.log(2), 0], abs=1e-12)


def test_dropout_by_hand_is_what_keras_does_on_average():
    training.set_seed(1)
    model = keras.Sequential(
        [keras.Input((30,)), keras.layers.Dropout(0.4), keras.layers.Dense(2, activation="softmax")]
    )
    features = RNG.normal(size=(20, 30)).astype(np.float32)
    weights, bias = model.layers[-1].get_weights()
    ours = uncertainty.with_dropout(features, weights, bias, 0.4, passes=800, seed=1)
    keras_ = np.stack([np.asarray(model(features, training=True))[:, 1] for _ in range(800)])
    assert ours.mean(axis=0) == pytest.approx(keras_.mean(axis=0), abs=0.04)
    assert ours.std(axis=0) == pytest.approx(keras_.std(axis=0), abs=0.03)
    none = uncertainty.with_dropout(features, weights, bias, 0.0, passes=2, seed=1)
    assert none[0] == pytest.approx(np.asarray(model(features, training=False))[:, 1], abs=1e-5)
    assert np.ptp(none, axis=0).max() == 0


def test_the_distance_is_that_of_the_textbook_where_the_covariance_is_known():
    centres, spread = np.array([[0.0, 0, 0], [8, 0, 0]]), np.array([1.0, 2.0, 0.5])
    labels = np.arange(40000) % 2
    features = centres[labels] + RNG.normal(size=(40000, 3)) * spread
    known = uncertainty.fit_known(features, labels)
    covariance = np.diag(spread**2)
    shrunk = (1 - uncertainty.SHRINKAGE) * covariance + uncertainty.SHRINKAGE * np.trace(covariance) / 3 * np.eye(3)
    asked = np.array([[0.0, 2, 0], [8, 0, 1], [4, 0, 0]])
    off = np.array([[0.0, 2, 0], [0, 0, 1], [4, 0, 0]])
    assert known.distance(asked) == pytest.approx(np.einsum("ni,ij,nj->n", off, np.linalg.inv(shrunk), off), rel=0.08)


def test_far_away_is_far_and_features_that_never_move_do_no_harm():
    features = np.column_stack([RNG.normal(size=(200, 2)), np.zeros(200)])
    known = uncertainty.fit_known(features, np.arange(200) % 2)
    near, far = known.distance(features).mean(), known.distance(features + np.array([5, 5, 1])).mean()
    assert np.isfinite([near, far]).all()
    assert far > 5 * near


def test_strange_images_are_told_apart_by_patient():
    scores = {"knows": RNG.normal(0, 1, 200), "blind": RNG.normal(0, 1, 200), "turned": RNG.normal(0, 1, 200)}
    strange = {"knows": RNG.normal(3, 1, 150), "blind": RNG.normal(0, 1, 150), "turned": RNG.normal(-3, 1, 150)}
    found = uncertainty.told_apart(scores, strange, np.arange(200) // 2, np.arange(150), draws=50, seed=1)
    assert found["knows"].estimate > 0.95
    assert found["blind"].low < 0.5 < found["blind"].high
    assert found["turned"].estimate < 0.05
    by_image = uncertainty.told_apart(scores, strange, np.arange(200), np.arange(150), draws=50, seed=1)
    assert by_image["blind"].estimate == found["blind"].estimate


def test_with_two_classes_the_highest_probability_and_its_entropy_are_one_order():
    risks = RNG.random(50)
    found = uncertainty.outlier_scores(risks, risks[np.newaxis], np.zeros(50))
    assert np.argsort(found["1 - highest probability"]).tolist() == np.argsort(found["entropy of the mean"]).tolist()
    assert found["disagreement"] == pytest.approx(np.zeros(50), abs=1e-12)


@pytest.mark.parametrize("shape", [(28, 28, 1), (20, 24, 3)])
def test_other_organs_have_the_shape_that_a_network_takes(shape):
    for images, patients in uncertainty.other_organs(shape, seed=1).values():
        assert images.shape == (len(patients), *shape)
        assert images.dtype == np.uint8
        assert len(np.unique(patients)) == uncertainty.STRANGERS
