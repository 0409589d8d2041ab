"""Time and memory from 1,000 to 200,000 images, from 28 to 224 pixels a side, and to 1,000,000 windows.

Each size of each step runs in a process of its own (see bench.growth for what is told of it). Over the pixels of an
image, every size has as many pixels in all: fewer images where they are larger.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.growth import Point, growth
from bench.measuring import Apart, Row, seconds_and_mb_of
from helpers.base.paths import CACHE_DIR_VARIABLE
from helpers.datasets import limit_training
from helpers.datasets.contract import ImageDataset, Split
from helpers.datasets.series import Record, SeriesDataset
from helpers.datasets.simulators.chest import simulate_chest
from helpers.datasets.sources.medmnist import load_archive
from helpers.datasets.windows import Scaler, make_windows

DEFAULT = {
    "images": (1_000, 6_000, 35_000, 200_000),
    "simulated": (1_000, 7_000, 50_000),
    "pixels": (28, 56, 112, 224),
    "pixels_in_all": 3_000_000,
    "windows": (1_000, 10_000, 100_000, 1_000_000),
    "repeats": 1,
}
QUICK = {
    "images": (1_000, 2_000),
    "simulated": (500, 1_000),
    "pixels": (28, 56),
    "pixels_in_all": 200_000,
    "windows": (1_000, 10_000),
    "repeats": 1,
}
CLASSES, ROWS_OF_A_PERSON, HISTORY, HORIZON = 3, 1_000, 10, 6
LEAST_IMAGES = 20  # patients that the simulator asks for
ORIGIN = {"simulated": True, "patients_known": True, "source": "bench", "licence": "none", "citation": "none"}


def simulate(images: int, size: int) -> Callable[[], object]:
    """Simulate chest radiographs, one of each patient."""
    return lambda: simulate_chest(patients=images, images_per_patient=(1, 1), size=size)


def load(images: int, size: int) -> Callable[[], object]:
    """Read and check an archive of images, which are stored as they are, not compressed."""
    folder = Path(os.environ[CACHE_DIR_VARIABLE])
    path, arrays = folder / "images.npz", {}
    for name, rows in zip(("train", "val", "test"), dict(_dataset(images, size).splits()).values(), strict=True):
        arrays |= {f"{name}_images": rows.images[..., 0], f"{name}_labels": rows.labels[:, None]}
    np.savez(path, **arrays)
    return lambda: load_archive(path)


def limit(images: int, size: int) -> Callable[[], object]:
    """Keep half of the training patients."""
    data = _dataset(images, size)
    return lambda: limit_training(data, len(data.train) // 2)


def fit_a_pass(images: int, size: int) -> Callable[[], object]:
    """Train the source's network for one epoch; it is traced already."""
    from helpers.models import build_cnn
    from helpers.models.training import fit, set_seed

    set_seed(1)
    train, model = _rows(images, size), build_cnn((size, size, 1))
    few = train.rows(np.arange(min(32, images)))
    fit(model, few, few, epochs=1)
    return lambda: fit(model, train, few, epochs=1)


def cut_windows(windows: int) -> Callable[[], object]:
    """Cut windows from records of 1,000 rows, with the scaler fitted and applied."""
    each = ROWS_OF_A_PERSON - HISTORY - HORIZON + 1
    rng, people = np.random.default_rng(1), -(-windows // each)
    time = np.datetime64("2026-01-01T00:00:00", "s") + np.arange(ROWS_OF_A_PERSON) * np.timedelta64(300, "s")

    def record(person: int) -> Record:
        rows = min(each, windows - person * each) + HISTORY + HORIZON - 1
        return Record(time[:rows].copy(), rng.normal(140, 40, (rows, 5)).astype(np.float32))

    part = SeriesDataset(
        name="walk",
        title="random records",
        people={f"person {k}": record(k) for k in range(people)},
        features=("glucose (mg/dL)", "second", "third", "fourth", "fifth"),
        step_minutes=5,
        **ORIGIN,
    )

    def cut():
        made = make_windows(part, HISTORY, HORIZON)
        if len(made) != windows:
            raise AssertionError(f"expected {windows} windows, found {len(made)}")
        return Scaler.fit(made).scale(made.inputs)

    return cut


IMAGE_STEPS = {"simulate": simulate, "load": load, "limit": limit, "fit a pass": fit_a_pass}


def measured(prepare: Callable[..., Callable], *sizes: int) -> Callable[[], tuple[float, float | None]]:
    """For a process of its own: prepare a step, and return what gives its seconds and the megabytes that it adds.

    A small one comes first, which pays for what a process does once (the catalogue, TensorFlow's start).
    """
    prepare(LEAST_IMAGES, *sizes[1:])()
    step = prepare(*sizes)
    return lambda: seconds_and_mb_of(step)


def measure(
    *,
    images: Sequence[int],
    simulated: Sequence[int],
    pixels: Sequence[int],
    pixels_in_all: int,
    windows: Sequence[int],
    repeats: int,
) -> Iterator[Row]:
    """Each step over the number of images, some over the size of images, and cutting windows over their number.

    simulated: numbers of images for the simulator, which takes the longest of all steps.
    """
    for name, prepare in IMAGE_STEPS.items():
        counts = simulated if prepare is simulate else images
        points = [Point(n, n, _runs(prepare, repeats, n, pixels[0])) for n in counts]
        yield from growth(f"{name}, {pixels[0]} px", "image", points)
    for name in ("simulate", "fit a pass"):
        points = []
        for side in pixels:
            n = max(LEAST_IMAGES, pixels_in_all // side**2)
            points.append(Point(side**2, n, _runs(IMAGE_STEPS[name], repeats, n, side)))
        yield from growth(f"{name}, {pixels[0]} to {pixels[-1]} px", "image", points, over="pixels of an image")
    points = [Point(n, n, _runs(cut_windows, repeats, n)) for n in windows]
    yield from growth("cut and scale", "window", points)


def _runs(prepare: Callable[..., Callable], repeats: int, *sizes: int) -> list[tuple[float, float | None]]:
    """Seconds and megabytes of each repeat, in a fresh process with an empty cache folder."""
    found = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
            environment = {CACHE_DIR_VARIABLE: folder}
            with Apart(measured, prepare, *sizes, environment=environment) as once:
                found.append(once())
    return found


def _rows(images: int, size: int) -> Split:
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 256, (images, size, size, 1), dtype=np.uint8)
    return Split(pictures, np.arange(images) % CLASSES, np.arange(images))


def _dataset(images: int, size: int) -> ImageDataset:
    """Random images, seven in ten to train, one of each patient."""
    rows, cuts = _rows(images, size), (int(0.7 * images), int(0.85 * images))
    train, validation, test = (rows.rows(part) for part in np.split(np.arange(images), cuts))
    return ImageDataset(
        name="random",
        title="random images",
        train=train,
        validation=validation,
        test=test,
        class_names=tuple(f"class {k}" for k in range(CLASSES)),
        disease_class=1,
        **ORIGIN,
    )
