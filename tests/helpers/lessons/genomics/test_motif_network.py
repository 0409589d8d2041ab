"""The network sees both strands alike, its filters are counted where they react, and letters that matter are found."""

import numpy as np
import pytest

from helpers.datasets.sequences import one_hot, reverse_complement
from helpers.datasets.simulators.genetics.sequences import simulate_dna
from helpers.lessons.genomics import backgrounds, motif_network
from helpers.models.training import set_seed

WORD = "TTGACGCAAT"
LENGTH = 40
PLAIN = simulate_dna(60, LENGTH, seed=1)
STARTS = np.arange(60) % (LENGTH - len(WORD) + 1)
WITH = np.array(
    [
        one[:at] + (reverse_complement(WORD) if number % 2 else WORD) + one[at + len(WORD) :]
        for number, (one, at) in enumerate(zip(simulate_dna(60, LENGTH, seed=2), STARTS, strict=True))
    ]
)
ROWS = backgrounds.against(WITH, PLAIN, np.arange(60))


@pytest.fixture(scope="module")
def knows():
    """A network whose first filter is the word, set by hand; the second answers to nothing."""
    set_seed(1)
    model = motif_network.build_motif_network(LENGTH, filters=2, width=len(WORD))
    kernel = np.zeros((len(WORD), 4, 2), np.float32)
    kernel[:, :, 0] = one_hot(np.array([WORD]))[0]
    model.get_layer("filters").set_weights([kernel, np.array([-7, -1], np.float32)])
    model.get_layer("log_odds").set_weights([np.array([[2.0], [1.0]], np.float32), np.array([-3.0], np.float32)])
    return model


def test_both_strands_have_the_same_score():
    set_seed(3)
    model = motif_network.build_motif_network(LENGTH)
    turned = np.array([reverse_complement(one) for one in WITH])
    scores = motif_network.scores_of(model, ROWS.inputs[:60])
    assert scores.std() > 0.01
    assert motif_network.scores_of(model, one_hot(turned)) == pytest.approx(scores, abs=1e-5)
    assert motif_network.scores_of(model, ROWS.inputs[:60, ::-1]) != pytest.approx(scores, abs=1e-3)


def test_the_score_is_the_best_place_on_either_strand(knows):
    scores = motif_network.scores_of(knows, ROWS.inputs)
    assert scores[:60] == pytest.approx(np.full(60, 2 * 3 - 3), abs=1e-5)
    assert scores[60:].max() < 0


def test_a_filter_is_counted_where_it_reacts(knows):
    (first,) = motif_network.filter_matrices(knows, ROWS)
    assert (first.number, first.sites) == (0, 60)
    assert first.frequencies.tolist() == one_hot(np.array([WORD]))[0].tolist()
    assert 0 < first.worth <= 6


def test_letters_of_the_site_matter_and_no_others(knows):
    falls = motif_network.mutate_all(knows, ROWS.inputs[:6])
    for row in range(6):
        here = slice(STARTS[row], STARTS[row] + len(WORD))
        assert falls[row, here] == pytest.approx(np.full(len(WORD), 2.0), abs=1e-5)
        assert np.abs(np.delete(falls[row], np.arange(LENGTH)[here])).max() < 1e-5
    assert motif_network.share_inside(falls, STARTS[:6], len(WORD)) == pytest.approx(np.ones(6), abs=1e-4)


def test_the_share_inside_counts_both_signs():
    falls = np.array([[1.0, -1, 2, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
    assert motif_network.share_inside(falls, np.array([1, 0, 2]), 2).tolist() == [0.75, 0.5, 0]


def test_training_keeps_the_best_epoch_and_repeats_bit_for_bit():
    found = []
    for _ in range(2):
        set_seed(5)
        model = motif_network.build_motif_network(LENGTH, filters=4, width=len(WORD))
        history = motif_network.fit_motif_network(model, ROWS, ROWS, epochs=8)
        found.append(motif_network.scores_of(model, ROWS.inputs))
    assert (found[0] == found[1]).all()
    assert history["kept"].sum() == 1
    assert history["val_loss"][history["kept"]].iloc[0] == history["val_loss"].min() < history["val_loss"].iloc[0]


def test_filters_longer_than_a_sequence_are_refused():
    with pytest.raises(ValueError, match="at most the 5 letters"):
        motif_network.build_motif_network(5)
