"""What notebook 01 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

import keras
import nbformat
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from helpers import evaluation
from helpers.base.paths import NOTEBOOKS
from helpers.datasets import load
from helpers.from_scratch import dense
from helpers.from_scratch import dense as scratch
from helpers.models import frameworks
from helpers.notebook import reference

NOTEBOOK = NOTEBOOKS / "01_background.ipynb"
PENALTY = 0.01


@pytest.fixture(scope="module")
def table():
    """The notebook's patients, standardised: x and y of training, of validation and of test."""
    data = load("wisconsin", seed=1)
    mean, deviation = data.train.features.mean(axis=0), data.train.features.std(axis=0)
    return {name: ((rows.features - mean) / deviation, rows.labels) for name, rows in data.splits()}


@pytest.fixture(scope="module")
def ring():
    """People around a circle: to learn from and to be tested on, well inside it and ill outside."""
    groups = np.random.default_rng(1).normal(size=(2, 400, 2))
    return groups, [np.hypot(*group.T) > np.sqrt(2 * np.log(2)) for group in groups]


def in_keras(x, y, factor):
    """Weights and bias of one Keras neuron after 20 steps at rate 0.3, its L2 penalty given this factor."""
    layer = keras.layers.Dense(
        1, activation="sigmoid", kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L2(factor)
    )
    model = keras.Sequential([keras.Input((x.shape[1],)), layer])
    model.compile(optimizer=keras.optimizers.SGD(0.3), loss="binary_crossentropy")
    for _ in range(20):
        model.train_on_batch(x, y[:, np.newaxis])
    return np.concatenate([value.ravel() for value in model.get_weights()])


def test_without_the_one_half_keras_counts_the_penalty_twice(table):
    x, y = table["train"]
    once, twice = (
        np.append(*scratch.train_neuron(x, y, rate=0.3, steps=20, penalty=penalty)[:2])
        for penalty in (PENALTY, 2 * PENALTY)
    )
    careless = in_keras(x, y, PENALTY)
    np.testing.assert_allclose(careless, twice, atol=1e-5)
    assert np.abs(careless - once).max() > 1e-3


def test_a_c_without_the_number_of_patients_is_a_far_smaller_penalty(table):
    x, y = table["train"]
    careless, right = (
        LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(x, y) for c in (1 / PENALTY, 1 / (PENALTY * len(y)))
    )
    for model, penalty in ((careless, PENALTY / len(y)), (right, PENALTY)):
        slopes, _ = scratch.neuron_gradient(x, y, model.coef_[0], model.intercept_[0], penalty)
        np.testing.assert_allclose(slopes, 0, atol=1e-6)
    assert np.abs(careless.coef_ - right.coef_).max() > 1


def test_hidden_neurons_without_their_bend_draw_one_straight_line(ring, monkeypatch):
    (people, others), (ill, others_ill) = ring
    w, b, _ = scratch.train_neuron(people, ill, rate=0.5, steps=500)
    straight = np.mean((scratch.neuron(others, w, b) > 0.5) == others_ill)
    monkeypatch.setattr(dense, "relu", lambda z: z)
    rng = np.random.default_rng(1)
    start = scratch.start_weights(2, 8, rng)
    without, _ = scratch.train_network(people, ill, start, rate=0.3, epochs=20, batch=32, rng=rng)
    share = np.mean((scratch.forward(others, without)[1] > 0.5) == others_ill)
    assert max(straight, share) < 0.8


def test_a_sweep_that_forgets_its_factor_shows_no_slower_and_no_stopped_training(table):
    x, y = table["train"]
    curves = []
    for factor in (1, 0.01, 100):
        for rate in (0.1, factor * 0.1):
            rng = np.random.default_rng(1)
            start = scratch.start_weights(x.shape[1], 16, rng)
            curves.append(scratch.train_network(x, y, start, rate=rate, epochs=20, batch=32, rng=rng)[1])
    forgot, right, forgot_small, small, forgot_large, large = curves
    assert forgot_small["loss"].iloc[-1] - right["loss"].iloc[-1] == 0
    assert forgot_large["epoch"].iloc[-1] == forgot["epoch"].iloc[-1] == 20
    assert small["loss"].iloc[-1] - right["loss"].iloc[-1] > 0.02
    assert large["epoch"].iloc[-1] <= 10


def test_over_one_feature_the_network_has_an_advantage_as_recorded():
    recorded = reference.real_results("01_background")
    assert (recorded["network_test_auc"] - recorded["one_feature_test_auc"]).mean() > 0.005


def test_a_start_that_is_undecided_costs_log_2_and_the_usual_one_does_not(table):
    x, y = table["train"]
    rng = np.random.default_rng(1)
    starts = [scratch.start_weights(x.shape[1], 16, rng) for _ in range(50)]

    def distance(divisor):
        losses = [scratch.network_loss(x, y, start._replace(w2=start.w2 / divisor)) for start in starts]
        return np.abs(np.array(losses) - np.log(2)).mean()

    assert distance(np.inf) == pytest.approx(0, abs=1e-12)
    assert distance(100) < 0.03 < 0.1 < distance(1)


def test_what_is_true_of_16_patients_costs_much_on_shuffled_labels(table):
    x, y = table["train"]
    rows = np.concatenate([np.flatnonzero(y == k)[:8] for k in (0, 1)])
    rng = np.random.default_rng(1)
    start = scratch.start_weights(x.shape[1], 16, rng)
    trained, _ = scratch.train_network(x[rows], y[rows], start, rate=0.1, epochs=300, batch=16, rng=rng)
    assert scratch.network_loss(x[rows], np.tile([0, 1], 8), trained) > 0.2
    assert scratch.network_loss(x[rows], y[rows], start._replace(w2=0 * start.w2)) == pytest.approx(np.log(2))


def test_the_notebooks_leak_gives_shuffled_labels_an_auc_far_from_one_half(table):
    """The notebook's own cells are run, so that the leak planted there is the one that is tried."""
    cells = nbformat.read(NOTEBOOK, 4).cells
    source = "\n".join(
        next(cell.source for cell in cells if start in cell.source) for start in ("measured = ", "def validation_auc")
    )
    data, (_, y_train), (_, y_validation) = load("wisconsin", seed=1), table["train"], table["validation"]
    given = {"data": data, "y_train": y_train, "y_validation": y_validation, "n": len(y_train)}
    given |= {"np": np, "scratch": scratch, "evaluation": evaluation, "both": evaluation.two_columns, "seed": 1}
    given |= {"learning_rate": 0.1, "batch_size": 32, "hidden": 16}
    exec(source, given)
    found = {way: [] for way in (len(y_train), len(y_train) + len(y_validation))}
    for repetition in range(6):
        rng = np.random.default_rng(repetition)
        shuffled = rng.permutation(given["true_labels"])
        for choosers, aucs in found.items():
            aucs.append(given["validation_auc"](shuffled, choosers, rng))
    honest, leaky = (np.mean(aucs) for aucs in found.values())
    assert honest < 0.57 < 0.6 < leaky


def test_weights_reshaped_instead_of_transposed_give_other_probabilities(table):
    x, rng = table["test"][0].astype(np.float32), np.random.default_rng(1)
    w1, b1, w2, b2 = (rng.normal(size=shape).astype(np.float32) for shape in [(30, 16), (16,), (16, 1), (1,)])
    carried = frameworks.answer_keras([w1, b1, w2, b2], x)
    right = scratch.Weights(w1, b1, w2[:, 0], b2[0])
    reshaped = right._replace(w1=w1.reshape(w1.T.shape).T)
    np.testing.assert_allclose(scratch.forward(x, right)[1], carried, atol=1e-5)
    assert np.abs(scratch.forward(x, reshaped)[1] - carried).max() > 0.1
