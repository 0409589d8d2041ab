"""A crowd is so many networks of their own: each learns from its own people alone, and from nobody else's."""

import numpy as np
import pytest

from helpers.datasets import Split
from helpers.lessons.privacy import crowd
from helpers.models import training

SHAPE = (8, 8, 1)


def make_rows(people=40, seed=1):
    rng = np.random.default_rng(seed)
    labels = np.arange(people).repeat(2) % 2
    images = rng.integers(0, 200, (2 * people, *SHAPE)) + 40 * labels[:, None, None, None]
    return Split(images.clip(0, 255).astype(np.uint8), labels.astype(np.int64), np.arange(people).repeat(2))


def test_networks_answer_one_by_one_as_their_weights_say():
    training.set_seed(1)
    model = crowd.build_crowd(SHAPE, 3, units=5)
    rows = make_rows(4)
    found = model.predict(rows.images, verbose=0)
    assert found.shape == (8, 3)
    kernel, bias, last, last_bias = model.get_weights()
    small = rows.images[..., 0].reshape(8, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(8, -1) / 64 - 2
    for k in range(3):
        by_hand = np.maximum(small @ kernel[k] + bias[k], 0) @ last[k] + last_bias[k]
        assert found[:, k] == pytest.approx(by_hand[:, 0], abs=1e-4)


def test_a_network_does_not_see_who_is_not_its_own():
    rows, members = make_rows(), np.zeros((40, 2), bool)
    members[:20, 0] = members[20:, 1] = True
    _, kept = crowd.train_crowd(rows, members, stops=(2,), seed=1)
    changed = Split(rows.images.copy(), rows.labels, rows.patients)
    changed.images[40:] = 255 - changed.images[40:]  # people 20 to 39, none of the first network's
    _, others = crowd.train_crowd(changed, members, stops=(2,), seed=1)
    first = [np.abs(a[0] - b[0]).max() for a, b in zip(kept[2], others[2], strict=True)]
    second = [np.abs(a[1] - b[1]).max() for a, b in zip(kept[2], others[2], strict=True)]
    assert max(first) < 1e-5
    assert max(second) > 1e-3


def test_weights_are_kept_at_each_stop_and_the_same_seed_gives_the_same():
    rows, members = make_rows(), crowd.draw_halves(40, 3, seed=1)
    _, kept = crowd.train_crowd(rows, members, stops=(1, 3), seed=1)
    _, again = crowd.train_crowd(rows, members, stops=(3,), seed=1)
    assert list(kept) == [1, 3]
    assert not np.array_equal(kept[1][0], kept[3][0])
    assert len(again[3]) == 4
    _, same = crowd.train_crowd(rows, members, stops=(1, 3), seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(kept[3], same[3], strict=True))
