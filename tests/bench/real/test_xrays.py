"""bench/real/xrays: what the recipes do to images, and a validation that is harder than the images themselves."""

import numpy as np
import pytest
import tensorflow as tf

from bench.real.xrays import augmentation, choosing, confirming, shifts, training
from bench.real.xrays.recipe import Recipe, read_recipes

STILL = {"shift": 0, "turn": 0, "zoom": 0, "brightness": 0, "contrast": 0}
SMALL = {"filters": (8, 16), "epochs": 4, "batch_size": 16}


@pytest.fixture(scope="module")
def images():
    """Images uint8 (240, 28, 28) and labels: the ill have a bright spot somewhere."""
    rng = np.random.default_rng(1)
    labels = np.tile([0, 1, 1], 80)
    smooth = np.cumsum(np.cumsum(rng.normal(0, 1, (240, 28, 28)), axis=1), axis=2)
    values = 110 + 40 * smooth / np.abs(smooth).max(axis=(1, 2), keepdims=True) + rng.normal(0, 4, smooth.shape)
    for row in np.flatnonzero(labels):
        y, x = rng.integers(6, 19, 2)
        values[row, y : y + 4, x : x + 4] += 70
    return values.clip(0, 255).astype(np.uint8), labels


def augmented(images, **settings):
    """The images after the random changes of a recipe with these settings alone, as numbers from 0 to 1."""
    tf.random.set_seed(1)
    changed, _ = augmentation.augmenter(Recipe(**(STILL | settings)))(
        tf.constant(images[..., np.newaxis]), np.zeros(240, int)
    )
    return changed.numpy()[..., 0]


def test_without_limits_nothing_changes(images):
    np.testing.assert_allclose(augmented(images[0]), images[0] / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("setting", "limit"),
    [
        ("shift", 0.1),
        ("turn", 0.1),
        ("zoom", 0.2),
        ("gamma", 0.5),
        ("ramp", 0.3),
        ("noise", 0.05),
        ("blur", 0.7),
        ("hole", 8),
        ("brightness", 0.2),
        ("contrast", 0.4),
    ],
)
def test_each_setting_changes_images_each_in_its_own_way(images, setting, limit):
    same = np.repeat(images[0][:1], 240, axis=0)
    changed = augmented(same, **{setting: limit})
    assert np.abs(changed - same / 255).mean() > 0.001
    assert changed.std(axis=0).max() > 0.005, "drawn anew for every image"
    assert changed.min() >= 0
    assert changed.max() <= 1


def test_a_mirrored_image_is_mirrored_around_the_middle(images):
    changed = augmented(images[0], flip=True)
    as_it_was, mirrored = (
        np.isclose(changed, of / 255, atol=1e-4).all(axis=(1, 2)) for of in (images[0], images[0][:, :, ::-1])
    )
    assert (as_it_was | mirrored).all()
    assert 60 < mirrored.sum() < 180


def test_mixed_images_have_mixed_labels():
    recipe = Recipe(**(STILL | {"mixup": 0.4, "smoothing": 0.1}))
    black_and_white = np.repeat([0, 255], 4).astype(np.uint8)[:, None, None, None] * np.ones((1, 28, 28, 1), np.uint8)
    mixed, shares = augmentation.augmenter(recipe)(tf.constant(black_and_white), np.repeat([0, 1], 4))
    share = mixed.numpy()[:, 0, 0, 0]
    np.testing.assert_allclose(shares.numpy()[:, 1], 0.05 + 0.9 * share, atol=1e-5)
    assert 0 < share[0] < 0.4


def test_ranks_forget_exposure_and_standardising_forgets_brightness_and_contrast(images):
    darker = (images[0] // 2).astype(np.uint8) * 2
    assert (training.lit(darker, "ranks") == training.lit(darker // 2, "ranks")).all()
    assert training.lit(images[0], "none") is images[0]
    layer = training.Standardise()
    some = images[0][:4, ..., np.newaxis].astype(np.float32) / 10
    np.testing.assert_allclose(layer(some), layer(some * 0.6 + 0.2), atol=0.15)
    assert np.abs(np.asarray(layer(some)).mean(axis=(1, 2, 3))).max() < 1e-4


def test_near_duplicates_share_a_group(images):
    doubled = np.concatenate([images[0], images[0][:5], (images[0][5:6] // 2).astype(np.uint8)])
    group = shifts.near_duplicates(doubled)
    assert (group[240:245] == group[:5]).all()
    assert group[245] == group[5], "darker, and the same chest"
    assert len(np.unique(group[:240])) == 240


def test_changes_repeat_and_differ(images):
    once, again = shifts.shifted(images[0]), shifts.shifted(images[0])
    assert list(once) == ["tone", "ramp", "crop", "soft", "grain", "window"]
    for name, changed in once.items():
        assert changed.dtype == np.uint8
        assert changed.shape == images[0].shape
        assert (changed == again[name]).all()
        assert np.abs(changed.astype(int) - images[0]).mean() > 1


def test_the_even_threshold_misses_as_many_as_it_calls_wrongly():
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1], [300, 900])
    scores = rng.normal(labels * 2, 1)
    found = confirming.rates(labels, scores, choosing.even_threshold(labels, scores))
    assert found["sensitivity"] == pytest.approx(found["specificity"], abs=0.01)
    assert confirming.rates(labels, scores, -9) == {"accuracy": 0.75, "sensitivity": 1, "specificity": 0}


@pytest.mark.parametrize("settings", [{}, {"light": "standard", "pool": "grid", "convolutions": 2, "residual": True}])
def test_a_network_learns_the_spot(images, settings):
    shown, labels = images
    network = training.train(Recipe(**(STILL | SMALL | settings)), shown[:180], labels[:180], seed=1)
    assert choosing.area(labels[180:], network(shown[180:])) > 0.8
    assert network(shown[:7]).shape == (7,)


def test_shifted_copies_are_nine(images):
    seen = []
    confirming.shifted_too(lambda shown: seen.append(shown) or np.zeros(len(shown)))(images[0][:3])
    assert len(seen) == 9
    assert sum((one == images[0][:3]).all() for one in seen) == 1
    assert all(one.shape == (3, 28, 28) for one in seen)


def test_recipes_of_the_study_and_a_setting_that_there_is_not(tmp_path):
    recipes = read_recipes()
    assert recipes["notebook 02"] == Recipe()
    path = tmp_path / "study.yml"
    path.write_text(
        "parts: {a: {epochs: 3}}\nrecipes: {one: {as: [a], hole: 4}, two: {fast: true}}\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="two: no setting fast"):
        read_recipes(path)
    with pytest.raises(ValueError, match="light: expected"):
        Recipe(light="bright")
