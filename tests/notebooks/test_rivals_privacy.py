"""What notebook 09 calls a rival is what the wrong version gives: each is run here, small, and outside the band."""

from functools import partial

import numpy as np
import pytest

from helpers.datasets import Split
from helpers.lessons.privacy import (
    accounting,
    audit,
    crowd,
    dicom,
    dpsgd,
    federation,
    leaks,
    mechanisms,
    membership,
    price,
    register,
    secure,
    synthetic,
)


@pytest.fixture(scope="module")
def rows():
    """Patients with one or two pictures, the ill a little brighter; one in three is ill."""
    rng = np.random.default_rng(1)
    patients = np.arange(240).repeat(2)
    labels = (patients % 3 == 0).astype(np.int64)
    images = rng.normal(130, 40, (480, 8, 8, 1)) + 15 * labels[:, None, None, None]
    return Split(images.clip(0, 255).astype(np.uint8), labels, patients)


def test_coarse_columns_name_nobody_and_a_group_hides_no_more_than_its_diagnoses():
    table = register.anonymity_table(register.simulate_town(20_000, seed=1))
    assert table.loc["20 years, sex, district", "named"] < 0.9
    assert table.loc["20 years, sex, district", "diagnosis known"] < 0.03, "alone is all, where groups are large"


def test_a_picture_without_the_name_and_one_with_it():
    scan = dicom.sample_scan(seed=2)
    picture = scan.pixel_array
    top, bottom, left, right = dicom.find_text(picture)
    bare = picture.copy()
    bare[top:bottom, left:right] = picture.min()
    assert dicom.likeness_of_text(bare, dicom.WRITTEN) < 0.7
    assert dicom.likeness_of_text(picture, dicom.WRITTEN) > 0.5


def test_networks_that_remember_nobody_give_nobody_away():
    rng, members = np.random.default_rng(1), crowd.draw_halves(300, 8, seed=1)
    margin = rng.normal(0, 3, 300)[:, None] + rng.normal(0, 0.5, members.shape)
    patients = np.arange(300)
    found = membership.by_likelihood_ratio(margin, patients, members).ravel()
    assert membership.hits_at(found, members.ravel(), 0.01) < 0.03
    halves = np.arange(300) < 150
    exposed = membership.exposure(margin, patients, members)
    assert abs(exposed[halves].mean() - exposed[~halves].mean()) < 0.3


def test_networks_that_remember_everybody_are_not_those_of_the_early_stop():
    rng, members = np.random.default_rng(1), crowd.draw_halves(300, 8, seed=1)
    margin = rng.normal(0, 1, 300)[:, None] + 2.0 * members + rng.normal(0, 0.5, members.shape)
    losses = membership.by_loss(margin, np.arange(300)).ravel()
    order = np.argsort(np.argsort(losses)) + 1
    inside = members.ravel()
    area = (order[inside].sum() - inside.sum() * (inside.sum() + 1) / 2) / inside.sum() / (~inside).sum()
    assert area > 0.6
    ratio = membership.by_likelihood_ratio(margin, np.arange(300), members).ravel()
    assert membership.hits_at(ratio, inside, 0.01) > 0.028


def test_a_coin_with_no_second_throw_and_shares_not_corrected():
    rng = np.random.default_rng(1)
    truths = rng.random(100_000) < 0.1
    always = np.where(rng.random(len(truths)) < 0.5, truths, True)
    counted = [(int(always[group].sum()), int(group.sum())) for group in (truths, ~truths)]
    assert mechanisms.measured_epsilon(*counted).estimate < 1.03
    answers = mechanisms.answer_by_coin(truths, rng)
    assert answers.mean() - truths.mean() > 0.02


def test_the_same_noise_each_time_gains_nothing_by_asking():
    once = np.abs(mechanisms.laplace_count(37, 0.1, np.random.default_rng(1), times=200) - 37).mean()
    again = np.abs(np.repeat(mechanisms.laplace_count(37, 0.1, np.random.default_rng(1), times=200), 100) - 37).mean()
    assert again / once > 0.2


def test_clipping_by_image_and_a_forgotten_bound():
    rng = np.random.default_rng(1)
    hers = np.tile(rng.normal(0, 5, 200), (3, 1))
    alone = dpsgd.private_sum(hers, np.arange(3), 1.0, 0.0, rng)
    assert np.linalg.norm(alone) > 1.000001
    forgotten = (3.0 * rng.standard_normal(20_000)).std()
    assert forgotten / 1.5 > 1.04


def test_no_noise_costs_nothing_and_no_clipping_tilts_nothing(rows):
    trainer = price.Trainer((8, 8, 1))
    recipe = dpsgd.Recipe(bound=3.0, noise=0.0, share=0.3, steps=60, rate=0.15)
    test = rows.rows(np.arange(480) >= 240)

    def scores(chosen, seed=1):
        trainer.train(rows.rows(np.arange(480) < 240), chosen, seed=seed)
        return price.scores(test, trainer.log_odds(test.images), {})

    plain, again = scores(recipe), scores(recipe)
    assert abs(plain["AUC"] - again["AUC"]) < 0.002, "the same training twice: nothing is what it costs"
    assert abs(plain["slope"] - again["slope"]) < 0.03
    free = [scores(dpsgd.Recipe(bound, 0.0, 0.3, 300, 0.02)) for bound in (price.UNCLIPPED, 10 * price.UNCLIPPED)]
    assert abs(free[0]["intercept"] - free[1]["intercept"]) < 0.3
    assert abs(free[0]["slope"] - free[1]["slope"]) < 0.2


def test_few_patients_alone_are_not_what_the_noise_costs(rows):
    """The control against itself: no noise minus no noise, on the same few patients."""
    trainer, quiet = price.Trainer((8, 8, 1)), dpsgd.Recipe(3.0, 1e-9, 0.3, 60, 0.15)
    table = price.starved_table(trainer, rows, rows, {"1": quiet, price.QUIET: quiet}, [24], runs=2, seed=1)
    assert (table["AUC, no noise"] - table["AUC"]).abs().max() < 0.04


def test_a_fixed_number_who_come_has_no_spread_():
    rng = np.random.default_rng(1)
    fixed = np.array([np.isin(np.arange(1000), rng.permutation(1000)[:100]).sum() for _ in range(50)])
    assert fixed.std() / np.sqrt(90) < 0.9


def test_an_audit_tells_the_two_versions_apart():
    def by_image(gradients, patients, bound, noise, rng):
        return dpsgd.private_sum(gradients, np.arange(len(gradients)), bound, noise, rng)

    setting = {"noise": 5.0, "share": 1.0, "steps": 10}
    promised = accounting.epsilon_of(**setting)
    look = partial(audit.audit, **setting, delta=accounting.DELTA, trainings=400, seed=3)
    assert look(dpsgd.private_sum) - promised < 0 < look(by_image) - promised
    ours = audit.audit_table({"ours": (dpsgd.private_sum, 0.2)}, 5.0, 10, accounting.DELTA, trainings=400, seed=3)
    assert ours.loc["ours", "as Gaussian"] - promised < 0


def test_hospitals_that_learn_nothing_together_and_masks_with_one_missing():
    sites = federation.hospitals_of("simulated", seed=2)
    trains = {name: one.train for name, one in sites.items()}
    judged = federation.together([one.validation for one in sites.values()])
    best = federation.fit_central(federation.together(list(trains.values())))
    alone = federation.fit_central(trains["village"])
    assert federation.loss(alone, judged) - federation.loss(best, judged) > 0.03
    shared = federation.federate(trains, rounds=30, steps=50, rate=0.5)[-1]
    assert federation.loss(shared, judged) - federation.loss(best, judged) < 0.04
    unpulled = [federation.federate(trains, rounds=5, steps=50, rate=0.5, pull=0.0)[-1] for _ in range(2)]
    assert np.linalg.norm(unpulled[0] - best) / np.linalg.norm(unpulled[1] - best) < 1.2
    sent = secure.masked(np.ones((3, 5)), np.random.default_rng(1))
    assert np.abs(secure.unmasked_sum(sent[:-1]) - 2).max() > 1e-4


def test_a_batch_shows_nobody_and_no_noise_shows_all(rows):
    model = dpsgd.build_small((8, 8, 1))
    gradients = dpsgd.gradients_of_each(model)(rows.images[:32], rows.labels[:32])
    small = leaks.averaged(rows.images)
    usual = small.mean(axis=0)
    many = leaks.image_behind(gradients.sum(axis=0), 4)
    assert leaks.best_match(many, small[:32], usual)[0] < 0.99


def test_noise_of_a_tenth_hides_a_picture_until_it_is_filtered():
    rng = np.random.default_rng(1)
    images = rng.normal(130, 15, (500, 28, 28, 1)).clip(0, 255).astype(np.uint8)
    rows = Split(images, np.arange(500) % 2, np.arange(500))
    case = {"not filtered": leaks.Case(1, 0.1)}
    assert leaks.leak_table(price.Trainer((28, 28, 1)), rows, case, repeats=5, seed=1)["likeness"].iloc[0] < 0.5


def test_invented_patients_are_nobodys_copies():
    rng = np.random.default_rng(1)
    learned, strangers = rng.normal(size=(2, 300, 20))
    table = synthetic.distance_table({"invented": synthetic.invent(learned, 400, rng)}, learned, strangers)
    assert table.loc["invented", "nearer to the learned"].estimate < 0.9
    assert table.loc["invented", "lowest hundredth"] > 0.6
