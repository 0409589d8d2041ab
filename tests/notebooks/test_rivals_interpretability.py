"""What notebook 07 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from helpers import evaluation
from helpers.datasets import limit_training, load
from helpers.lessons import interpretability
from helpers.lessons.interpretability import columns, faithfulness, glass, readers, sanity, shortcuts
from helpers.models import build_cnn, explain, training
from helpers.models.floors import fit_floors


@pytest.fixture(scope="module")
def chest():
    data = limit_training(load("chest"), 250)
    return [evaluation.one_against_rest(rows, data.disease_class) for _, rows in data.splits()]


@pytest.fixture(scope="module")
def sick(chest):
    return chest[2].rows(np.flatnonzero(chest[2].labels == 1)[:60])


@pytest.fixture(scope="module")
def untrained(chest):
    """A network that has learned nothing, and its maps."""
    training.set_seed(1)
    cnn = training.Restartable(partial(build_cnn, chest[0].images.shape[1:], outputs=2)).network
    baseline = chest[0].images[chest[0].labels == 0].mean(axis=0)
    return cnn, interpretability.Maps(cnn, 1, layer="conv_2", baseline=baseline)


def area_of(rows, risks):
    return evaluation.auc(rows.labels, evaluation.two_columns(risks))


def test_a_network_that_learned_nothing_and_the_floor(chest, untrained):
    train, validation, test = chest
    cnn, _ = untrained
    assert area_of(test, cnn.predict(test.images, verbose=0)[:, 1]) < 0.72
    mean_intensity = fit_floors(train, validation)["mean intensity"]
    assert area_of(test, mean_intensity.predict_proba(test.images)[:, 1]) < 0.7


def test_maps_of_an_untrained_network_and_of_noise(chest, sick, untrained):
    known = chest[0].masks[chest[0].labels == 1]
    rng = np.random.default_rng(1)
    place = explain.hits(np.broadcast_to(known.mean(axis=0), sick.masks.shape), sick.masks).mean()
    random = explain.hits(rng.uniform(size=sick.masks.shape), sick.masks).mean()
    gradient = explain.hits(untrained[1](sick.images, ("gradient",))["gradient"], sick.masks).mean()
    assert random - place < -0.1
    assert gradient - place < 0.25
    unrelated = sanity.likeness(*rng.normal(size=(2, 20, 28, 28))).mean()
    assert abs(unrelated) < 0.1


def test_sizes_do_not_tell_one_network_from_another(sick, untrained):
    """By size, maps of unlike networks are alike; where likeness had signs, the claim would see the difference."""
    cnn, maps = untrained
    name = "integrated gradients"
    own = maps(sick.images, (name,))[name]
    learned = cnn.get_weights()
    try:
        cnn.set_weights([np.random.default_rng(2).permutation(one.ravel()).reshape(one.shape) for one in learned])
        other = maps(sick.images, (name,))[name]
    finally:
        cnn.set_weights(learned)
    assert 1 - sanity.likeness(own, other).mean() < 0.5  # no network here is an honest one: the same one is the ceiling
    assert 1 - sanity.likeness(own, other, signed=True).mean() > 0.7
    assert sanity.likeness(own, -own).mean() == pytest.approx(1)


def test_what_is_bright_and_what_sizes_say_lie_in_no_lesion(chest, sick, untrained):
    known = chest[0].masks[chest[0].labels == 1]
    baseline = chest[0].images[chest[0].labels == 0].mean(axis=0)
    bright = interpretability.without_network(sick.images, baseline, np.random.default_rng(1))["minus mean healthy"]
    place = np.broadcast_to(known.mean(axis=0), sick.masks.shape)
    inside = [interpretability.energy(np.abs(one), sick.masks).mean() for one in (bright, place)]
    assert inside[0] - inside[1] < 0
    shares = untrained[1](sick.images, ("integrated gradients",))["integrated gradients"]
    assert interpretability.energy(np.abs(shares), sick.masks).mean() < 0.6


def test_two_networks_that_know_no_sign_add_up_alike_outside_the_lesion(sick, untrained):
    cnn, maps = untrained
    pale, air = shortcuts.with_scatter(sick.images), interpretability.beside_the_body(sick.images)
    learned, outside = cnn.get_weights(), []
    try:
        for weights in (learned, [-1 * one for one in learned]):
            cnn.set_weights(weights)
            places = interpretability.account(
                maps(pale, ("integrated gradients",))["integrated gradients"], air, sick.masks
            )
            outside.append(places["in all"] - places["in the lesion"])
            heat = maps(sick.images, ("HiResCAM",))["HiResCAM"]
            assert explain.hits(heat, shortcuts.letter_box(sick.images)).mean() < 0.2
    finally:
        cnn.set_weights(learned)
    assert abs(outside[0] - outside[1]) < 0.3


def test_shares_of_a_linear_score_gain_nothing_by_steps(chest, sick, untrained):
    class Line:
        gradient = staticmethod(np.ones_like)

    images = sick.images.astype(float)
    one, many = (interpretability.integrated_gradients(Line, images, 0.0, steps) for steps in (1, 16))
    assert one == pytest.approx(many)


def test_a_place_at_random_is_no_good_order_for_deletion(sick, untrained):
    """In a score that brightness in the lesion raises."""

    def score(images):
        return (images[..., 0] * sick.masks).sum(axis=(1, 2)) / sick.masks.sum(axis=(1, 2)) - 60

    orders = {"lesion": 1.0 * sick.masks, "random": np.random.default_rng(1).uniform(size=sick.masks.shape)}
    areas = faithfulness.areas(faithfulness.curves(score, sick.images, orders, {"black": 0.0}))["deletion, black"]
    assert areas["random"] - areas["lesion"] > 0.15
    curves = faithfulness.curves(score, sick.images, orders, {"black": 0.0}).set_index(["order", "kind"])["curve"]
    whole = curves["random", "deletion"][0]
    assert curves["random", "insertion"].max() - whole < 0.05


def test_a_sign_by_coin_moves_no_network_and_costs_nothing(chest, untrained):
    cnn, maps = untrained
    test = chest[2]
    signs = {"letter": shortcuts.with_letter, "exposure": shortcuts.with_scatter}
    assert abs(shortcuts.effect(maps.score, test.images, signs["letter"]).mean()) < 1.5

    def reads_it(images):
        return 0.01 * images[:, 1, 1:4, 0].sum(axis=1)

    assert shortcuts.effect(reads_it, test.images, signs["letter"]).mean() > 2.5
    found = shortcuts.at_home_and_elsewhere(cnn, {"none": cnn.get_weights()}, test, signs, 0.5, draws=50, seed=1)
    for sign in signs:
        assert (
            abs(found.loc["none", f"{sign}, at home"].estimate - found.loc["none", f"{sign}, elsewhere"].estimate)
            < 0.06
        )


def test_columns_that_are_alone_add_up():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(600, 2))
    labels = (table.sum(axis=1) + rng.normal(size=600) > 0).astype(np.int64)
    line = LogisticRegression().fit(table, labels)
    risk = columns.logistic(line.coef_[0], line.intercept_[0])
    apart = [columns.shuffled_loss(risk, table, labels, [k], repeats=20, seed=1) for k in (0, 1)]
    assert abs(columns.shuffled_loss(risk, table, labels, [0, 1], repeats=20, seed=1) - sum(apart)) < 0.04
    halves = (table[:300], labels[:300]), (table[300:], labels[300:])
    assert columns.retrained_loss(*halves, [0]) > 0.012
    value = columns.conditional_value(np.array([0.0, 2.0]), 0.0, table[0], table)
    assert abs(columns.shapley_values(value, 2)[0]) < 0.4


def test_few_columns_of_noise_tell_nothing(chest):
    data = load("wisconsin")
    noise = [
        type(rows)(np.random.default_rng(k).normal(size=rows.features.shape), rows.target, rows.patients)
        for k, (_, rows) in enumerate(data.splits())
    ]
    model = glass.fit_sparse(noise[0], noise[1], 4)
    assert area_of(noise[2], model.predict_proba(noise[2].features)[:, 1]) - 0.99 < -0.2


def test_a_map_that_warns_harms_no_reader():
    labels = np.arange(4000) % 2
    wrong = np.where(labels == 1, -2.0, 2.0)
    found = readers.conditions(labels, wrong, np.zeros(4000, bool), seed=1)
    assert found["with advice and map"].mean() - found["with advice"].mean() > 0
