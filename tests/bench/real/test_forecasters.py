"""bench/real/forecasters.py: candidates that learn people who differ, and nothing from the test windows."""

import numpy as np
import pytest

from bench.real import forecasters, glucose
from helpers.datasets.windows import Windows
from helpers.lessons import forecasting


def windows(n: int, seed: int, levels: dict[str, float], bend: float = 0.0) -> Windows:
    """n windows of each person, who is drawn back to a level of his own; bend: how much of the change is curved."""
    rng = np.random.default_rng(seed)
    people = np.repeat(list(levels), n)
    glucose_values = rng.normal(140, 25, (len(people), glucose.HISTORY)).cumsum(axis=1) / 8 + 80
    last = glucose_values[:, -1]
    level = np.repeat(list(levels.values()), n)
    clock = rng.uniform(0, 2 * np.pi, (len(people), glucose.HISTORY))
    change = 0.3 * (level - last) + bend * np.abs(last - last.mean()) + rng.normal(0, 3, len(people))
    inputs = np.stack([glucose_values, np.sin(clock), np.cos(clock)], axis=2).astype(np.float32)
    return Windows(
        inputs,
        (last + change).astype(np.float32),
        people,
        np.arange(len(people)).astype("datetime64[s]"),
        last.astype(np.float32),
        np.zeros(inputs.shape[:2], dtype=bool),
        ("glucose", "sine", "cosine"),
        5,
        glucose.AHEAD,
        (),
    )


LEVELS = {"a": 90.0, "b": 160.0, "c": 230.0}


def error(fit, levels=LEVELS, bend=0.0, new=None) -> float:
    """RMSE on fresh windows of the same people, or of new ones."""
    forecast = fit(windows(150, 1, levels, bend), windows(60, 2, levels, bend))
    fresh = windows(150, 3, new or levels, bend)
    return forecasting.rmse(fresh.targets, forecast(fresh))


def test_people_who_differ_are_told_apart_by_the_process_that_has_a_part_of_their_own():
    common = forecasters.gaussian_process(curve=0.0, personal=(0.0,))
    personal = forecasters.gaussian_process(curve=0.0, personal=(1.0,))
    assert error(personal) < 6
    assert min(error(common), error(forecasters.ridge(10))) > 15


def test_somebody_new_gets_the_common_forecast_whatever_the_name():
    forecast = forecasters.gaussian_process(curve=0.0, personal=(1.0,))(windows(150, 1, LEVELS), windows(60, 2, LEVELS))
    known, new, newer = (forecast(windows(50, 3, {name: 160.0})) for name in ("b", "d", "e"))
    assert new.tolist() == newer.tolist()
    assert np.abs(known - new).max() > 1


def test_a_curve_is_learned_by_the_process_and_the_trees_and_by_no_line():
    alike = dict.fromkeys(LEVELS, 160.0)
    curved = forecasters.gaussian_process(curve=10.0, personal=(0.0,), widths=(0.03,))
    assert error(curved, alike, 0.8) < 0.8 * error(forecasters.ridge(10), alike, 0.8)
    assert error(forecasters.boosted_trees, alike, 0.8) < 0.8 * error(forecasters.ridge(10), alike, 0.8)


def test_the_choice_is_that_of_validation():
    judged = windows(50, 2, LEVELS)
    far, near = (lambda given, by=by: given.targets + by for by in (5.0, 1.0))
    assert forecasters.best([far, near], judged) is near


def test_the_protocols_forecast_the_same_windows_and_a_new_person_is_never_learned_from():
    parts = {name: windows(20, k, LEVELS) for k, name in enumerate(("train", "validation", "test"))}
    seen = []

    def fit(train, validation):
        seen.append((set(train.people), set(validation.people)))
        return lambda given: np.full(len(given), float(len(seen)))

    later = glucose.later_days(parts, fit)
    assert seen == [(set(LEVELS), set(LEVELS))]
    seen.clear()
    new = glucose.new_person(parts, fit)
    assert seen == [({"b", "c"},) * 2, ({"a", "c"},) * 2, ({"a", "b"},) * 2]
    assert len(later) == len(new) == len(parts["test"])
    assert new.tolist() == [1.0] * 20 + [2.0] * 20 + [3.0] * 20


def test_the_table_has_each_person_and_a_ratio_to_the_line():
    test = windows(20, 3, LEVELS)
    line = test.targets + 2.0
    table = glucose.table({glucose.FLOOR: line, "half as far": test.targets + 1.0}, test)
    assert table.loc["half as far", "rmse"] == pytest.approx(1, rel=1e-4)
    assert table.loc["half as far", "ratio"] == pytest.approx(0.5, rel=1e-4)
    assert np.isnan(table.loc[glucose.FLOOR, "ratio"])
    assert [name for name in table if name.startswith(glucose.PEOPLE)] == ["person 1", "person 2", "person 3"]
