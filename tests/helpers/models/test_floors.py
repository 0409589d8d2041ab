"""Floors are what they say they are, and their penalty is chosen on validation."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from helpers.datasets import Split
from helpers.evaluation import auc
from helpers.models.floors import C_VALUES, fit_floors


def pictures(n: int, seed: int, classes: int = 2) -> Split:
    """Images 4×4 whose class brightens one pixel a little: learnable, with noise to overfit."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    images = rng.normal(120, 40, (n, 4, 4, 1))
    images[np.arange(n), labels, 0, 0] += 45
    return Split(np.clip(images, 0, 255).astype(np.uint8), labels, np.arange(n))


@pytest.fixture(scope="module")
def floors():
    train, validation = pictures(40, 0), pictures(60, 1)
    return train, validation, fit_floors(train, validation)


def test_floors_give_probabilities_of_the_classes(floors):
    _, validation, fitted = floors
    assert list(fitted) == ["majority class", "mean intensity", "logistic regression"]
    for model in fitted.values():
        p = model.predict_proba(validation.images)
        assert p.shape == (60, 2)
        np.testing.assert_allclose(p.sum(axis=1), 1)


def test_majority_class_says_the_shares_in_training():
    train = pictures(40, 0).rows(np.r_[0:40:2, 1, 3, 5, 7, 9])
    p = fit_floors(train, pictures(20, 1))["majority class"].predict_proba(pictures(30, 2).images)
    np.testing.assert_allclose(p, np.tile([0.8, 0.2], (30, 1)))
    assert auc(pictures(30, 2).labels, p) == 0.5


def test_mean_intensity_uses_the_mean_alone(floors):
    model = floors[2]["mean intensity"]
    images = pictures(10, 3).images
    shuffled = np.random.default_rng(0).permutation(images.reshape(10, -1), axis=1).reshape(images.shape)
    np.testing.assert_allclose(model.predict_proba(images), model.predict_proba(shuffled))
    brighter = np.stack([np.full((4, 4, 1), grey, np.uint8) for grey in (90, 120, 150)])
    steps = np.diff(model.predict_proba(brighter)[:, 1])
    assert (steps > 0).all() or (steps < 0).all()


def penalty(model) -> float:
    return model[-1].C


@pytest.mark.parametrize(("n", "seed", "classes"), [(40, 0, 2), (400, 5, 2), (45, 2, 3)])
def test_the_penalty_is_the_one_with_the_least_loss_on_validation(n, seed, classes):
    train, validation = pictures(n, seed, classes), pictures(60, seed + 1, classes)
    scale = StandardScaler().fit(train.images.reshape(n, -1).astype(float))
    x, x_validation = (scale.transform(part.images.reshape(len(part), -1)) for part in (train, validation))
    losses = []
    for c in C_VALUES:
        by_hand = LogisticRegression(C=c, max_iter=500).fit(x, train.labels)
        losses.append(log_loss(validation.labels, by_hand.predict_proba(x_validation)))
    chosen = fit_floors(train, validation)["logistic regression"]
    assert penalty(chosen) == C_VALUES[np.argmin(losses)]
    given = log_loss(validation.labels, chosen.predict_proba(validation.images))
    assert given == pytest.approx(min(losses), abs=1e-4)


def test_the_choice_of_penalty_looks_at_validation(floors):
    """Where validation contradicts training the strongest penalty wins; where it is the training set, the weakest."""
    train = floors[0]
    contrary = Split(train.images, 1 - train.labels, train.patients)
    assert penalty(fit_floors(train, contrary)["logistic regression"]) == C_VALUES[0]
    assert penalty(fit_floors(train, train)["logistic regression"]) == C_VALUES[-1]


def test_a_linear_model_beats_the_floors_below_it(floors):
    test = pictures(400, 9)
    scores = {name: auc(test.labels, model.predict_proba(test.images)) for name, model in floors[2].items()}
    assert scores["logistic regression"] > 0.65
    assert scores["mean intensity"] < 0.6
