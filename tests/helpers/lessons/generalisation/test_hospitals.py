"""Hospitals differ in what they are said to differ in, and in nothing else."""

from functools import partial

import numpy as np
import pytest

from helpers import evaluation
from helpers.datasets.contract import Split
from helpers.lessons.generalisation import hospitals, networks
from helpers.lessons.generalisation.hospitals import Machine
from helpers.models import training

RNG = np.random.default_rng(3)
N = 240
OWNER = np.repeat(np.arange(N // 2), 2)
ROWS = Split(
    RNG.integers(60, 200, (N, 28, 28, 1), dtype=np.uint8),
    (OWNER % 3 == 0).astype(np.int64),
    OWNER,
    RNG.random((N, 28, 28)) < 0.1,
)


def rng():
    return np.random.default_rng(1)


def test_a_machine_without_settings_changes_nothing_and_leaves_what_it_is_given():
    before = ROWS.images.copy()
    assert np.array_equal(Machine().take(ROWS.images, rng()), ROWS.images)
    hospitals.MACHINE_B.take(ROWS.images, rng())
    assert np.array_equal(ROWS.images, before)


def test_each_setting_does_what_it_says():
    flat = np.full((40, 28, 28, 1), 100, np.uint8)
    assert np.unique(Machine(contrast=0.5, lift=10).take(flat, rng())) == pytest.approx([0.5 * (100 - 128) + 128 + 10])
    assert Machine(noise=8).take(flat, rng()).std() == pytest.approx(8, rel=0.05)
    point = np.zeros((1, 28, 28, 1), np.uint8)
    point[0, 10, 12] = 200
    assert np.argwhere(Machine(shift=(2, -3)).take(point, rng())[0, :, :, 0]).tolist() == [[12, 9]]
    blurred = Machine(blur=1.0).take(point, rng())[0, :, :, 0].astype(float)
    across = blurred.sum(axis=0) / blurred.sum()
    spread = np.sqrt((across * (np.arange(28) - 12) ** 2).sum())
    assert spread == pytest.approx(1.0, abs=0.12)


def test_the_letter_stands_in_the_lower_left_corner_alone():
    for side in (28, 56):
        flat = np.full((1, side, side, 1), 100, np.uint8)
        marked = np.argwhere(Machine(letter=True).take(flat, rng())[0, :, :, 0] == 250)
        assert len(marked) == hospitals.LETTER.sum() * (side // 28) ** 2
        assert marked[:, 0].min() > 0.8 * side
        assert marked[:, 1].max() < 0.2 * side


def test_masks_follow_the_picture():
    taken = Machine(shift=(1, 2)).at(ROWS, rng())
    assert np.array_equal(taken.masks[:, 1:, 2:], ROWS.masks[:, :-1, :-2])
    assert np.array_equal(taken.labels, ROWS.labels)


def test_a_random_machine_keeps_its_limits_and_strength_0_is_hospital_a():
    machines = [hospitals.random_machine(np.random.default_rng(k)) for k in range(200)]
    for name, low, high in (("blur", 0, 0.9), ("noise", 0, 14), ("contrast", 0.65, 1.25), ("lift", -20, 20)):
        values = [getattr(machine, name) for machine in machines]
        assert low <= min(values) < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < max(values) <= high
    assert hospitals.random_machine(rng(), strength=0) == Machine()


def test_hospitals_share_nobody():
    first, second = hospitals.divide(ROWS, 40, seed=1)
    assert len(np.unique(first.patients)) == len(np.unique(second.patients)) == 40
    assert not set(first.patients) & set(second.patients)
    most = hospitals.divide(ROWS, 1000, seed=1)
    assert [len(np.unique(rows.patients)) for rows in most] == [60, 60]


@pytest.mark.parametrize("prevalence", [0.05, 0.2, 0.5, 0.8])
def test_prevalence_is_reached_with_whole_people(prevalence):
    kept = hospitals.with_prevalence(ROWS, prevalence, rng())
    people = np.unique(ROWS.patients[kept])
    assert len(kept) == 2 * len(people)
    assert (people % 3 == 0).mean() == pytest.approx(prevalence, abs=0.02)


def test_prevalence_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="between 0 and 1"):
        hospitals.with_prevalence(ROWS, 1.0, rng())
    with pytest.raises(ValueError, match="ill and healthy"):
        hospitals.with_prevalence(ROWS.rows(ROWS.labels == 0), 0.2, rng())


def test_another_definition_files_the_mildest_people_as_healthy_and_no_one_else():
    extent = OWNER.astype(float)
    found = hospitals.another_definition(ROWS, extent, 0.25)
    changed = np.unique(ROWS.patients[found.labels != ROWS.labels])
    ill = np.unique(ROWS.patients[ROWS.labels == 1])
    assert changed.tolist() == ill[: len(ill) // 4].tolist()
    assert found.images is ROWS.images


def test_severity_is_the_lesion_or_what_stands_out():
    assert np.array_equal(hospitals.severity(ROWS, 0), ROWS.masks.sum(axis=(1, 2)))
    bare = Split(np.full((2, 10, 10, 1), 50, np.uint8), np.zeros(2, np.int64), np.arange(2))
    bare.images[1, :2, :5] = 90
    assert hospitals.severity(bare, np.full((10, 10, 1), 50.0)).tolist() == [0, 40]


def test_scenarios_change_one_thing_each():
    elsewhere = hospitals.MACHINE_B.at(ROWS, rng())
    here, there = (hospitals.Seen(RNG.normal(size=(N, 4)), RNG.normal(size=N)) for _ in range(2))
    cases = hospitals.scenarios(
        ROWS, elsewhere, here, there, OWNER.astype(float), prevalence=0.1, milder=0.5, rng=rng()
    )
    assert np.array_equal(cases["another machine"].rows.labels, ROWS.labels)
    assert cases["another definition"].seen is here
    fewer = cases["fewer ill"]
    assert fewer.rows.labels.mean() == pytest.approx(0.1, abs=0.02)
    assert set(fewer.seen.log_odds) <= set(here.log_odds)
    together = cases["all three"]
    assert set(together.seen.log_odds) <= set(there.log_odds)
    ill = together.rows.patients[together.rows.labels == 1]
    assert ill.min() > np.median(ROWS.patients[ROWS.labels == 1])


def test_the_name_of_a_hospital_as_a_score():
    ill = np.concatenate([np.arange(600) < 360, np.arange(900) < 90]).astype(np.int64)
    name = np.repeat([1.0, 0.0], [600, 900])
    by_counting = evaluation.auc(ill, evaluation.two_columns(name))
    assert hospitals.alone(0.6, 0.1, 0.4) == pytest.approx(by_counting)
    assert hospitals.alone(0.3, 0.3, 0.4) == pytest.approx(0.5)


def test_the_eye_gives_the_networks_own_risks():
    training.set_seed(1)
    bench = training.Restartable(partial(networks.build_small_cnn, (28, 28, 1)))
    seen = hospitals.Eye(bench.network).look(bench.network.get_weights(), ROWS.images)
    assert seen.features.shape == (N, 32)
    assert seen.risks == pytest.approx(bench.network.predict(ROWS.images, verbose=0)[:, 1], abs=1e-5)
    assert np.array_equal(seen.of_rows(np.array([3, 1])).log_odds, seen.log_odds[[3, 1]])


def test_scores_are_those_of_the_evaluation():
    risks = np.clip(0.2 + 0.5 * ROWS.labels + RNG.normal(scale=0.2, size=N), 0.01, 0.99)
    table = hospitals.score_table({"one": (ROWS, risks, 0.5)}, draws=50, seed=1)
    assert table.loc["one", "AUC"].estimate == evaluation.auc(ROWS.labels, evaluation.two_columns(risks))
    assert table.loc["one", "sensitivity"].estimate == (risks[ROWS.labels == 1] >= 0.5).mean()
    assert table.loc["one", "specificity"].estimate == (risks[ROWS.labels == 0] < 0.5).mean()
