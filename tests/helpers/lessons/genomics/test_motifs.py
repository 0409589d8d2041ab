"""Matrices: what a place tells, where a matrix fits on either strand, and how alike two are."""

import numpy as np
import pytest
from scipy.stats import entropy

from helpers.datasets.sequences import Motif, one_hot, reverse_complement
from helpers.datasets.simulators.genetics.sequences import CTCF
from helpers.lessons.genomics import motifs

F = CTCF.frequencies
RNG = np.random.default_rng(4)


def test_information_is_two_bits_minus_the_entropy():
    assert motifs.information(F) == pytest.approx(2 - entropy(F, base=2, axis=1))
    assert motifs.information(np.array([[1.0, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])) == pytest.approx([2, 0, 1])


def test_log_odds_are_above_0_where_a_letter_is_likelier_than_elsewhere():
    background = np.array([0.3, 0.2, 0.2, 0.3])
    found = motifs.log_odds(np.array([[0.3, 0.2, 0.2, 0.3], [1, 0, 0, 0]]), background)
    assert found[0] == pytest.approx(np.zeros(4), abs=0.03)
    assert found[1, 0] == pytest.approx(np.log2(1.01 / 1.04 / 0.3))
    assert np.isfinite(found).all()


def test_a_scan_finds_the_word_on_either_strand():
    word, filling = "AACGTTG", "T" * 10
    x = one_hot(np.array([filling[:4] + word + filling[:6], filling[:6] + reverse_complement(word) + filling[:4]]))
    found = motifs.scan(x, one_hot(np.array([word]))[0])
    assert found.score.tolist() == [7, 7]
    assert found.start.tolist() == [4, 6]
    assert found.reverse.tolist() == [False, True]
    assert (motifs.sites_at(x, found, 7) == one_hot(np.array([word]))).all()


def test_a_scan_is_the_greatest_of_all_sums():
    x, weights = one_hot(np.array(["".join(RNG.choice(list("ACGT"), 30)) for _ in range(5)])), RNG.normal(size=(6, 4))
    forward = [max((one[at : at + 6] * weights).sum() for at in range(25)) for one in x]
    backward = [max((one[at : at + 6] * weights).sum() for at in range(25)) for one in x[:, ::-1, ::-1]]
    found = motifs.scan(x, weights)
    assert found.score == pytest.approx(np.maximum(forward, backward))
    assert motifs.scan(x[:, ::-1, ::-1], weights).score == pytest.approx(found.score)
    with pytest.raises(ValueError, match="at most 30 places, found 31"):
        motifs.scan(x, np.zeros((31, 4)))


def test_similarity_knows_no_shift_and_no_strand():
    padded = np.vstack([np.full((5, 4), 0.25), F])
    for other in (F, F[::-1, ::-1], padded, padded[::-1, ::-1]):
        assert motifs.similarity(F, other) == pytest.approx(1)
        assert motifs.similarity(other, F) == pytest.approx(1)
    assert motifs.similarity(F, F[:, ::-1]) < 0.6, "the letters exchanged, the places not turned"
    assert motifs.similarity(F, F[:8]) < 0.8, "what is missing counts"
    assert motifs.similarity(F, F[:8]) == pytest.approx(np.linalg.norm(F[:8] - 0.25) / np.linalg.norm(F - 0.25))


def test_what_is_laid_over_stands_on_the_truths_places():
    assert motifs.laid_over(F, F) == pytest.approx(F)
    assert motifs.laid_over(F[::-1, ::-1], F) == pytest.approx(F)
    cut = motifs.laid_over(np.vstack([F[4:], np.full((3, 4), 0.25)])[::-1, ::-1], F)
    assert cut[4:] == pytest.approx(F[4:])
    assert (cut[:4] == 0.25).all()
    assert motifs.laid_over(np.vstack([np.full((6, 4), 0.25), F[:10]]), F)[:10] == pytest.approx(F[:10])


def test_chance_is_the_truth_in_another_order():
    null = motifs.by_chance(F, F, shuffles=99, seed=1)
    assert null.shape == (99,)
    assert null.max() < 0.75
    assert (null == motifs.by_chance(F, F, shuffles=99, seed=1)).all()
    assert motifs.p_value(1.0, null) == 0.01
    assert motifs.p_value(null.min(), null) == 1
    even = np.tile([0.7, 0.1, 0.1, 0.1], (6, 1))
    assert motifs.p_value(1.0, motifs.by_chance(even, even, shuffles=9, seed=1) + 1e-9) == 1, "no order to find"


def test_the_likest_comes_first():
    known = {"a": Motif("a", "turned", F[::-1, ::-1]), "b": Motif("b", "other", F[RNG.permutation(19)])}
    table = motifs.ranked(F, dict(reversed(known.items())))
    assert table["id"].tolist() == ["a", "b"]
    assert table["similarity"][0] == pytest.approx(1)
