"""Simulators, loaders, bootstrap and imputers against the loop that one writes first, in turn.

Before anything is timed, both results are asserted equal; of the imputer that draws at random, equal in distribution.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp

from bench.measuring import Row, in_turn, ratios, seconds_of
from bench.rivals import obvious
from helpers.base.paths import DATA
from helpers.datasets.leaks import exact_duplicates
from helpers.datasets.series import Record
from helpers.datasets.simulators import bone, chest, tissue
from helpers.datasets.sources.cgm import load_cgm
from helpers.datasets.sources.glucose import load_glucose
from helpers.datasets.windows import make_windows
from helpers.evaluation import Patients, auc, bootstrap
from helpers.lessons.missing_data.dropouts import last_seen
from helpers.lessons.missing_data.imputation import complete_by_draw
from helpers.lessons.missing_data.mechanisms import GAP
from helpers.lessons.missing_data.studies import completions

DEFAULT = {"patients": 150, "rows": 400, "draws": 1000, "repeats": 5}
QUICK = {"patients": 40, "rows": 150, "draws": 200, "repeats": 3}
SIMULATORS = {
    "chest": (chest.simulate_chest, chest.render_patient),
    "bone": (bone.simulate_bone, bone.render_patient),
    "tissue": (tissue.simulate_tissue, tissue.render_patient),
}
HISTORY, HORIZON, NEIGHBOURS = 10, 6, 5
RARE = 1e-4  # p-value below which two sets of draws are held to differ


@dataclass(frozen=True)
class Pair:
    """What a helper does, and the obvious loop for the same; both without arguments. agree raises where they do not."""

    name: str
    helper: Callable[[], object]
    loop: Callable[[], object]
    agree: Callable[[object, object], None]


def simulators(patients: int) -> Iterator[Pair]:
    """Many pictures at once against one after the other."""
    for name, (simulate, picture) in SIMULATORS.items():
        made = simulate(patients=patients, seed=1)

        def same(ours, theirs):
            for split, rows in ours.splits():
                np.testing.assert_array_equal(rows.images, theirs[split])

        yield Pair(
            f"{name} simulator, {sum(len(rows) for _, rows in made.splits())} images",
            partial(simulate, patients=patients, seed=1),
            partial(obvious.pictures_one_by_one, picture, made, 1),
            same,
        )


def loaders(rows: int, folder: Path) -> Iterator[Pair]:
    """A table of readings line by line, windows step by step, and copies looked for by comparing each with each."""
    path = folder / "glucose.csv.gz"
    with gzip.open(DATA / "glucose.csv.gz", "rt", encoding="utf-8") as whole:
        lines = list(islice(whole, 20 * rows))
    path.write_bytes(gzip.compress("".join(lines).encode()))

    def same_readings(ours, theirs):
        _same(list(ours.people), list(theirs))
        for person, record in ours.people.items():
            times, values = zip(*theirs[person], strict=True)
            read = ~np.isnan(record.values[:, 0])
            np.testing.assert_array_equal(record.time[read], np.array(times, "datetime64[s]"))
            np.testing.assert_array_equal(record.values[read, 0], np.array(values, np.float32))

    name = f"table of {len(lines) - 1:,} readings"
    yield Pair(name, partial(load_cgm, path), partial(obvious.readings_of, path), same_readings)

    data = load_glucose()
    person, record = next(iter(data.people.items()))
    whole = Record(record.time[: 5 * rows], np.nan_to_num(record.values[: 5 * rows], nan=100.0))
    part = replace(data, people={person: whole})

    def same_windows(ours, theirs):
        np.testing.assert_array_equal(ours.inputs, theirs[0])
        np.testing.assert_array_equal(ours.targets, theirs[1])

    yield Pair(
        f"windows of {len(whole):,} steps",
        partial(make_windows, part, HISTORY, HORIZON),
        partial(obvious.windows_of, whole, HISTORY, HORIZON),
        same_windows,
    )
    images = chest.simulate_chest(patients=rows, seed=2, validation_fraction=0.3, test_fraction=0.3)
    copied = images.train.images[:2]
    test = replace(images.test, images=np.concatenate([copied, images.test.images[2:]]))
    images = replace(images, test=test)  # so that there is something to find

    def same_copies(ours, theirs):
        _same(list(ours[["split", "row", "of", "of_row"]].itertuples(index=False, name=None)), theirs)

    name = f"copies among {sum(len(split) for _, split in images.splits()):,} images"
    yield Pair(name, partial(exact_duplicates, images), partial(obvious.copies_of_earlier_rows, images), same_copies)


def evaluations(rows: int, draws: int) -> Iterator[Pair]:
    """Intervals by weights of all draws at once against draw by draw."""
    rng = np.random.default_rng(1)
    labels, patients = rng.integers(0, 2, rows), np.sort(rng.integers(0, rows // 2, rows))
    risks = 1 / (1 + np.exp(-rng.normal(labels, 1.0)))
    probabilities = np.column_stack([1 - risks, risks])

    def same_interval(ours, theirs):
        for end in ("estimate", "low", "high"):
            np.testing.assert_allclose(getattr(ours, end), getattr(theirs, end), atol=1e-9)

    scored = Patients(labels, patients)
    yield Pair(
        f"bootstrap of the AUC, {rows:,} rows, {draws:,} draws",
        partial(bootstrap, auc, scored, probabilities, draws=draws, seed=1),
        partial(obvious.bootstrap_auc, scored, probabilities, draws=draws, seed=1),
        same_interval,
    )


def imputers(rows: int) -> Iterator[Pair]:
    """Gaps of one column filled at once against gap by gap."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(rows, 1)) + rng.normal(size=(rows, 4))
    outcome = (features.sum(axis=1) > 0).astype(int)
    features[rng.random(rows) < 0.3, GAP] = np.nan
    known = np.delete(features, GAP, axis=1)
    for method, loop in (
        ("mean", partial(obvious.mean_filled, features)),
        ("kNN", partial(obvious.nearest_means, features, NEIGHBOURS)),
    ):
        helper = partial(completions, method, features, outcome, rng, neighbours=NEIGHBOURS)
        yield Pair(
            f"{method} imputation, {rows:,} rows",
            helper,
            loop,
            lambda ours, theirs: np.testing.assert_allclose(ours[0][0], theirs, atol=1e-9),
        )

    def alike(ours, theirs):
        gone = np.isnan(features[:, GAP])
        np.testing.assert_array_equal(ours[~gone], theirs[~gone])
        if ks_2samp(ours[gone, GAP], theirs[gone, GAP]).pvalue < RARE:
            raise AssertionError("the drawn values differ in distribution")

    yield Pair(
        f"a draw of multiple imputation, {rows:,} rows",
        lambda: complete_by_draw(features, GAP, known, np.random.default_rng(2)),
        lambda: obvious.drawn_one_by_one(features, GAP, known, np.random.default_rng(3)),
        alike,
    )
    readings = np.where(rng.random(20 * rows) < 0.3, np.nan, rng.normal(140, 40, 20 * rows))
    yield Pair(
        f"last value carried forward, {len(readings):,} steps",
        partial(last_seen, readings),
        partial(obvious.carried_forward, readings),
        lambda ours, theirs: np.testing.assert_array_equal(np.array(ours), np.array(theirs)),
    )


def measure(*, patients: int, rows: int, draws: int, repeats: int) -> Iterator[Row]:
    """How many times sooner each helper has the same result. Raises AssertionError where the results differ."""
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        makers = (simulators(patients), loaders(rows, Path(folder)), evaluations(rows, draws), imputers(rows))
        for pair in chain.from_iterable(makers):
            pair.agree(pair.helper(), pair.loop())
            rivals = {"helper": partial(seconds_of, pair.helper), "loop": partial(seconds_of, pair.loop)}
            found = in_turn(rivals, repeats)
            yield Row(f"{pair.name}: helper", "s", found["helper"])
            yield Row(f"{pair.name}: against the loop", "times as quick", ratios(found["loop"], found["helper"]))


def _same(ours: object, theirs: object):
    if ours != theirs:
        raise AssertionError(f"expected {theirs}, found {ours}")
