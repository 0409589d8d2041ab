"""Shuffles keep every pair, splits share no chromosome, and bound DNA comes from a simulator or a file."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sample_tables import HERE

from helpers.datasets import DataError
from helpers.datasets.simulators.genetics.sequences import simulate_bound
from helpers.lessons.genomics import backgrounds

DATA = simulate_bound(120, seed=1)


def test_a_shuffle_keeps_every_pair_and_moves_the_letters():
    new = backgrounds.shuffled(DATA.letters, seed=1)
    for before, after in zip(DATA.letters.tolist(), new.tolist(), strict=True):
        assert Counter(pairwise(before)) == Counter(pairwise(after))
        assert np.mean([one == other for one, other in zip(before, after, strict=True)]) < 0.6
    assert (new == backgrounds.shuffled(DATA.letters, seed=1)).all()
    assert (new != backgrounds.shuffled(DATA.letters, seed=2)).all()


def test_all_walks_are_equally_likely():
    """Of AACATA there are six orders with the same pairs: AACATA, AATACA, ACAATA, ACATAA, ATAACA, ATACAA."""
    rng = np.random.default_rng(1)
    counts = Counter(backgrounds.shuffle_pairs("AACATA", rng) for _ in range(6000))
    assert set(counts) == {"AACATA", "AATACA", "ACAATA", "ACATAA", "ATAACA", "ATACAA"}
    assert min(counts.values()) > 880
    assert max(counts.values()) < 1120


@pytest.mark.parametrize("sequence", ["", "A", "AC", "NNACNGT", "ACACACAC", "GTNNNCA"])
def test_short_and_unknown_letters_are_shuffled_too(sequence):
    found = backgrounds.shuffle_pairs(sequence, np.random.default_rng(2))
    assert Counter(pairwise(found)) == Counter(pairwise(sequence))
    assert len(found) == len(sequence)


def test_no_chromosome_is_in_two_splits():
    chromosomes = DATA.places["chromosome"]
    rows = backgrounds.split_by_chromosome(chromosomes, seed=1)
    assert sorted(np.concatenate(list(rows.values()))) == list(range(120))
    sets = [set(chromosomes[of]) for of in rows.values()]
    assert sum(map(len, sets)) == chromosomes.nunique()
    for split, share in backgrounds.SPLITS.items():
        assert share <= len(rows[split]) / 120 < share + 0.15
    other = backgrounds.split_by_chromosome(chromosomes, seed=2)
    assert set(chromosomes[other["test"]]) != set(chromosomes[rows["test"]])
    with pytest.raises(DataError, match="at least three chromosomes"):
        backgrounds.split_by_chromosome(pd.Series(["chr1", "chr2"] * 5), seed=1)


def test_what_stands_against_a_stretch_has_its_number():
    unbound = backgrounds.shuffled(DATA.letters, seed=1)
    pair = backgrounds.against(DATA.letters, unbound, np.array([3, 8]))
    assert pair.letters.tolist() == [DATA.letters[3], DATA.letters[8], unbound[3], unbound[8]]
    assert pair.labels.tolist() == [1, 1, 0, 0]
    assert pair.patients.tolist() == [3, 8, 3, 8]
    assert pair.inputs.shape == (4, 200, 4)


def test_a_site_is_hidden_in_both():
    pair = backgrounds.against(np.array(["AAAAA", "CCCCC"]), np.array(["GGGGG", "TTTTT"]), np.array([1, 0]))
    hidden = backgrounds.hide(pair, np.array([0, 3]), 2)
    assert hidden.letters.tolist() == ["CCCNN", "NNAAA", "TTTNN", "NNGGG"]
    assert (hidden.labels == pair.labels).all()
    assert hidden.inputs.sum() == 12


def test_bound_dna_is_simulated_or_read(tmp_path):
    assert backgrounds.read_bound("simulated", sequences=50, seed=3).letters.shape == (50,)
    path = tmp_path / "mine.fa"
    path.write_text(">chr1:0-4\nACGT\n>chr2:5-9\nTTTA\n")
    mine = backgrounds.read_bound(str(path), sequences=50, seed=3)
    assert (mine.name, mine.letters.tolist(), mine.simulated) == ("mine.fa", ["ACGT", "TTTA"], False)
    assert "CTCF" not in mine.title + mine.source + mine.citation + "".join(mine.notes)
    with pytest.raises(DataError, match=r"absent\.fa: expected a FASTA file"):
        backgrounds.read_bound(str(tmp_path / "absent.fa"), sequences=50, seed=3)


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_real_bound_dna_is_read(monkeypatch, folder):
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    assert len(backgrounds.read_bound("ctcf", sequences=50, seed=3).letters) == 500
