"""Words are counted on both strands, and a floor learns those that tell."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from helpers.datasets.sequences import reverse_complement
from helpers.datasets.simulators.genetics.sequences import simulate_dna
from helpers.lessons.genomics import backgrounds, floors


def test_the_share_of_g_and_c_leaves_unknown_letters_out():
    assert floors.gc_share(np.array(["GGCA", "NNGA", "TTTT"])).tolist() == [0.75, 0.5, 0]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_words_are_counted_on_both_strands(k):
    letters = np.array(["AACGTCNA", "TTTGCAAC"])
    found = floors.count_words(letters, k)
    assert found.shape == (2, 4**k)
    for row, one in zip(found, letters, strict=True):
        both = [strand[at : at + k] for strand in (one, reverse_complement(one)) for at in range(9 - k)]
        for number, count in enumerate(row):
            word = "".join("ACGT"[number // 4 ** (k - 1 - at) % 4] for at in range(k))
            assert count == both.count(word)
    turned = np.array([reverse_complement(one) for one in letters])
    assert (floors.count_words(turned, k) == found).all()


def test_the_floor_learns_a_word_and_ranks_what_it_has_not_seen():
    plain = simulate_dna(400, 60, seed=1)
    with_word = np.array([one[:20] + "ACGTTC" + one[26:] for one in simulate_dna(400, 60, seed=2)])
    parts = [backgrounds.against(with_word, plain, rows) for rows in np.split(np.arange(400), [240, 320])]
    ask = floors.fit_words(*parts[:2])
    assert roc_auc_score(parts[2].labels, ask(parts[2].letters)) > 0.95
    assert ask(np.array([reverse_complement(parts[2].letters[0])])) == pytest.approx(ask(parts[2].letters[:1]))
