"""Private training keeps its three promises: clipped per patient, noise of the stated size, patients drawn by coin."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.datasets import Split
from helpers.lessons.privacy import dpsgd
from helpers.models import training

SHAPE = (8, 8, 1)


@pytest.fixture(scope="module")
def small():
    training.set_seed(1)
    model = dpsgd.build_small(SHAPE)
    return model, dpsgd.gradients_of_each(model), dpsgd.putter(model)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(1)
    patients = np.repeat(np.arange(30), rng.integers(1, 5, 30))
    labels = (patients % 2).astype(np.int64)
    images = rng.integers(0, 180, (len(labels), *SHAPE)) + 60 * labels[:, None, None, None]
    return Split(images.clip(0, 255).astype(np.uint8), labels, patients)


def test_gradients_are_those_of_single_images(small, rows):
    model, gradients, put = small
    put(np.random.default_rng(2).normal(0, 0.1, model.count_params()))
    found = gradients(rows.images[:6], rows.labels[:6])
    for k in range(6):
        with tf.GradientTape() as tape:
            z = model(tf.constant(rows.images[k : k + 1], tf.float32))[:, 0]
            loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant([float(rows.labels[k])]), logits=z)
        one = np.concatenate([g.numpy().ravel() for g in tape.gradient(loss, model.trainable_variables)])
        assert found[k] == pytest.approx(one, abs=1e-5)
    assert gradients(rows.images[:0], rows.labels[:0]).shape == (0, model.count_params())


def test_clipping_shortens_the_long_and_leaves_the_short():
    found = dpsgd.clipped(np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]]), 1.0)
    assert found == pytest.approx(np.array([[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]]))


@pytest.mark.parametrize("images", [1, 2, 5, 20])
def test_one_patient_moves_the_sum_by_no_more_than_the_bound(images):
    rng = np.random.default_rng(images)
    others, own = rng.normal(0, 5, (30, 7)), rng.normal(0, 5, (images, 7))
    whose = np.concatenate([np.arange(30) // 2, np.full(images, 99)])
    without = dpsgd.private_sum(others, whose[:30], 0.7, 0.0, rng)
    within = dpsgd.private_sum(np.concatenate([others, own]), whose, 0.7, 0.0, rng)
    assert np.linalg.norm(within - without) <= 0.7 + 1e-9


def test_clipping_by_image_would_break_the_promise():
    same = np.tile([[0.0, 2.0]], (4, 1))
    by_image = dpsgd.private_sum(same, np.arange(4), 1.0, 0.0, np.random.default_rng(1))
    by_patient = dpsgd.private_sum(same, np.zeros(4), 1.0, 0.0, np.random.default_rng(1))
    assert np.linalg.norm(by_image) == pytest.approx(4)
    assert np.linalg.norm(by_patient) == pytest.approx(1)


def test_the_noise_has_the_size_that_the_accountant_is_told():
    rng, nothing = np.random.default_rng(1), np.zeros((0, 20_000))
    noise = dpsgd.private_sum(nothing, np.zeros(0), 0.5, 3.0, rng)
    assert noise.std() == pytest.approx(1.5, rel=0.03)
    assert abs(noise.mean()) < 0.05
    other = dpsgd.private_sum(nothing, np.zeros(0), 0.5, 3.0, rng)
    assert abs(np.corrcoef(noise, other)[0, 1]) < 0.03, "drawn anew in each step"


def test_patients_are_drawn_by_coin_with_all_of_their_images(small, rows):
    model, _, put = small
    seen = []

    def spy(images, labels):
        seen.append(labels)
        whole = {image.tobytes() for image in images}
        for patient in np.unique(rows.patients):
            mine = {image.tobytes() for image in rows.images[rows.patients == patient]}
            assert mine <= whole or not mine & whole
        return np.zeros((len(labels), model.count_params()))

    recipe = dpsgd.Recipe(bound=1, noise=0, share=0.3, steps=200, rate=0.1)
    dpsgd.train_private(spy, np.zeros(model.count_params()), put, rows, recipe, seed=1)
    sizes = [len(labels) for labels in seen]
    assert np.mean(sizes) == pytest.approx(0.3 * len(rows), rel=0.1)
    per_patient = np.bincount(rows.patients)
    assert np.var(sizes) == pytest.approx(0.21 * (per_patient**2).sum(), rel=0.35), "independent coins"


def test_without_noise_it_learns_and_the_same_seed_repeats(small, rows):
    model, gradients, put = small
    recipe = dpsgd.Recipe(bound=1, noise=0, share=0.5, steps=60, rate=0.5)
    start = np.zeros(model.count_params())
    weights = dpsgd.train_private(gradients, start, put, rows, recipe, seed=1)
    said = model.predict(rows.images, verbose=0)[:, 0] > 0
    assert (said == (rows.labels == 1)).mean() > 0.85
    assert np.array_equal(weights, dpsgd.train_private(gradients, start, put, rows, recipe, seed=1))
    assert not np.array_equal(weights, dpsgd.train_private(gradients, start, put, rows, recipe, seed=2))


def test_gradients_by_hand_are_those_of_keras(small, rows):
    model, gradients, put = small
    weights = np.random.default_rng(3).normal(0, 0.1, model.count_params())
    put(weights)
    by_hand = dpsgd.gradients_by_hand(weights, dpsgd.pixels_of(rows.images), rows.labels)
    assert by_hand == pytest.approx(gradients(rows.images, rows.labels), abs=1e-4)


def test_pixels_are_what_the_last_layer_sees_in_colour_and_of_odd_size_too():
    images = np.random.default_rng(4).integers(0, 256, (3, 9, 7, 3)).astype(np.uint8)
    seen = images.astype(np.float32)
    for layer in dpsgd.build_small((9, 7, 3)).layers[:-1]:
        seen = layer(seen)
    assert dpsgd.pixels_of(images) == pytest.approx(seen.numpy(), abs=1e-5)


def test_who_is_too_long_is_counted_by_patient():
    gradients = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.5]])
    assert dpsgd.share_too_long(gradients, np.array([1, 1, 2]), 1.5) == pytest.approx(0.5)
    assert dpsgd.share_too_long(gradients, np.array([1, 2, 3]), 1.5) == 0


def test_coins_are_independent_between_patients_and_steps():
    """The accountant's assumption: everybody by a coin of their own, anew in each step (no shuffled batches)."""
    rng = np.random.default_rng(1)
    drawn = np.array([dpsgd.draw_by_coin(50, 0.2, rng) for _ in range(4000)]).astype(float)
    assert drawn.mean(axis=0) == pytest.approx(np.full(50, 0.2), abs=0.03)
    assert drawn.sum(axis=1).var() == pytest.approx(50 * 0.2 * 0.8, rel=0.08), "0 if so many came each time"
    between = np.corrcoef(drawn.T)[~np.eye(50, dtype=bool)]
    assert abs(between.mean()) < 0.005, "patients"
    assert abs(np.mean((drawn[1:] - 0.2) * (drawn[:-1] - 0.2))) < 0.005, "steps; -.01 where nobody comes twice a pass"
