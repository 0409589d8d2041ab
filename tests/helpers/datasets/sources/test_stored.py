"""A simulated set from the cache is the set that was made, bit for bit, or it is made again."""

import time

import numpy as np
import pandas as pd
import pytest

from helpers.base.paths import CACHE_DIR_VARIABLE
from helpers.datasets import SIMULATORS, load
from helpers.datasets.contract import provenance
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.sources import stored


class Maker:
    """Makes a small chest set and counts how often it is asked to."""

    def __init__(self):
        self.calls = 0

    def __call__(self, *, seed):
        self.calls += 1
        return simulate_chest(patients=40, seed=seed)


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_DIR_VARIABLE, str(tmp_path))
    return tmp_path / "simulated"


def assert_same(one, other):
    for (_, here), (_, there) in zip(one.splits(), other.splits(), strict=True):
        for part in stored.PARTS:
            assert getattr(here, part).dtype == getattr(there, part).dtype
            np.testing.assert_array_equal(getattr(here, part), getattr(there, part))
    pd.testing.assert_frame_equal(one.patient_table, other.patient_table)
    assert provenance(one) == provenance(other)
    assert one.class_names == other.class_names
    assert one.disease_class == other.disease_class


def test_the_second_load_is_read_and_has_the_same_bits(make):
    first, second = stored.remembered("chest", 3, make), stored.remembered("chest", 3, make)
    assert make.calls == 1
    assert_same(first, second)


def test_another_seed_is_another_set(make):
    first, second = stored.remembered("chest", 3, make), stored.remembered("chest", 4, make)
    assert make.calls == 2
    assert (first.train.images[:5] != second.train.images[:5]).any()


def test_other_code_makes_it_again_and_clears_away_the_old(make, folder, monkeypatch):
    stored.remembered("chest", 3, make)
    monkeypatch.setattr(stored, "_maker", lambda: "other")
    stored.remembered("chest", 3, make)
    assert make.calls == 2
    assert [path.name for path in folder.glob("*.npz")] == ["chest-3-other.npz"]


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b.replace(b"\x00", b"\x01")])
def test_a_damaged_file_is_made_again(make, folder, damage):
    first = stored.remembered("chest", 3, make)
    (path,) = folder.glob("*.npz")
    path.write_bytes(damage(path.read_bytes()))
    assert_same(stored.remembered("chest", 3, make), first)
    assert_same(stored.remembered("chest", 3, make), first)
    assert make.calls == 2


def test_without_a_place_to_write_it_is_made_each_time(make, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_DIR_VARIABLE, str(tmp_path / "file"))
    first, second = stored.remembered("chest", 3, make), stored.remembered("chest", 3, make)
    assert make.calls == 2
    assert_same(first, second)


def test_all_simulated_images_load_in_seconds_from_cold_and_at_once_from_the_cache():
    """CPU seconds, because other work stretches the clock; a shared or older core counts twice as many."""
    start = time.process_time()
    for name in [*SIMULATORS, "glucose"]:
        load(name)
    cold = time.process_time() - start
    for name in [*SIMULATORS, "glucose"]:
        load(name)
    warm = time.process_time() - start - cold
    assert cold < 40  # 7 to 10 on an idle core, 19 on the slowest shared one seen
    assert warm < cold / 20
