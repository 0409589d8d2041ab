"""Maps against networks small enough to work out by hand, of both kinds that Keras has."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers.lessons.interpretability import attribution
from helpers.models.explain import grad_cam

SIZE = 8
RNG = np.random.default_rng(4)


def stack():
    return [
        layers.Rescaling(1 / 255),
        layers.Conv2D(4, 3, activation="relu", name="filters"),
        layers.Conv2D(3, 3, name="plain"),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ]


def sequential():
    return keras.Sequential([keras.Input((SIZE, SIZE, 1)), *stack()])


def functional():
    inputs = outputs = keras.Input((SIZE, SIZE, 1))
    for layer in stack():
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


@pytest.fixture(params=[sequential, functional], ids=["sequential", "functional"])
def model(request):
    keras.utils.set_random_seed(3)
    return request.param()


@pytest.fixture(scope="module")
def images():
    return RNG.integers(0, 256, (5, SIZE, SIZE, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def baseline():
    return np.full((SIZE, SIZE, 1), 90.0)


def test_the_score_is_the_log_odds_of_its_class(model, images):
    probabilities = model.predict(images, verbose=0).astype(float)
    for k in range(3):
        expected = np.log(probabilities[:, k] / (1 - probabilities[:, k]))
        assert attribution.ClassScore(model, k)(images) == pytest.approx(expected, abs=1e-4)


def test_the_gradient_is_what_nudging_finds(model, images):
    score = attribution.ClassScore(model, 1)
    gradient = score.gradient(images)
    assert gradient.shape == images.shape
    for place in [(2, 3), (5, 5)]:
        nudged = [images.astype(float), images.astype(float)]
        for sign, one in zip((1, -1), nudged, strict=True):
            one[:, *place, 0] += sign * 0.5
        assert score(nudged[0]) - score(nudged[1]) == pytest.approx(gradient[:, *place, 0], abs=2e-4)


def test_more_images_than_fit_at_once_are_the_same_one_by_one(model, images, monkeypatch):
    score = attribution.ClassScore(model, 0)
    whole = score.gradient(images)
    monkeypatch.setattr(attribution, "BATCH", 2)
    assert score.gradient(images) == pytest.approx(whole, abs=1e-6)


def test_integrated_gradients_are_complete(model, images, baseline):
    score = attribution.ClassScore(model, 1)
    explained = score(images) - score(baseline[None])
    off = [
        np.abs(attribution.integrated_gradients(score, images, baseline, n).sum(axis=(1, 2)) - explained).max()
        for n in (1, 200)
    ]
    assert off[1] < 0.01
    assert off[1] < off[0]


def test_of_a_line_the_shares_are_known(images):
    weights = RNG.normal(size=(SIZE, SIZE, 1))

    class Line:
        gradient = staticmethod(lambda asked: np.broadcast_to(weights, asked.shape))

    shares = attribution.integrated_gradients(Line, images, 10.0, 3)
    assert shares == pytest.approx((weights * (images - 10.0)).sum(axis=3), abs=1e-2)


def test_occlusion_finds_the_one_square_that_counts():
    def score(images):
        return images[:, 2:4, 5:7, 0].mean(axis=(1, 2))

    bright = np.full((2, SIZE, SIZE, 1), 100, np.uint8)
    fall = attribution.occlusion(score, bright, 0.0, side=2, stride=1)
    assert fall.shape == (2, SIZE, SIZE)
    assert fall[0, 2:4, 5:7].min() > 20
    assert fall[0, :, :4].max() == 0
    assert np.isfinite(attribution.occlusion(score, bright, 0.0, side=3, stride=3)).all()  # 8 is no multiple of 3


def test_guided_answers_alike_and_lets_positive_gradients_alone_pass(model, images):
    twin = attribution.guided(model)
    assert twin.predict(images, verbose=0) == pytest.approx(model.predict(images, verbose=0), abs=1e-6)
    plain, guided = (attribution.ClassScore(one, 1).gradient(images) for one in (model, twin))
    assert not np.allclose(plain, guided)
    kernels = model.get_layer("filters").get_weights()[0]
    model.get_layer("filters").set_weights([np.abs(kernels), np.zeros(4)])
    assert attribution.ClassScore(attribution.guided(model), 1).gradient(images).min() >= 0


def test_maps_speak_of_the_weights_that_the_model_has_now(model, images, baseline):
    maps = attribution.Maps(model, 1, layer="filters", baseline=baseline)
    before = maps(images)
    assert tuple(before) == maps.names
    assert all(one.shape == images.shape[:3] for one in before.values())
    assert before["Grad-CAM"] == pytest.approx(grad_cam(model, images, 1, "filters"))
    learned = model.get_weights()
    model.set_weights([one * -1 for one in learned])
    after = maps(images)
    assert not any(np.allclose(before[name], after[name]) for name in ("gradient", "guided back-propagation"))
    model.set_weights(learned)
    again = maps(images, ("SmoothGrad", "guided back-propagation"))
    assert list(again) == ["SmoothGrad", "guided back-propagation"]
    for name, one in again.items():
        assert one == pytest.approx(before[name], abs=1e-6)


def test_the_signed_gradient_has_the_size_of_the_gradient(model, images, baseline):
    maps = attribution.Maps(model, 1, layer="filters", baseline=baseline)
    found = maps(images, ("gradient", "signed gradient"))
    assert np.abs(found["signed gradient"]) == pytest.approx(found["gradient"])
    assert found["signed gradient"] == pytest.approx(attribution.ClassScore(model, 1).gradient(images)[..., 0])
    assert found["signed gradient"].min() < 0
    assert "signed gradient" not in maps.names  # sizes are what the text calls the gradient map


def test_floors_need_no_network(images, baseline):
    floors = attribution.without_network(images, baseline, np.random.default_rng(1))
    assert floors["minus mean healthy"] == pytest.approx(images[..., 0] - 90.0)
    flat = attribution.without_network(np.full((1, SIZE, SIZE, 1), 7, np.uint8), baseline, np.random.default_rng(1))
    assert flat["edges"].max() == 0
