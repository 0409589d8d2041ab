"""Studies: a YAML file that says which notebook to run with which values, and how often.

    notebook: "02"                     # number, name, or path (from the study's folder)
    profile: smoke                     # default where it is left out
    parameters: {draws: 200}           # the same in every run
    grid: {epochs: [1, 2, 4]}          # every combination of these
    random: {count: 10, seed: 1, axes: {dropout: {low: 0, high: 0.9}}}   # draws, each with every grid point
    seeds: [1, 2, 3]                   # every point once per seed; or repeats: 3

Every value is checked against the notebook's own declarations before anything runs. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.base.errors import RequestError

MAX_RUNS = 1000  # more than these only if somebody says so


class StudyError(RequestError):
    """A study that cannot be planned; the message names the file, the line and what to write instead."""

    def __init__(self, message: str, line: int = 0):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Job:
    """One run of a study. name: its folder's name; parameters: the values it sets, the seed among them."""

    name: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class Study:
    """A study, read and checked.

    fixed: values of every run, the profile's among them; grid: values of each axis; drawn: the random points;
    seeds: empty where the study leaves the seed alone. notebook_hash: SHA-256 of the notebook's cells' sources.
    """

    title: str
    notebook: Path
    profile: str
    fixed: Mapping[str, object]
    grid: Mapping[str, tuple]
    drawn: tuple[Mapping[str, object], ...]
    seeds: tuple[int, ...]
    notebook_hash: str

    @property
    def axes(self) -> tuple[str, ...]:
        """The parameters that differ between runs, without the seed."""
        return (*self.grid, *(self.drawn[0] if self.drawn else ()))

    @property
    def size(self) -> int:
        """How many runs the study asks for; counted without building them."""
        return math.prod(map(len, self.grid.values())) * max(1, len(self.drawn)) * max(1, len(self.seeds))

    def jobs(self) -> Iterator[Job]:
        """The runs, one by one, in the order of the file; the seed varies fastest."""
        points = itertools.product(*self.grid.values())
        seeds = [{"seed": seed} for seed in self.seeds] or [{}]
        combined = itertools.product(points, self.drawn or ({},), seeds)
        for number, (point, drawn, seed) in enumerate(combined, start=1):
            values = {**self.fixed, **dict(zip(self.grid, point, strict=True)), **drawn, **seed}
            digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
            yield Job(f"{number:05d}-{digest}", values)

    def identity(self) -> dict[str, object]:
        """All that decides the results, as JSON has it: two sweeps are the same study where these are equal."""
        return {
            "notebook": self.notebook.stem,
            "notebook_hash": self.notebook_hash,
            "profile": self.profile,
            "fixed": dict(self.fixed),
            "grid": {name: list(values) for name, values in self.grid.items()},
            "drawn": [dict(point) for point in self.drawn],
            "seeds": list(self.seeds),
        }


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """What differs between two identities of a study, one line each; the order of the axes counts, it numbers the runs.

    >>> differences({"grid": {"epochs": [1]}}, {"grid": {"epochs": [1, 2]}})
    ['grid epochs: was [1], is [1, 2]']
    """
    lines = []
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if key == "notebook_hash":
            lines.append("the notebook's cells have changed")
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
            lines += [f"{key} {name}: was {before.get(name)}, is {after.get(name)}" for name in names]
        else:
            lines.append(f"{key}: was {before}, is {after}")
    if not lines and list(old.get("grid", {})) != list(new.get("grid", {})):
        lines.append(f"grid: the order was {list(old['grid'])}, is {list(new['grid'])}")
    return lines


def sources_hash(notebook: Path) -> str:
    """SHA-256 over the sources and tags of a notebook's code cells: outputs and texts do not count."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()
