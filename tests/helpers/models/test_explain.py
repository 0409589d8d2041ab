"""Feature maps and Grad-CAM against networks small enough to work out by hand."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers.models import build_cnn
from helpers.models.explain import (
    BATCH,
    feature_maps,
    grad_cam,
    gradient_by_distance,
    hits,
    hits_without_looking,
    middles,
)

SIZE = 8
PASS_ON = np.eye(3)[np.newaxis, np.newaxis, :, :2]  # 1×1 kernels: filter 0 is channel 0, filter 1 is channel 1


def by_hand(weights: list[list[float]], bias: tuple[float, ...] = ()) -> keras.Model:
    """Two filters that pass on the first two channels of an image, their means, and a softmax of weighted sums.

    weights: shape (2 filters, classes).
    """
    model = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(2, 1, activation="relu", name="filters"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(len(weights[0]), activation="softmax", name="scores"),
        ]
    )
    model.get_layer("filters").set_weights([PASS_ON, np.zeros(2)])
    model.get_layer("scores").set_weights([np.array(weights), np.array(bias or [0.0] * len(weights[0]))])
    return model


@pytest.fixture
def images() -> np.ndarray:
    """Channel 0 bright in a blob at the upper left, channel 1 in one at the lower right, channel 2 noise unseen."""
    rng = np.random.default_rng(2)
    made = np.zeros((3, SIZE, SIZE, 3), np.uint8)
    made[:, 1:3, 1:3, 0] = rng.integers(100, 256, (3, 2, 2))
    made[:, 5:7, 4:7, 1] = rng.integers(100, 256, (3, 2, 3))
    made[..., 2] = rng.integers(0, 256, (3, SIZE, SIZE))
    return made


@pytest.mark.parametrize("layer", ["filters", "pool", "later"])
def test_feature_maps_are_the_layers_output(layer):
    model = keras.Sequential(
        [
            keras.Input((10, 9, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(3, 3, activation="relu", name="filters"),
            layers.MaxPooling2D(name="pool"),
            layers.Dropout(0.9),
            layers.Conv2D(2, 2, name="later"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    image = np.random.default_rng(0).integers(0, 256, (10, 9, 1), dtype=np.uint8)
    expected = image[np.newaxis].astype(np.float32)
    for step in model.layers:
        expected = step(expected, training=False) if isinstance(step, layers.Dropout) else step(expected)
        if step.name == layer:
            break
    given = feature_maps(model, image, layer)
    assert given.ndim == 3
    np.testing.assert_allclose(given, np.asarray(expected)[0], atol=1e-6)


def test_feature_maps_refuse_a_layer_that_is_not_there(images):
    with pytest.raises(ValueError, match="nothing"):
        feature_maps(by_hand([[1.0, 0], [0, 1]]), images[0], "nothing")


def expected_map(model: keras.Model, images: np.ndarray, k: int) -> np.ndarray:
    """The formula with derivatives by hand: d log p_k / dA_j = (w_jk - sum over m of p_m w_jm) / positions."""
    w, _ = model.get_layer("scores").get_weights()
    p = np.asarray(model(images), dtype=float)
    filters = images[..., :2] / 255
    alpha = (w[:, k] - p @ w.T) / SIZE**2
    raw = np.maximum(np.einsum("nj,nhwj->nhw", alpha, filters), 0)
    largest = raw.max(axis=(1, 2), keepdims=True)
    return np.divide(raw, largest, out=np.zeros_like(raw), where=largest > 0)


@pytest.mark.parametrize("k", [0, 1, 2])
def test_grad_cam_is_the_formula(images, k):
    model = by_hand([[3.0, -1.0, 0.5], [-2.0, 4.0, 1.0]], (0.1, 0.4, 0.0))
    expected = expected_map(model, images, k)
    given = grad_cam(model, images, k, "filters")
    assert given.shape == (3, SIZE, SIZE)
    assert given.dtype == np.float32
    np.testing.assert_allclose(given, expected, atol=1e-5)


def test_grad_cam_weighs_a_filter_by_its_mean_gradient_over_all_positions(images):
    """With a weight for every position, d(z_1 - z_0) / dA is known: one mean per filter, whatever the position."""
    model = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(2, 1, activation="relu", name="filters"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax", name="scores"),
        ]
    )
    model.get_layer("filters").set_weights([PASS_ON, np.zeros(2)])
    w = np.random.default_rng(3).normal(0.02, 0.1, (SIZE, SIZE, 2, 2))
    model.get_layer("scores").set_weights([w.reshape(-1, 2), np.zeros(2)])
    alpha = (w[..., 1] - w[..., 0]).mean(axis=(0, 1))
    raw = np.maximum(images[..., :2] / 255 @ alpha, 0)
    assert (raw.max(axis=(1, 2)) > 0).all()
    np.testing.assert_allclose(
        grad_cam(model, images, 1, "filters"), raw / raw.max(axis=(1, 2), keepdims=True), atol=1e-4
    )
    each = np.maximum((images[..., :2] / 255 * (w[..., 1] - w[..., 0])).sum(axis=3), 0)
    np.testing.assert_allclose(
        grad_cam(model, images, 1, "filters", per_position=True), each / each.max(axis=(1, 2), keepdims=True), atol=1e-4
    )
    assert np.abs(each / each.max() - raw / raw.max()).max() > 0.1


def test_with_global_pooling_every_position_has_the_same_weight_and_both_maps_are_one(images):
    model = by_hand([[3.0, -1.0, 0.5], [-2.0, 4.0, 1.0]])
    np.testing.assert_allclose(
        grad_cam(model, images, 1, "filters", per_position=True), grad_cam(model, images, 1, "filters"), atol=1e-5
    )


def test_the_floors_of_the_pointing_game():
    known = np.zeros((3, 4, 5), bool)
    known[0, 1, 2] = known[1, 1, 2] = known[2, 3, 3] = True
    masks = np.zeros((2, 4, 5), bool)
    masks[0, 1:3, 1:3] = masks[1, 3, 3] = True
    floors = hits_without_looking(known, masks)
    assert floors["at random"].tolist() == [4 / 20, 1 / 20]
    assert floors["always one place"].tolist() == [True, False]


def test_grad_cam_puts_each_class_where_its_evidence_is(images):
    model = by_hand([[5.0, 0.0], [0.0, 5.0]])
    left, right = grad_cam(model, images, 0, "filters"), grad_cam(model, images, 1, "filters")
    assert (left[:, 1:3, 1:3] > 0).all()
    assert left[:, 5:7, 4:7].max() == 0
    assert (right[:, 5:7, 4:7] > 0).all()
    assert right[:, 1:3, 1:3].max() == 0
    for maps in (left, right):
        np.testing.assert_allclose(maps.max(axis=(1, 2)), 1, atol=1e-6)
        assert maps.min() >= 0


def test_grad_cam_without_evidence_for_the_class_is_zero(images):
    """Both filters speak against class 1; an image that is black moves no filter at all."""
    against = grad_cam(by_hand([[5.0, 0.0], [2.0, 0.0]]), images, 1, "filters")
    np.testing.assert_array_equal(against, 0)
    black = grad_cam(by_hand([[5.0, 0.0], [0.0, 5.0]]), np.zeros_like(images), 0, "filters")
    np.testing.assert_array_equal(black, 0)


def test_grad_cam_of_a_certain_network_is_that_of_the_uncertain_one(images):
    """A bias of 40 makes p round to 1; with two rivals alike, the map is that of the difference of the weights."""
    w = np.array([[3.0, -1.0, -1.0], [4.0, 2.0, 2.0]])
    certain, uncertain = by_hand(w.tolist(), (40.0, 0.0, 0.0)), by_hand(w.tolist())
    assert np.asarray(certain(images))[:, 0].min() == 1
    raw = images[..., :2] / 255 @ (w[:, 0] - w[:, 1])
    for model in (certain, uncertain):
        given = grad_cam(model, images, 0, "filters")
        np.testing.assert_allclose(given, raw / raw.max(axis=(1, 2), keepdims=True), atol=1e-4)
        np.testing.assert_array_equal(grad_cam(model, images, 1, "filters"), 0)


def test_grad_cam_is_enlarged_to_the_image():
    """A 2×2 map whose lower left value alone is positive is drawn out to 8×8, brightest in that corner."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(1 / 255),
            layers.AveragePooling2D(4),
            layers.Conv2D(1, 1, kernel_initializer="ones", name="filters"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax", name="scores"),
        ]
    )
    model.get_layer("scores").set_weights([np.array([[0.0, 3.0]]), np.zeros(2)])
    image = np.zeros((1, 8, 8, 1), np.uint8)
    image[0, 4:, :4] = 200
    given = grad_cam(model, image, 1, "filters")[0]
    assert given.shape == (8, 8)
    np.testing.assert_allclose(given[6:, :2], 1, atol=1e-6)
    np.testing.assert_allclose(given[:2], 0, atol=1e-6)
    assert (np.diff(given[6]) <= 0).all()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size", [28, 31])
def test_a_value_of_a_map_lies_in_the_middle_of_the_pixels_that_move_it(padding, size):
    """Each value's window found by changing pixel rows one by one; linear layers of ones let nothing cancel."""
    ones = {"kernel_initializer": "ones", "padding": padding}
    chain = [
        keras.Input((size, size, 1)),
        layers.Conv2D(1, 3, **ones),
        layers.AveragePooling2D(2),
        layers.Conv2D(1, 5, strides=2, name="deep", **ones),
    ]
    model = keras.Sequential(chain)
    one_row_each = np.zeros((size, size, size, 1), np.float32)
    one_row_each[np.arange(size), np.arange(size)] = 1
    moved = np.asarray(model(one_row_each))[:, :, 0, 0] > 0  # (row of the image, row of the map)
    first, distance, number = middles(model, "deep", 1)
    assert number == moved.shape[1]
    for value in range(1, number - 1):  # the outermost windows reach over the edge where it is padded
        rows = np.flatnonzero(moved[:, value])
        if rows[0] > 0 and rows[-1] < size - 1:
            assert first + value * distance == (rows[0] + rows[-1]) / 2


def test_a_map_of_a_network_without_padding_is_not_spread_over_the_edge():
    """The brightest value of an 11×11 map stands where its 8×8 pixels are, and not a lesion's breadth further out."""
    model = build_cnn()
    assert middles(model, "conv_2", 1) == (3.5, 2, 11)
    image = np.zeros((1, 28, 28, 1), np.uint8)
    image[0, 0:4, 20:24] = 255
    only = np.zeros((5, 5, 64, 10), np.float32)
    only[..., 1] = 1
    model.get_layer("conv_1").set_weights([np.ones((3, 3, 1, 32)), np.zeros(32)])
    model.get_layer("conv_2").set_weights([np.ones((3, 3, 32, 64)), np.zeros(64)])
    model.get_layer("probabilities").set_weights([only.reshape(1600, 10) / 1e4, np.zeros(10)])
    heat = grad_cam(model, image, 1, "conv_2")[0]
    rows, columns = np.nonzero(heat > 0.999)
    assert set(rows) == {3}
    assert columns.mean() == pytest.approx(21.5, abs=1)
    assert heat[:3].max() == 0


def test_grad_cam_warns_of_nothing(images, recwarn):
    grad_cam(by_hand([[5.0, 0.0], [0.0, 5.0]]), images, 0, "filters")
    feature_maps(by_hand([[5.0, 0.0], [0.0, 5.0]]), images[0], "filters")
    assert [str(warning.message) for warning in recwarn] == []


def pointing_at(*pixels: tuple[int, int]) -> np.ndarray:
    maps = np.full((len(pixels), 9, 9), 0.2, np.float32)
    for map_, pixel in zip(maps, pixels, strict=True):
        map_[pixel] = 1
    return maps


def lesion(rows: slice, columns: slice, n: int = 1) -> np.ndarray:
    masks = np.zeros((n, 9, 9), bool)
    masks[:, rows, columns] = True
    return masks


def test_hits_are_maps_with_their_brightest_pixel_in_the_lesion():
    maps = pointing_at((4, 5), (3, 5), (4, 7), (0, 0))
    assert hits(maps, lesion(slice(4, 6), slice(5, 7), 4)).tolist() == [True, False, False, False]


def test_hits_refuse_an_empty_mask():
    masks = lesion(slice(2, 4), slice(2, 4), 2)
    masks[1] = False
    with pytest.raises(ValueError, match="a lesion in every mask"):
        hits(pointing_at((2, 2), (2, 2)), masks)


def test_a_map_without_a_brightest_pixel_hits_nothing():
    assert not hits(np.zeros((1, 9, 9)), lesion(slice(0, 9), slice(0, 9))).any()


def test_grad_cam_of_a_frozen_network_is_the_same(images):
    model = by_hand([[1.0, 0], [0, 1]])
    before = grad_cam(model, images, 0, "filters")
    model.trainable = False
    np.testing.assert_array_equal(grad_cam(model, images, 0, "filters"), before)


def test_grad_cam_of_many_images_is_that_of_each(images):
    many = np.tile(images, (25, 1, 1, 1))
    model = by_hand([[1.0, 0], [0, 1]])
    assert len(many) > 2 * BATCH
    np.testing.assert_allclose(
        grad_cam(model, many, 1, "filters"), np.tile(grad_cam(model, images, 1, "filters"), (25, 1, 1)), atol=1e-6
    )


def test_the_gradient_by_distance_is_that_of_small_steps():
    """Push one input of a sequence a little, and see how the summed last state answers."""
    rng = np.random.default_rng(3)
    layer, x = keras.layers.SimpleRNN(4), rng.normal(size=(1, 6, 1)).astype(np.float32)
    measured = gradient_by_distance(layer, x)
    assert measured.shape == (6,)
    for back in range(6):
        ends = []
        for push in (1e-2, -1e-2):
            pushed = x.copy()
            pushed[0, 5 - back, 0] += push
            ends.append(float(np.asarray(layer(pushed)).sum()))
        assert measured[back] == pytest.approx(abs(ends[0] - ends[1]) / 2e-2, rel=0.02, abs=1e-4)
