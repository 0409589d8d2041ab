"""helpers.lessons.overfitting.optimism: what a choice flatters, where the answer is known."""

import numpy as np
import pandas as pd
import pytest
from sample_scores import rows_of

from helpers import evaluation
from helpers.lessons.overfitting import Outcome
from helpers.lessons.overfitting.optimism import best_epoch_optimism, best_on_one_half


def outcome(validation: np.ndarray, rows, test_auc) -> Outcome:
    """An Outcome of these validation probabilities (checkpoints, n, 2) and test AUCs (checkpoints,)."""
    curve = pd.DataFrame({"validation_loss": np.arange(len(test_auc))[::-1], "test_auc": test_auc})
    return Outcome(curve, {"validation": rows}, {"validation": np.log(validation)}, 1, 1, 1.0, 0.0)


def test_the_best_of_many_useless_models_flatters():
    rng = np.random.default_rng(4)
    rows = rows_of(np.arange(120) % 2, np.arange(120))
    models = rng.dirichlet(np.ones(2), size=(40, 120))
    table = best_on_one_half(evaluation.auc, rows, models, (1, 40), patients=120, repeats=60, seed=1).set_index("tries")
    assert table.loc[1, "chosen"] == pytest.approx(table.loc[1, "fresh"], abs=1e-12), "nothing to choose"
    assert table.loc[40, "chosen"] > 0.58
    assert table.loc[40, "fresh"] < 0.52


def test_the_best_of_many_useless_checkpoints_flatters_by_what_choosing_gives():
    """Ten checkpoints that know nothing, whose test AUC is .5: the best on 20 patients is above .5 by chance alone."""
    rng = np.random.default_rng(5)
    rows = rows_of(np.arange(400) % 2, np.arange(400))
    useless = outcome(rng.dirichlet(np.ones(2), size=(10, 400)), rows, np.full(10, 0.5))
    few = best_epoch_optimism(useless, 20, repeats=60, seed=1)
    assert few == pytest.approx(0.2, abs=0.05), "ten normal values: the largest is 1.54 SD up, SD .13"
    assert best_epoch_optimism(useless, 400, repeats=2, seed=1) < few / 2


def test_equal_checkpoints_cannot_flatter():
    rows = rows_of(np.arange(60) % 2, np.arange(60))
    same = outcome(np.repeat(np.random.default_rng(6).dirichlet(np.ones(2), size=(1, 60)), 4, axis=0), rows, [0.6] * 4)
    assert best_epoch_optimism(same, 20, repeats=5, seed=1) == pytest.approx(0, abs=1e-12)


def test_without_a_class_there_is_nothing_to_say():
    rows = rows_of(np.zeros(10, int), np.arange(10))
    assert np.isnan(best_epoch_optimism(outcome(np.full((2, 10, 2), 0.5), rows, [0.5] * 2), 5, repeats=3, seed=1))
    models = np.full((3, 10, 2), 0.5)
    assert best_on_one_half(evaluation.auc_or_nan, rows, models, (1,), patients=10, repeats=2, seed=1).empty
