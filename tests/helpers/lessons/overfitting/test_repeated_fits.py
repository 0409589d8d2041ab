"""One traced step for many fits: the same bits whenever it is asked, and the same training as Keras' own."""

import keras
import numpy as np
import pytest

from helpers.datasets.contract import Split
from helpers.lessons.overfitting.repeated_fits import (
    AdjustableDropout,
    Bench,
    build_dense_network,
    checkpoint_epochs,
    flipped,
    probabilities_of,
    shifted_and_exposed,
)

SHAPE = (6, 6, 1)


def rows_of(count, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count)
    images = (rng.integers(0, 80, (count, *SHAPE)) + 60 * labels[:, None, None, None]).astype(np.uint8)
    return Split(images, labels, np.arange(count))


TRAIN, OTHER = rows_of(70), rows_of(30, seed=1)


@pytest.fixture(scope="module")
def bench():
    return Bench(build_dense_network(SHAPE, 3, (16, 16)))


def fitted(bench, **settings):
    return bench.fit(TRAIN, [OTHER], **{"seed": 1, "epochs": 4} | settings)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.kernels, other.kernels, strict=True)) and all(
        np.array_equal(a, b) for a, b in zip(one.scores, other.scores, strict=True)
    )


def test_a_fit_does_not_depend_on_what_was_fitted_before(bench):
    first = fitted(bench, dropout=0.5, l2=0.01, shift=1)
    fitted(bench, seed=2, l1=0.1, weight_decay=5, smoothing=0.3, flip=1)
    assert same(first, fitted(bench, dropout=0.5, l2=0.01, shift=1))
    assert same(first, fitted(Bench(build_dense_network(SHAPE, 3, (16, 16))), dropout=0.5, l2=0.01, shift=1))
    assert bench.traces == 1


def test_the_step_is_traced_once_for_any_number_of_images_and_any_strength(bench):
    for count in (5, 20, 70):
        bench.fit(rows_of(count), [OTHER], seed=1, epochs=2, dropout=0.1 * (count % 3))
    assert bench.traces == 1


def test_another_seed_and_each_strength_change_the_fit(bench):
    plain = fitted(bench)
    assert not same(plain, fitted(bench, seed=2))
    for strength in ({"l1": 0.01}, {"l2": 0.01}, {"weight_decay": 5}, {"dropout": 0.5}, {"smoothing": 0.3}):
        assert not same(plain, fitted(bench, **strength)), strength
    for strength in ({"shift": 1}, {"flip": 1}):
        assert not same(plain, fitted(bench, **strength)), strength


@pytest.mark.parametrize(
    ("strengths", "optimiser", "penalty", "smoothing"),
    [
        ({}, keras.optimizers.Adam(0.003), None, 0.0),
        ({"l2": 0.02}, keras.optimizers.Adam(0.003), keras.regularizers.L2(0.02), 0.0),
        ({"l1": 0.01}, keras.optimizers.Adam(0.003), keras.regularizers.L1(0.01), 0.0),
        ({"smoothing": 0.3}, keras.optimizers.Adam(0.003), None, 0.3),
    ],
)
def test_the_bench_trains_as_keras_does(bench, strengths, optimiser, penalty, smoothing):
    """One batch holds all rows, so their order cannot matter: Keras' own fit has to end at the same weights."""
    whole = Bench(bench.model, batch_size=len(TRAIN))
    ours = whole.fit(TRAIN, [OTHER], seed=3, epochs=5, **strengths)
    model = build_dense_network(SHAPE, 3, (16, 16))
    number = {"hidden_1": 2, "hidden_2": 5, "scores": 8}
    for name, place in number.items():
        layer = model.get_layer(name)
        layer.kernel.assign(keras.initializers.GlorotUniform(seed=3000 + place)(layer.kernel.shape))
        layer.kernel.regularizer = penalty
        layer.kernel_regularizer = penalty
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    model.compile(optimiser, loss)
    model.fit(TRAIN.images, np.eye(3)[TRAIN.labels], epochs=5, batch_size=len(TRAIN), verbose=0)
    for name, kernel in zip(number, ours.kernels, strict=True):
        np.testing.assert_allclose(np.asarray(model.get_layer(name).kernel), kernel, atol=2e-5)


def test_weight_decay_is_that_of_adamw(bench):
    whole = Bench(bench.model, batch_size=len(TRAIN))
    ours = whole.fit(TRAIN, [OTHER], seed=3, epochs=5, weight_decay=5)
    model = build_dense_network(SHAPE, 3, (16, 16))
    for name, place in {"hidden_1": 2, "hidden_2": 5, "scores": 8}.items():
        layer = model.get_layer(name)
        layer.kernel.assign(keras.initializers.GlorotUniform(seed=3000 + place)(layer.kernel.shape))
    optimiser = keras.optimizers.AdamW(0.003, weight_decay=5)
    optimiser.exclude_from_weight_decay(var_names=["bias"])
    model.compile(optimiser, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(TRAIN.images, TRAIN.labels, epochs=5, batch_size=len(TRAIN), verbose=0)
    for name, kernel in zip(("hidden_1", "hidden_2", "scores"), ours.kernels, strict=True):
        np.testing.assert_allclose(np.asarray(model.get_layer(name).kernel), kernel, atol=2e-5)


def test_batch_normalisation_is_reset_with_the_rest():
    bench = Bench(build_dense_network(SHAPE, 3, (8,), batch_norm=True))
    first = fitted(bench)
    fitted(bench, seed=9)
    assert same(first, fitted(bench))


def test_checkpoints_and_steps_are_counted(bench):
    result = fitted(bench, epochs=4, checkpoints=2)
    assert result.epochs.tolist() == [2, 4]
    assert result.steps == 4 * (70 // 32)
    assert [p.shape for p in result.scores] == [(2, 70, 3), (2, 30, 3)]
    np.testing.assert_allclose(probabilities_of(result.scores[1]).sum(axis=-1), 1, rtol=1e-5)
    assert checkpoint_epochs(7, 3).tolist() == [2, 5, 7]


def test_how_often_it_is_scored_does_not_change_the_training(bench):
    often, once = fitted(bench, checkpoints=4, dropout=0.5), fitted(bench, checkpoints=1, dropout=0.5)
    for one, other in zip(often.kernels, once.kernels, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("strengths", [{"l3": 0.1}, {"l2": -0.1}, {"dropout": 1}, {"smoothing": 1.1}, {"flip": 2}])
def test_an_unknown_or_impossible_strength_is_refused(bench, strengths):
    with pytest.raises(ValueError, match="strengths"):
        fitted(bench, **strengths)


def test_dropout_keeps_the_expectation_and_rests_outside_training():
    layer = AdjustableDropout(1)
    layer.rate.assign(0.7)
    values = np.full((500, 400), 2.0, np.float32)
    dropped = np.asarray(layer(values, training=True))
    assert (dropped == 0).mean() == pytest.approx(0.7, abs=0.01)
    assert dropped.mean() == pytest.approx(2, abs=0.05)
    np.testing.assert_array_equal(layer(values, training=False), values)
    other = AdjustableDropout(2)
    other.rate.assign(0.7)
    assert not np.array_equal(other(values, training=True), dropped)


def test_shifts_move_by_at_most_a_pixel_and_keep_the_size():
    image = np.zeros((1, 9, 9, 1), np.float32)
    image[0, 4, 4] = 255
    moved = np.asarray(shifted_and_exposed(np.repeat(image, 300, axis=0), np.array([1, 0], np.int32)))
    assert moved.shape == (300, 9, 9, 1)
    brightest = moved.reshape(300, -1).argmax(axis=1)
    places = {(int(k) // 9 - 4, int(k) % 9 - 4) for k in brightest}
    assert places == {(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    assert np.ptp(moved.mean(axis=(1, 2, 3))) > 10  # brightness differs
    assert np.ptp(moved.std(axis=(1, 2, 3))) > 5  # contrast too


def test_about_the_asked_share_of_images_is_mirrored_left_to_right():
    image = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)
    images = np.repeat(image, 1000, axis=0)
    turned = np.asarray(flipped(images, np.array([1, 0], np.int32), 0.3))
    mirrored = (turned == image[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (mirrored | (turned == image).all(axis=(1, 2, 3))).all()
    assert mirrored.mean() == pytest.approx(0.3, abs=0.05)


def test_no_draw_of_one_step_is_another_of_the_next_step_of_the_next_fit():
    """Once a stream was its key plus a number, so that layer 2 of one fit drew what layer 1 of the next did."""
    values = np.ones((32, 64), np.float32)

    def mask(number, key):
        layer = AdjustableDropout(number)
        layer.rate.assign(0.5)
        layer.key.assign(key)
        return np.asarray(layer(values, training=True))

    assert not np.array_equal(mask(2, [1, 5]), mask(1, [2, 6]))
    assert not np.array_equal(mask(1, [1, 5]), mask(1, [1, 6]))
    np.testing.assert_array_equal(mask(1, [1, 5]), mask(1, [1, 5]))


def test_a_layer_that_cannot_be_reset_is_refused():
    slopes, scores = keras.layers.PReLU(name="slopes"), keras.layers.Dense(3)
    bench = Bench(keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), slopes, scores]))
    with pytest.raises(ValueError, match="slopes: how to reset its alpha"):
        fitted(bench)
