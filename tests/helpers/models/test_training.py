"""Training: repeatable to the bit, a tidy history, the best epoch really restored, and silence."""

import random

import keras
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from helpers.datasets.contract import Split
from helpers.models import build_better_cnn, build_cnn, build_forecaster
from helpers.models.training import Restartable, fit, fit_forecaster, set_seed, whole_batches

SHAPE = (12, 12, 1)


def noise_with_spots(n: int, seed: int, positive: float = 0.5) -> Split:
    """n images of noise (n, 12, 12, 1); those of class 1 have a brighter spot at a random place."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 156, (n, *SHAPE))
    labels = (np.arange(n) < positive * n).astype(np.int64)
    for i in np.flatnonzero(labels):
        row, column = rng.integers(1, 8, 2)
        images[i, row : row + 4, column : column + 4] += 100
    return Split(images.astype(np.uint8), labels, np.arange(n))


def shuffled(split: Split) -> Split:
    return Split(split.images, np.random.default_rng(0).permutation(split.labels), split.patients)


@pytest.fixture(scope="module")
def train():
    return noise_with_spots(192, seed=1)


@pytest.fixture(scope="module")
def validation():
    return noise_with_spots(200, seed=2)


def small_cnn():
    return build_cnn(SHAPE, 2)


def small_better_cnn():
    return build_better_cnn(SHAPE, 2, filters=(4, 8))


@pytest.mark.parametrize("build", [small_cnn, small_better_cnn])
def test_the_same_seed_gives_the_same_bits(build, train, validation):
    def weights(seed):
        set_seed(seed)
        model = build()
        fit(model, train, validation, epochs=2)
        return model.get_weights()

    first, again, other = weights(1), weights(1), weights(2)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first, again, strict=True))
    assert any(a.tobytes() != b.tobytes() for a, b in zip(first, other, strict=True))


def test_history_is_one_row_per_epoch(train, validation):
    set_seed(1)
    history = fit(small_cnn(), train, validation, epochs=3)
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert history.columns.tolist() == columns
    assert history["epoch"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(history["learning_rate"], 1e-3, rtol=1e-6)
    assert history.notna().all(axis=None)


def test_cosine_lowers_the_rate_and_puts_it_back(train, validation):
    set_seed(1)
    model = small_cnn()
    history = fit(model, train, validation, epochs=4, cosine=True)
    expected = [1e-3, 0.5e-3 * (1 + 0.5**0.5), 0.5e-3, 0.5e-3 * (1 - 0.5**0.5)]
    np.testing.assert_allclose(history["learning_rate"], expected, rtol=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)


def test_the_last_epoch_stays(train, validation):
    set_seed(1)
    model = small_cnn()
    history = fit(model, shuffled(train), shuffled(validation), epochs=3)
    loss, _ = model.evaluate(validation.images, shuffled(validation).labels, verbose=0)
    assert loss == pytest.approx(history["val_loss"].iloc[-1], rel=1e-5)


def test_true_labels_are_learnt_and_shuffled_ones_are_not(train, validation):
    """AUC above .9 with the true labels; with all labels shuffled .38 to .62 (.5 ± three standard errors of .041)."""

    def auc(training, held_out):
        set_seed(1)
        model = small_cnn()
        fit(model, training, held_out, epochs=15)
        return roc_auc_score(held_out.labels, model.predict(held_out.images, verbose=0)[:, 1])

    assert auc(train, validation) > 0.9
    assert 0.38 < auc(shuffled(train), shuffled(validation)) < 0.62


def test_balanced_training_forgets_the_class_shares(validation):
    """Where images tell nothing, the mean probability is the class share (1/8), or 1/2 when balanced."""
    rare = shuffled(noise_with_spots(192, seed=3, positive=0.125))

    def mean_probability(balanced):
        set_seed(1)
        layers = [keras.layers.GlobalAveragePooling2D(), keras.layers.Rescaling(1 / 255)]
        model = keras.Sequential([keras.Input(SHAPE), *layers, keras.layers.Dense(2, activation="softmax")])
        model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
        fit(model, rare, validation, epochs=15, balanced=balanced)
        return model.predict(rare.images, verbose=0)[:, 1].mean()

    assert mean_probability(balanced=False) == pytest.approx(0.125, abs=0.05)
    assert mean_probability(balanced=True) == pytest.approx(0.5, abs=0.1)


def test_truth_values_are_labels(train, validation):
    def history(kind):
        set_seed(1)
        given = (Split(rows.images, rows.labels.astype(kind), rows.patients) for rows in (train, validation))
        return fit(small_cnn(), *given, epochs=1, balanced=True)

    assert history(bool).equals(history(np.int64))


def test_images_stay_as_they_are(train, validation):
    before = train.images.copy()
    fit(small_better_cnn(), train, validation, epochs=1)
    assert train.images.dtype == np.uint8
    np.testing.assert_array_equal(train.images, before)


def test_a_progress_bar_only_where_somebody_watches(train, validation, capfd, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    fit(small_cnn(), train, validation, epochs=1)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("JPY_SESSION_NAME", "02_cnn_imaging.ipynb")
    fit(small_cnn(), train, validation, epochs=1)
    assert "1/1" in capfd.readouterr().out


def test_a_label_without_an_output_is_refused(train, validation):
    with pytest.raises(ValueError, match="labels: expected 0 to 0, found 1"):
        fit(build_cnn(SHAPE, 1), train, validation, epochs=1)


def sums(n: int, seed: int, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (n, 6, 2) whose target is the mean of the first feature."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6, 2)).astype(np.float32)
    return x, x[:, :, 0].mean(axis=1) + noise * rng.normal(size=n).astype(np.float32)


def fitted_forecaster(seed=1, **settings):
    set_seed(seed)
    model = build_forecaster((6, 2), "rnn", units=6, learning_rate=0.02)
    return model, fit_forecaster(model, sums(200, 1), sums(100, 2), **settings)


def test_a_forecaster_learns_a_mean_and_its_history_is_tidy():
    model, history = fitted_forecaster(epochs=12, cosine=True)
    assert history.columns.tolist() == ["epoch", "loss", "val_loss", "learning_rate", "kept"]
    assert history["kept"].tolist() == [False] * 11 + [True]
    assert history["val_loss"].iloc[-1] < 0.2 * sums(100, 2)[1].var()
    assert history["learning_rate"].iloc[6] == pytest.approx(0.01, rel=1e-4)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)


def test_a_forecaster_is_repeatable_to_the_bit():
    one, again, other = (fitted_forecaster(seed, epochs=2)[0].get_weights() for seed in (1, 1, 2))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, again, strict=True))
    assert any(a.tobytes() != b.tobytes() for a, b in zip(one, other, strict=True))


def test_the_best_epoch_of_a_forecaster_is_restored():
    """Targets of noise alone: what is learnt by heart does not hold on validation."""
    set_seed(1)
    model = build_forecaster((6, 2), "lstm", units=16, learning_rate=0.05)
    x, _ = sums(60, 3)
    held, noise = sums(100, 4)[0], np.random.default_rng(5).normal(size=160).astype(np.float32)
    history = fit_forecaster(model, (x, noise[:60]), (held, noise[60:]), epochs=20, keep_best="val_loss")
    row = history["val_loss"].idxmin()
    assert history["kept"].idxmax() == row
    assert history["kept"].sum() == 1
    assert row < len(history) - 1 == 19, "the last epoch is the best one: nothing to restore"
    assert model.evaluate(held, noise[60:], verbose=0) == pytest.approx(history["val_loss"][row], rel=1e-5)


def test_a_forecaster_has_no_accuracy_to_be_best_by():
    with pytest.raises(ValueError, match="keep_best: expected None or val_loss, found 'val_accuracy'"):
        fitted_forecaster(epochs=1, keep_best="val_accuracy")


def dropping():
    """Two layers that each drop half of a thousand numbers, and one with weights."""
    dropout = keras.layers.Dropout
    model = keras.Sequential([keras.Input((1000,)), dropout(0.5), dropout(0.5), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def dropped(network) -> np.ndarray:
    """What the two layers leave of ones, (1000,)."""
    left = np.ones((1, 1000), np.float32)
    for layer in network.layers[:2]:
        left = layer(left, training=True)
    return np.asarray(left)[0]


@pytest.mark.parametrize("dropout", [None, (5, 0)])
def test_no_two_layers_drop_the_same(dropout):
    bench = Restartable(dropping)
    bench.start_with(5, dropout=dropout)
    assert np.mean(dropped(bench.network) == 0) == pytest.approx(0.75, abs=0.05), "the same twice would be .5"


@pytest.mark.parametrize("again", [5, 5 + 2**32, 5 - 2**32])
def test_a_seed_begins_the_same_whatever_was_trained_before(again):
    bench = Restartable(dropping)
    bench.start_with(5)
    first = bench.network.get_weights()[0], dropped(bench.network)
    bench.start_with(6)
    assert not np.array_equal(bench.network.get_weights()[0], first[0])
    bench.learn([(np.ones((4, 1000), np.float32), np.ones(4))] * 3)
    bench.start_with(again)
    np.testing.assert_array_equal(bench.network.get_weights()[0], first[0])
    np.testing.assert_array_equal(dropped(bench.network), first[1])
    assert int(bench.network.optimizer.iterations) == 0


def test_a_network_is_built_once_for_each_seed():
    built = []
    bench = Restartable(lambda: (built.append(1), dropping())[1])
    bench.start_with(5)
    drawn = random.random()
    for seed in (6, 5, 6, 5):
        bench.start_with(seed)
    assert random.random() == drawn, "what is drawn next is the same too"
    assert len(built) == 3


def test_fresh_weights_are_those_of_the_whole_seed():
    bench = Restartable(small_cnn)
    bench.start_with(3)
    mine = bench.network.get_weights()
    set_seed(3)
    for one, other in zip(mine, small_cnn().get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_batches_are_whole_and_no_row_is_there_twice_in_an_epoch():
    rows = np.arange(100, 150)
    found = list(whole_batches(rows, 16, epochs=2, rng=np.random.default_rng(1)))
    assert [len(batch) for batch in found] == [16] * 6
    for epoch in (found[:3], found[3:]):
        assert len(set(np.concatenate(epoch)) & set(rows)) == 48
    assert [len(batch) for batch in whole_batches(rows, 64, epochs=1, rng=np.random.default_rng(1))] == [50]


def test_answers_are_those_of_all_at_once_in_parts_of_one_size():
    bench, asked = Restartable(dropping), []
    x = np.random.default_rng(1).normal(size=(50, 1000)).astype(np.float32)

    def inputs(rows):
        asked.append(len(rows))
        return x[rows]

    found = bench.answer(50, inputs, at_once=16)
    assert asked == [16] * 4
    np.testing.assert_allclose(found, bench.network.predict(x, verbose=0), atol=1e-5)
