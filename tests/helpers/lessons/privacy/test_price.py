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
    rungs = price.recipes(RECIPE, 0.01)
    noises = [rungs[f"{epsilon}"].noise for epsilon in price.BUDGETS]
    assert noises == sorted(noises, reverse=True)
    assert accounting.epsilon_of(noises[1], 0.3, 15) == pytest.approx(3, abs=0.1)
    assert (rungs["clipped"].noise, rungs["clipped"].bound, rungs["none"].bound) == (0, 1.0, price.UNCLIPPED)


def test_every_rung_is_scored_for_every_network(rows):
    rungs = {"1": Recipe(1.0, 30.0, 0.3, 15, 0.3), "clipped": RECIPE}
    members, groups = crowd.draw_halves(60, 6, seed=1), {"A": rows.patients < 30}
    trainer = price.Trainer((8, 8, 1))
    table = price.price_table(trainer, rows, members, rows, groups, rungs, seed=1)
    assert len(table) == 12
    assert table.groupby("epsilon")["AUC"].mean()["clipped"] > 0.9 > table.groupby("epsilon")["AUC"].mean()["1"]
    again = price.price_table(trainer, rows, members, rows, groups, rungs, seed=1)
    assert again.equals(table)
    said = trainer.log_odds(rows.images)  # of the last network
    assert price.scores(rows, said, groups)["AUC, A"] == table["AUC, A"].iloc[-1]


def test_signal_to_noise_by_hand():
    assert price.signal_to_noise(Recipe(5.0, 2.0, 0.1, 10, 1.0), 400, 100) == pytest.approx(2.0)
