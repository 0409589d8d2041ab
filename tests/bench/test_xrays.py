"""The rival is the network that was published, both follow their recipes, and who stops short has no time."""

import numpy as np
import pytest
import yaml

from bench import xrays
from bench.rivals import resnet
from bench.xrays import Course
from helpers.base.paths import ROOT


def test_the_rival_has_the_weights_of_resnet_18():
    model = resnet.build_resnet_18((28, 28, 3), 10)
    assert sum(int(np.prod(weights.shape)) for weights in model.trainable_weights) == 11_173_962
    convolutions = [layer for layer in model.layers if layer.__class__.__name__ == "Conv2D"]
    assert len(convolutions) == 17 + 3
    assert [layer.output.shape[1] for layer in convolutions if layer.kernel_size == (3, 3)][::4] == [28, 28, 14, 7, 4]


def test_the_course_s_recipe_is_that_of_its_study():
    study = yaml.safe_load((ROOT / "studies" / "real_02_cnn_imaging.yml").read_text(encoding="utf-8"))["parameters"]
    assert (
        study["dataset"],
        study["better_epochs"],
        study["batch_size"],
    ) == (xrays.DATASET, xrays.OUR_EPOCHS, xrays.OUR_BATCH)
    assert xrays.RESNET_EPOCHS == resnet.EPOCHS


def test_the_time_ends_with_the_epoch_that_gets_there():
    assert Course((2.0, 3.0, 4.0), (0.8, 0.95, 0.99)).until == 5
    assert Course((2.0, 3.0), (0.8, 0.9)).until is None


def rows(monkeypatch, mine: Course, theirs: Course) -> dict:
    monkeypatch.setattr(xrays, "_apart", lambda prepare, *_: mine if prepare is xrays.ours else theirs)
    return {row.what: row for row in xrays.measure(None, seeds=(1,), rival_seeds=(1,), chosen_seeds=(), minutes=1)}


def test_a_rival_that_stops_short_gives_a_least_ratio(monkeypatch):
    found = rows(monkeypatch, Course((2.0, 2.0), (0.8, 0.95)), Course((60.0, 60.0), (0.8, 0.9)))
    assert found["ResNet-18: until AUC 0.944"].values == ()
    assert found["ResNet-18: best test AUC on the way"].values == (0.9,)
    ratio = found["until AUC 0.944: ResNet-18 against the better network"]
    assert ratio.values == (30,)
    assert ratio.note.startswith("at least")


def test_both_got_there(monkeypatch):
    found = rows(monkeypatch, Course((2.0, 2.0), (0.8, 0.95)), Course((60.0, 60.0), (0.8, 0.96)))
    ratio = found["until AUC 0.944: ResNet-18 against the better network"]
    assert (ratio.values, ratio.note) == ((30,), "")
    assert found["an epoch: ResNet-18 against the better network"].values == (30,)
    assert found["the whole recipe: ResNet-18 against the better network"].values == pytest.approx((30 * 100 / 9,))


def test_without_a_time_of_the_course_there_is_no_ratio(monkeypatch):
    found = rows(monkeypatch, Course((2.0,), (0.8,)), Course((60.0,), (0.96,)))
    assert found["until AUC 0.944: ResNet-18 against the better network"].values == ()


@pytest.mark.thorough
def test_both_are_trained_on_a_file(tmp_path):
    rng, arrays = np.random.default_rng(1), {}
    for split in ("train", "val", "test"):
        labels = np.arange(40) % 2
        images = rng.integers(0, 40, (40, 28, 28), dtype=np.uint8) + (200 * labels).astype(np.uint8)[:, None, None]
        arrays |= {f"{split}_images": images, f"{split}_labels": labels[:, None]}
    np.savez(tmp_path / "easy.npz", **arrays)
    given = {
        "seeds": (1,),
        "rival_seeds": (1,),
        "chosen_seeds": (1,),
        "minutes": 1,
        "dataset": str(tmp_path / "easy.npz"),
    }
    found = {row.what: row for row in xrays.measure(None, **given)}
    assert found["better network: until AUC 0.944"].values[0] > 0
    assert found["ResNet-18: an epoch"].values[0] > 0
    assert found["recipe of docs/xrays.md: whole training of one network"].values[0] > 0
