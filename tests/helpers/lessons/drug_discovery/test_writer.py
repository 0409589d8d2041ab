"""Lines become tokens and lines again; what writes in NumPy is what Keras trained, and it stays within its alphabet."""

import keras
import numpy as np
import pytest

from helpers.from_scratch.recurrent import lstm_step
from helpers.lessons.drug_discovery import writer
from helpers.models.training import set_seed

LINES = ["CCO", "ClCBr", "C[C@H](N)C(=O)O", "c1ccccc1", "CC%12CC%12"]


@pytest.fixture(scope="module")
def alphabet():
    return writer.Alphabet.of(LINES, 20)


@pytest.fixture(scope="module")
def author(alphabet):
    set_seed(1)
    return writer.build_writer(alphabet, units=12)


def test_two_letter_elements_brackets_and_large_ring_numbers_are_one_token():
    assert writer.tokens_of("ClC[N+](C)%11Br") == ["Cl", "C", "[N+]", "(", "C", ")", "%11", "Br"]


@pytest.mark.parametrize("line", LINES)
def test_a_line_comes_back(alphabet, line):
    assert alphabet.lines(alphabet.numbers([line])) == [line]


def test_long_lines_and_strange_tokens_are_not_known(alphabet):
    assert not alphabet.knows("C" * 21)
    assert not alphabet.knows("CI")
    with pytest.raises(ValueError, match="'CI' is longer than 20 tokens, or has one that is not"):
        alphabet.numbers(["CI"])
    with pytest.raises(ValueError, match="longest: expected at least the shortest"):
        writer.Alphabet.of(LINES, 2)


def test_a_line_without_an_end_is_none(alphabet):
    assert alphabet.lines(np.ones((1, 21), int)) == [None]


def test_it_learns_what_it_reads(alphabet):
    set_seed(1)
    author = writer.build_writer(alphabet, units=16)
    losses = writer.read(author, alphabet, ["CCO"] * 32, np.random.default_rng(1), epochs=60)
    assert losses[-1] < 0.1 < losses[0]
    assert writer.write(author, alphabet, 20, np.random.default_rng(1)).count("CCO") > 15


def test_the_loss_of_lines_is_that_of_a_pass_at_rate_0(alphabet, author):
    assert writer.loss_of(author, alphabet, LINES) == pytest.approx(
        writer.read(author, alphabet, LINES, np.random.default_rng(1), epochs=1, rate=0.0)[0], rel=1e-4
    )


def test_places_after_the_end_weigh_nothing(alphabet, author):
    long = writer.Alphabet(alphabet.tokens, 40)
    set_seed(1)
    wider = writer.build_writer(long, units=12)
    wider.set_weights(author.get_weights())
    losses = [
        writer.read(one, by, LINES, np.random.default_rng(1), epochs=1, rate=0.0)[0]
        for one, by in ((author, alphabet), (wider, long))
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_it_writes_with_the_chances_of_the_network(alphabet, author):
    weights = [part.astype(float) for part in author.get_weights()]
    meaning, W, U, b, V, v = weights
    rng = np.random.default_rng(5)
    lines = writer.write(author, alphabet, 1, rng)
    rng = np.random.default_rng(5)
    state, token, drawn = (np.zeros(12), np.zeros(12)), 0, []
    for _ in range(21):
        state = lstm_step(meaning[token], state, W, U, b)
        logits = state[0] @ V + v
        chances = np.exp(logits - logits.max())
        token = int((np.cumsum(chances / chances.sum()) < rng.random()).sum())
        drawn.append(token)
    assert lines == alphabet.lines(np.array([drawn]))
    shown = np.array([[0, *drawn[:-1]]])
    by_keras = keras.ops.softmax(author(shown))[0, -1]
    assert np.asarray(by_keras) == pytest.approx(chances / chances.sum(), abs=1e-5)


def test_a_low_temperature_repeats_and_zero_is_refused(alphabet, author):
    cold = writer.write(author, alphabet, 20, np.random.default_rng(1), temperature=1e-9)
    assert len(set(cold)) == 1
    with pytest.raises(ValueError, match="temperature: expected a number above 0"):
        writer.write(author, alphabet, 1, np.random.default_rng(1), temperature=0)


def test_all_batches_are_of_one_size_and_hold_every_line_once(alphabet, author, monkeypatch):
    sizes, read = [], []

    def spy(shown, wanted):
        sizes.append(len(shown))
        read.extend(row.tolist() for row in wanted if (row != writer.NOTHING).any())
        return 1.0

    monkeypatch.setattr(author, "train_on_batch", spy)
    for batch_size in (2, 64):
        writer.read(author, alphabet, LINES, np.random.default_rng(1), epochs=1, batch_size=batch_size)
    assert sizes == [2, 2, 2, 64]
    assert len(read) == 2 * len(LINES)
    assert sorted(read[:5]) == sorted(read[5:])


def test_rows_that_fill_a_batch_teach_nothing(alphabet):
    weights = []
    for batch_size in (5, 8):  # all five lines, and three rows of nothing
        set_seed(1)
        author = writer.build_writer(alphabet, units=8)
        losses = writer.read(author, alphabet, LINES, np.random.default_rng(1), epochs=3, batch_size=batch_size)
        weights.append([losses, *author.get_weights()])
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
