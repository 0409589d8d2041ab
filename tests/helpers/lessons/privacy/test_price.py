"""The ladder of ε: noise falls along it, the same people train on every rung, what is trained is scored."""

import numpy as np
import pytest

from helpers.datasets import Split
from helpers.lessons.privacy import accounting, crowd, price
from helpers.lessons.privacy.dpsgd import Recipe

RECIPE = Recipe(bound=1.0, noise=0.0, share=0.3, steps=15, rate=0.3)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    patients = np.arange(60).repeat(2)
    labels = (patients % 2).astype(np.int64)
    images = rng.integers(0, 150, (120, 8, 8, 1)) + 60 * labels[:, None, None, None]
    return Split(images.clip(0, 255).astype(np.uint8), labels, patients)


def test_noise_falls_with_epsilon_and_spends_it():
    rungs = price.recipes(RECIPE, rate=0.01, longer=3)
    noises = [rungs[f"{epsilon}"].noise for epsilon in price.BUDGETS]
    assert noises == sorted(noises, reverse=True)
    assert accounting.epsilon_of(noises[1], 0.3, 15) == pytest.approx(3, abs=0.1)
    quiet, clipped, free = (rungs[name] for name in (price.QUIET, price.CLIPPED, price.FREE))
    assert (quiet.noise, quiet.bound, quiet.steps) == (0, 1.0, 15)
    assert (clipped.noise, clipped.bound, clipped.steps, clipped.rate) == (0, 1.0, 45, 0.3)
    assert (free.noise, free.bound, free.steps, free.rate) == (0, price.UNCLIPPED, 45, 0.01)


def test_every_rung_is_scored_for_every_network(rows):
    rungs = {"1": Recipe(1.0, 30.0, 0.3, 15, 0.3), price.QUIET: RECIPE}
    members, groups = crowd.draw_halves(60, 6, seed=1), {"A": rows.patients < 30}
    trainer = price.Trainer((8, 8, 1))
    prices = price.price_table(trainer, rows, members, rows, groups, rungs, seed=1)
    table, quiet = prices.table, prices.said[price.QUIET]
    assert len(table) == 12
    assert table.groupby("epsilon")["AUC"].mean()[price.QUIET] > 0.9 > table.groupby("epsilon")["AUC"].mean()["1"]
    again = price.price_table(trainer, rows, members, rows, groups, rungs, seed=1)
    assert again.table.equals(table)
    assert quiet[-1] == pytest.approx(trainer.network(rows.images.astype(np.float32)).numpy()[:, 0], abs=1e-3)
    assert price.scores(rows, quiet[-1], groups)["AUC, A"] == table["AUC, A"].iloc[-1]
    assert prices.attacks["1"].shape == members.shape
    assert 0 <= prices.too_long[price.QUIET] <= 1
    costs = price.noise_costs(prices, rows, groups, "1", draws=50, seed=1)
    assert list(costs.index) == ["all", "A"]
    means = table.groupby("epsilon")["AUC"].mean()
    assert costs["all"].estimate == pytest.approx(means["1"] - means[price.QUIET])
    assert costs["all"].high < 0


def test_few_patients_suffer_from_noise_and_the_control_tells_how_much(rows):
    rungs = {"1": Recipe(1.0, 8.0, 0.3, 15, 0.3), price.QUIET: RECIPE}
    table = price.starved_table(price.Trainer((8, 8, 1)), rows, rows, rungs, [30, 12], runs=3, seed=1)
    assert (table["AUC, no noise"] > table["AUC"]).all()
    assert (table["AUC"] >= table["AUC, least"]).all()
    assert table["over all steps"].iloc[0] == pytest.approx(table["signal over noise"].iloc[0] * np.sqrt(15))


def test_signal_to_noise_by_hand():
    assert price.signal_to_noise(Recipe(5.0, 2.0, 0.1, 10, 1.0), 400, 100) == pytest.approx(2.0)
