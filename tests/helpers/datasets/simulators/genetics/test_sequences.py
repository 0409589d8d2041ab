"""Simulated DNA has the shares it is asked for, and its motif where it says."""

import numpy as np
import pytest
from sample_tables import HERE

from helpers.datasets import load, provenance
from helpers.datasets.sequences import LETTERS, Motif, one_hot, reverse_complement
from helpers.datasets.simulators.genetics.sequences import (
    BOUND_GC,
    CTCF,
    GC_SPREAD,
    PAIRS,
    letters_after,
    shares_of,
    simulate_bound,
    simulate_dna,
)


@pytest.mark.parametrize("gc", [0.2, 0.41, 0.59, 0.8])
def test_a_chain_has_the_share_it_is_asked_for(gc):
    after = letters_after(gc)
    assert after.sum(axis=1) == pytest.approx(np.ones(4))
    shares = shares_of(after)
    assert shares @ after == pytest.approx(shares)
    assert shares[1] + shares[2] == pytest.approx(gc)
    assert after[1, 2] / after[1, 1] == pytest.approx(PAIRS[1, 2] / PAIRS[1, 1]), "CG stays rare, beside CC"


def test_stretches_have_the_shares_and_pairs_of_the_chain():
    x = one_hot(simulate_dna(2000, 200, gc=0.5, spread=0.0, seed=3))
    assert x.shape == (2000, 200, 4)
    assert x.sum(axis=2).min() == 1
    counted = np.einsum("nla,nlb->ab", x[:, :-1], x[:, 1:])
    assert counted / counted.sum(axis=1, keepdims=True) == pytest.approx(letters_after(0.5), abs=0.01)
    assert x[:, 0].mean(axis=0) == pytest.approx(shares_of(letters_after(0.5)), abs=0.04)
    spread = one_hot(simulate_dna(2000, 200, gc=0.5, spread=0.1, seed=3))[:, :, 1:3].sum(axis=(1, 2)) / 200
    assert spread.std() == pytest.approx(0.105, abs=0.01), "between stretches, and by chance within"


def test_the_site_is_where_it_is_said_to_be():
    sure = Motif("made up", "one spelling", np.eye(4)[[0, 0, 2, 1, 3, 3, 0, 2]])
    word = "".join(LETTERS[row.argmax()] for row in sure.counts)
    data = simulate_bound(300, 60, motif=sure, seed=5)
    for letters, (start, reverse) in zip(data.letters, data.sites.to_numpy(), strict=True):
        site = letters[start : start + 8]
        assert (reverse_complement(site) if reverse else site) == word
    assert 0.4 < data.sites["reverse"].mean() < 0.6
    assert (data.sites["start"].min(), data.sites["start"].max()) == (0, 52)
    assert simulate_bound(300, 60, motif=sure, seed=5).letters.tolist() == data.letters.tolist()
    assert simulate_bound(300, 60, motif=sure, seed=6).letters.tolist() != data.letters.tolist()


def test_sites_follow_the_matrix():
    data = simulate_bound(4000, 40, seed=2)
    sites = [
        reverse_complement(letters[start : start + 19]) if reverse else letters[start : start + 19]
        for letters, (start, reverse) in zip(data.letters, data.sites.to_numpy(), strict=True)
    ]
    assert one_hot(np.array(sites)).mean(axis=0) == pytest.approx(CTCF.frequencies, abs=0.04)
    assert data.simulated
    assert data.genome == "simulated"
    assert "nobody's" in data.people_note
    provenance(data)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"n": 0}, "n: "), ({"length": 0}, "length: "), ({"gc": 1.0}, "gc: "), ({"spread": -1}, "spread: ")],
)
def test_other_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate_dna(**{"n": 2} | arguments)


def test_a_motif_longer_than_a_stretch_is_refused():
    with pytest.raises(ValueError, match="at least the motif's 19, got 18"):
        simulate_bound(2, 18)


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_what_was_copied_from_the_real_files(monkeypatch, folder):
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    published = load("jaspar").motif(CTCF.id)
    assert (published.name, published.counts.tolist()) == (CTCF.name, CTCF.counts.tolist())
    x = load("ctcf").inputs
    counted = np.einsum("nla,nlb->ab", x[:, :-1], x[:, 1:])
    assert (counted + counted[::-1, ::-1].T).tolist() == PAIRS.tolist()
    shares = x[:, :, 1:3].sum(axis=(1, 2)) / x.shape[1]
    assert (round(float(shares.mean()), 2), round(float(shares.std()), 2)) == (BOUND_GC, GC_SPREAD)
