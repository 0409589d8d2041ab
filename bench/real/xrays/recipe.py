"""What a network for small X-rays is made of and how it is trained, as one value; studies/xrays.yml names several."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from helpers.base.paths import ROOT

STUDY = ROOT / "studies" / "xrays.yml"
LIGHTS = ("none", "standard", "ranks")
CHOSEN = "both, twice as long, standardised"  # by validation, of those judged before any was tested


@dataclass(frozen=True)
class Recipe:
    """One recipe; the defaults are those of notebook 02's better network. Every limit is that of a uniform draw.

    filters: of each block's convolutions. convolutions: of 3×3 in each block, the second with a way around it where
    residual is true. pool: `average` over all positions, or `grid`, the averages of parts of three by three.
    light: what is done to each image first: none; standard, to mean 0 and standard deviation 1; ranks, each value
    replaced by the share of the image's pixels that are not brighter.
    shift (share of the side), turn (share of a full turn), zoom, flip: where the chest lies. brightness, contrast,
    gamma (of its logarithm), ramp (brighter to one side), noise (standard deviation), blur (below zero: sharpened):
    how it was exposed. hole: side in pixels of a square that is hidden. mixup: the greatest share of another image.
    smoothing: share of each label that is spread over the classes. balanced: each class weighs the same.
    epochs, batch_size, learning_rate (falls along half a cosine), weight_decay, average: momentum of the running
    average of the weights that is used in the end, 0 for none; dropout.
    """

    filters: tuple[int, ...] = (24, 48, 96)
    convolutions: int = 1
    residual: bool = False
    pool: str = "average"
    light: str = "none"
    shift: float = 0.04
    turn: float = 0.015
    zoom: float = 0.05
    flip: bool = False
    brightness: float = 0.2
    contrast: float = 0.4
    gamma: float = 0.0
    ramp: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    hole: int = 0
    mixup: float = 0.0
    smoothing: float = 0.0
    balanced: bool = False
    epochs: int = 9
    batch_size: int = 32
    learning_rate: float = 0.003
    weight_decay: float = 0.0
    average: float = 0.0
    dropout: float = 0.3

    def __post_init__(self):
        if self.light not in LIGHTS:
            raise ValueError(f"light: expected one of {', '.join(LIGHTS)}, found {self.light!r}.")
        if self.pool not in ("average", "grid"):
            raise ValueError(f"pool: expected average or grid, found {self.pool!r}.")


def read_recipes(path: Path = STUDY) -> dict[str, Recipe]:
    """The recipes of a study by their names. Raises ValueError for a setting that recipes do not have."""
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {field.name for field in fields(Recipe)}
    recipes = {}
    for name, changes in study["recipes"].items():
        settings = {}
        for part in changes.pop("as", []):
            settings |= study["parts"][part]
        settings |= changes
        if unknown := set(settings) - known:
            raise ValueError(
                f"{path.name}, {name}: no setting {sorted(unknown)[0]}; there are {', '.join(sorted(known))}."
            )
        recipes[name] = Recipe(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}
        )
    return recipes
