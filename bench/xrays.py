"""How long until the test AUC of PneumoniaMNIST reaches .944: the course's better network against ResNet-18 at 28 px.

.944 is what the benchmark publishes for ResNet-18 at 28 px. Needs the original file: `--xrays FOLDER`. After each epoch
the test split is asked for its AUC, with the clock stopped. That is done to time it and chooses nothing: a test split
that is looked at so often is no longer fit for telling how good a network is. A network that has not got there when its
epochs or minutes of training are over has no time; its best AUC is told, and the ratio is then a least one.

Each trains as its recipe says: the course's with nine epochs in batches of 32 (studies/real_02_cnn_imaging.yml) and
repeatable operations; ResNet-18 as in bench.rivals.resnet, on TensorFlow as it comes: with oneDNN, and nothing held to
repeat. Tracing counts into the first epoch, validation into every one.

The recipe that docs/xrays.md chose for the same images is trained as well, for the wall time of its whole training.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Apart, Row, seconds_of
from helpers.datasets.sources.download import DATA_DIR_VARIABLE

AUC, DATASET = 0.944, "pneumoniamnist"
DEFAULT = {"seeds": (1, 2, 3), "rival_seeds": (1,), "chosen_seeds": (1, 2, 3), "minutes": 15.0}
QUICK = {"seeds": (1,), "rival_seeds": (1,), "chosen_seeds": (), "minutes": 2.0}
OUR_EPOCHS, OUR_BATCH = 9, 32  # of studies/real_02_cnn_imaging.yml, which a test compares
RESNET_EPOCHS = 100  # of bench.rivals.resnet, as well


@dataclass(frozen=True)
class Course:
    """How a training went: seconds and test AUC of each epoch."""

    seconds: tuple[float, ...]
    aucs: tuple[float, ...]

    @property
    def until(self) -> float | None:
        """Seconds until the AUC was reached, None where it was not."""
        reached = next((k for k, auc in enumerate(self.aucs) if auc >= AUC), None)
        return None if reached is None else sum(self.seconds[: reached + 1])


def train(model, data, rate_at: Callable[[int], float], *, epochs: int, batch: int, minutes: float) -> Course:
    """Train epoch by epoch until the test AUC is reached, or for so many epochs or minutes.

    model: a compiled network. data: an ImageDataset of two classes. rate_at: the learning rate of an epoch from 0.
    """
    from helpers.evaluation import auc
    from helpers.models.training import fit

    seconds, aucs = [], []
    while len(seconds) < epochs and sum(seconds) < 60 * minutes and max(aucs, default=0) < AUC:
        model.optimizer.learning_rate = rate_at(len(seconds))
        seconds.append(seconds_of(lambda: fit(model, data.train, data.validation, epochs=1, batch_size=batch)))
        aucs.append(auc(data.test.labels, model.predict(data.test.images, batch_size=batch, verbose=0)))
    return Course(tuple(seconds), tuple(aucs))


def ours(dataset: str, seed: int, minutes: float) -> Callable[[], Course]:
    """The course's better network by its recipe."""
    from helpers.datasets import load
    from helpers.models import build_better_cnn
    from helpers.models.training import set_seed

    data = load(dataset)
    set_seed(seed)
    model = build_better_cnn(data.image_shape, len(data.class_names))
    rate = float(model.optimizer.learning_rate)

    def rate_at(epoch: int) -> float:
        return rate * (1 + math.cos(math.pi * epoch / OUR_EPOCHS)) / 2

    return lambda: train(model, data, rate_at, epochs=OUR_EPOCHS, batch=OUR_BATCH, minutes=minutes)


def resnet_18(dataset: str, seed: int, minutes: float) -> Callable[[], Course]:
    """ResNet-18 by the published recipe."""
    import keras

    from bench.rivals import resnet
    from helpers.datasets import load

    data = load(dataset)
    keras.utils.set_random_seed(seed)
    model = resnet.build_resnet_18(data.image_shape, len(data.class_names))
    return lambda: train(model, data, resnet.rate_at, epochs=resnet.EPOCHS, batch=resnet.BATCH, minutes=minutes)


def chosen(dataset: str, seed: int) -> Callable[[], float]:
    """Seconds that the recipe of docs/xrays.md takes to train one network, on all cores."""
    from bench.real.xrays.confirming import known_images
    from bench.real.xrays.recipe import CHOSEN, read_recipes
    from bench.real.xrays.training import train as train_recipe
    from helpers.datasets import load

    recipe, (images, labels) = read_recipes()[CHOSEN], known_images(load(dataset))
    return lambda: seconds_of(lambda: train_recipe(recipe, images, labels, seed))


def measure(
    folder: Path | None,
    *,
    seeds: Sequence[int],
    rival_seeds: Sequence[int],
    chosen_seeds: Sequence[int],
    minutes: float,
    dataset: str = DATASET,
) -> Iterator[Row]:
    """Seconds of an epoch and until the AUC, of each network; minutes: the most that one of them trains, but the recipe
    of docs/xrays.md, which trains to its end.

    chosen_seeds: of that recipe. folder: where the original lies, None where `dataset` is a path.
    """
    environment = {DATA_DIR_VARIABLE: str(folder)} if folder else {}
    if chosen_seeds:
        took = tuple(_apart(chosen, environment, dataset, seed) for seed in chosen_seeds)
        yield Row("recipe of docs/xrays.md: whole training of one network", "s", took)
    onednn = environment | {"TF_ENABLE_ONEDNN_OPTS": "1"}
    mine = [_apart(ours, environment, dataset, seed, minutes) for seed in seeds]
    yield from _rows("better network", mine)
    theirs = [_apart(resnet_18, onednn, dataset, seed, minutes) for seed in rival_seeds]
    yield from _rows("ResNet-18", theirs)
    per_epoch = [statistics.median(course.seconds) for course in (*mine, *theirs)]
    own, other = statistics.median(per_epoch[: len(mine)]), statistics.median(per_epoch[len(mine) :])
    yield Row("an epoch: ResNet-18 against the better network", "times as long", (other / own,))
    whole = (other * RESNET_EPOCHS) / (own * OUR_EPOCHS)
    note = f"computed from an epoch: {RESNET_EPOCHS} against {OUR_EPOCHS}"
    yield Row("the whole recipe: ResNet-18 against the better network", "times as long", (whole,), note)
    what = f"until AUC {AUC}: ResNet-18 against the better network"
    if any(course.until is None for course in mine):
        yield Row(what, "times as long", note="the better network did not get there with every seed")
        return
    took = statistics.median(course.until for course in mine)
    spent = tuple((course.until or sum(course.seconds)) / took for course in theirs)
    short = sum(course.until is None for course in theirs)
    note = f"at least: {short} of {len(theirs)} ResNets stopped short of it" if short else ""
    yield Row(what, "times as long", spent, note)


def _apart(prepare: Callable[..., Callable], environment: dict[str, str], *arguments):
    with Apart(prepare, *arguments, environment=environment) as run:
        return run()


def _rows(name: str, courses: Sequence[Course]) -> Iterator[Row]:
    details = {f"run {k}": {"seconds": one.seconds, "test AUC": one.aucs} for k, one in enumerate(courses, start=1)}
    yield Row(f"{name}: an epoch", "s", tuple(statistics.median(one.seconds) for one in courses), "", details)
    reached = tuple(one.until for one in courses if one.until is not None)
    note = "" if len(reached) == len(courses) else f"{len(courses) - len(reached)} of {len(courses)} stopped short"
    yield Row(f"{name}: until AUC {AUC}", "s", reached, note)
    yield Row(f"{name}: epochs until then", "epochs", tuple(float(len(one.seconds)) for one in courses), note)
    yield Row(f"{name}: best test AUC on the way", "AUC", tuple(max(one.aucs) for one in courses), note)
