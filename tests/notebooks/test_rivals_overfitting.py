"""What notebook 05 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

import nbformat
import numpy as np
import pandas as pd
import pytest

from helpers import evaluation
from helpers.base.paths import NOTEBOOKS
from helpers.datasets import draw_patients, simulate_chest
from helpers.lessons import overfitting
from helpers.lessons.overfitting import cross_validation, optimism
from helpers.models.candidates import oversampled

NOTEBOOK = NOTEBOOKS / "05_overfitting.ipynb"
SEEDS = (1, 2)


def test_loss(study, **settings):
    """Mean test loss of the fits with these settings."""
    return study.group(SEEDS, **settings).scores["test_loss"]


test_loss.__test__ = False  # a number, not a test


@pytest.fixture(scope="module")
def data():
    return simulate_chest(patients=600)


@pytest.fixture(scope="module")
def study(data):
    study = overfitting.Experiment(data, patients=60, validation_patients=60, epochs=12)
    study.defaults["widths"] = (16, 16)
    return study


@pytest.fixture
def broken(study):
    """A study of the same size on the same benches that remembers none of the other's fits."""
    other = overfitting.Experiment.__new__(overfitting.Experiment)
    other.__dict__ |= study.__dict__ | {"_outcomes": {}}
    return other


@pytest.mark.parametrize("setting", [{"l1": 0.003}, {"l2": 0.03}, {"dropout": 0.6}, {"shift": 1}, {"flip": 1}])
def test_a_strength_that_is_ignored_wins_nothing(setting, study, broken, monkeypatch):
    bench = study.bench()
    apply = bench._set
    monkeypatch.setattr(bench, "_set", lambda seed, strengths: apply(seed, {}))
    assert test_loss(study) - test_loss(broken, **setting) == 0
    norms = [one.fit(seed=1, **settings).weight_norm for one, settings in ((broken, setting), (study, {}))]
    assert norms[0] / norms[1] == 1
    monkeypatch.undo()
    assert test_loss(study) != test_loss(study, **setting)


def test_a_temperature_that_is_not_fitted_wins_nothing_and_one_upside_down_loses(study, monkeypatch):
    fitted = evaluation.fit_temperature
    right = test_loss(study, rescaled=True)
    monkeypatch.setattr(evaluation, "fit_temperature", lambda labels, p: 1.0)
    assert test_loss(study, rescaled=True) == pytest.approx(test_loss(study), abs=1e-6)
    monkeypatch.setattr(evaluation, "fit_temperature", lambda labels, p: 1 / fitted(labels, p))
    assert right < test_loss(study) < test_loss(study, rescaled=True)


def test_labels_that_are_not_shuffled_leave_an_auc_above_the_band(study):
    kept = study.scores("test_auc", range(1, 5))
    dealt = study.scores("test_auc", range(1, 5), shuffled=True)
    assert 0.37 < dealt.mean() < 0.63 < kept.mean()


def test_draws_that_are_all_the_same_have_no_variance(study):
    probabilities = study.fit(seed=1).probabilities("test")
    bias, variance = evaluation.bias_and_variance(study.splits["test"].labels, np.stack([probabilities] * 5))
    assert variance == pytest.approx(0, abs=1e-12)
    assert bias > 0.1


def test_only_oversampling_before_the_split_promises_what_is_not_kept(study):
    """Ridge instead of the network: the leak is in the split. Oversampled after it, all but nothing is left of it."""
    mine = [study.draw(seed)["train"] for seed in range(1, 9)]

    def promised(train, held):
        scores = [
            cross_validation.ridge_scores(train, shown, 0.01, study.classes) for shown in (held, study.splits["test"])
        ]
        return evaluation.auc(held.labels, scores[0]) - evaluation.auc(study.splits["test"].labels, scores[1])

    leaky, honest = [], []
    for seed, rows in enumerate(mine):
        leaky.append(promised(*cross_validation.halves(oversampled(rows, seed=seed), by_patient=False, seed=seed)))
        one, other = cross_validation.halves(rows, by_patient=True, seed=seed)
        honest.append(promised(oversampled(one, seed=seed), other))
    assert np.mean(leaky) - np.mean(honest) > 0.06


def test_folds_that_ignore_patients_leave_no_difference(study, monkeypatch):
    mine = draw_patients(study.splits["train"], 100, seed=1)
    options = {"folds": 4, "seed": 1}
    scored = [
        cross_validation.cross_validated(mine, 1.0, study.classes, by_patient=by_patient, **options)
        for by_patient in (False, True)
    ]
    by_row = cross_validation.KFold(4, shuffle=True, random_state=1)
    monkeypatch.setattr(cross_validation, "GroupKFold", lambda *given, **named: by_row)
    monkeypatch.setattr(by_row, "split", lambda x, y=None, groups=None: cross_validation.KFold.split(by_row, x, y))
    careless = cross_validation.cross_validated(mine, 1.0, study.classes, by_patient=True, **options)
    assert scored[0] - careless == 0
    assert scored[0] - scored[1] > 0.015


def test_one_model_or_one_checkpoint_flatters_nobody(study):
    one = study.fit(seed=1)
    models = np.stack([one.probabilities("test", checkpoint) for checkpoint in range(len(one.curve))])
    options = {"patients": 80, "repeats": 20, "seed": 1}
    rows = study.splits["test"]
    wishful = optimism.best_on_one_half(evaluation.auc_or_nan, rows, models, [1], **options)
    assert (wishful["chosen"] - wishful["fresh"]).iloc[0] == pytest.approx(0, abs=1e-12)
    same = optimism.best_on_one_half(evaluation.auc_or_nan, rows, models[:1].repeat(8, axis=0), [8], **options)
    assert (same["chosen"] - same["fresh"]).iloc[0] == pytest.approx(0, abs=1e-12)
    alike = overfitting.Outcome(
        one.curve.iloc[[-1] * 5],
        one.rows,
        {name: logits[[-1] * 5] for name, logits in one.logits.items()},
        0,
        0,
        0.0,
        0.0,
    )
    assert optimism.best_epoch_optimism(alike, 20, repeats=5, seed=1) == pytest.approx(0, abs=1e-12)


def test_errors_that_follow_the_law_are_found_as_foretold():
    sizes = np.array([25, 50, 100])
    assert overfitting.power_law(sizes, 0.8 * sizes**-0.3)(400) == pytest.approx(0.8 * 400**-0.3, abs=1e-12)


def test_a_decay_that_goes_through_the_division_pulls_as_l2_does():
    """The notebook's own cell is run, as it is and with the decay put into the gradient."""
    source = next(cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if "def adam" in cell.source)
    wrong = source.replace("g = g + 2 * l2 * w", "g = g + 2 * l2 * w + decay * w").replace(
        "w = w - rate * decay * w", ""
    )
    assert wrong.count("decay * w") == 1
    ratios = []
    for text in (source, wrong):
        given = {"np": np, "pd": pd, "rng": np.random.default_rng(1)}
        exec(text, given)
        removed = (given["untouched"] - np.array([given["pulled"], given["decayed"]])).mean(axis=2)
        ratios.append(removed[:, 1] / removed[:, 0])
    right, coupled = ratios
    assert right[0] > 2
    assert 0.7 < right[1] < 1.4
    assert np.isfinite(coupled[1])
    assert coupled[1] > 1.4
