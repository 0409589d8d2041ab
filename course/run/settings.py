"""Settings of the user that would change what the course does: what is set aside, and what `course doctor` says of it.

Imports what the doctor may: Python's own modules, and of the course what imports no others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers import KERAS_BACKEND_GIVEN
from helpers.base.paths import ROOT

# Left out of the environment of kernels: code and filters that would run in each before the notebook's first cell.
LEFT_OUT = ("PYTHONSTARTUP", "PYTHONWARNINGS")
PACKAGES = ("course", "helpers")
HARMLESS = {
    "TF_USE_LEGACY_KERAS": "the course uses Keras 3 all the same",
    "CUDA_VISIBLE_DEVICES": "it says which graphics cards TensorFlow sees; the course needs none",
    "MPLBACKEND": "the course draws its figures without it",
    "PYTHONSTARTUP": "left out of `course run`; JupyterLab runs it before each notebook",
    "PYTHONWARNINGS": "left out of `course run`; it holds in JupyterLab, so unset it if a cell ends in a warning there",
}


@dataclass(frozen=True)
class Setting:
    """A setting that was found, what it means for the course, and what to do where the course cannot set it aside."""

    text: str
    todo: str = ""


def kernel_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for a process of the course, such as a kernel: the given one without what would change a run.

    >>> kernel_environment({"PYTHONWARNINGS": "error", "LANG": "C"})
    {'LANG': 'C'}
    """
    kept = {name: value for name, value in environment.items() if name not in LEFT_OUT}
    if kept.get("PYTHONPATH"):
        kept["PYTHONPATH"] = os.pathsep.join([str(ROOT), kept["PYTHONPATH"]])  # else its `helpers` would come first
    return kept


def user_settings(environment: Mapping[str, str], home: Path | None) -> Iterator[Setting]:
    """The settings of a user that touch the course, from the environment and from the files below a home folder."""
    if KERAS_BACKEND_GIVEN not in ("", "tensorflow"):
        yield Setting(f"KERAS_BACKEND={KERAS_BACKEND_GIVEN}: set aside, the course runs Keras on TensorFlow")
    yield from _keras_file(environment, home)
    for name, meaning in HARMLESS.items():
        if environment.get(name):
            yield Setting(f"{name}={environment[name]}: {meaning}")
    if not environment.get("PYTHONIOENCODING", "utf").lower().startswith("utf"):
        encoding = environment["PYTHONIOENCODING"]
        yield Setting(f"PYTHONIOENCODING={encoding}: the signs that it lacks are written by number, as in \\u2713")
    named = environment.get("MATPLOTLIBRC")
    folders = [Path(named)] if named else [home / ".config" / "matplotlib", home / ".matplotlib"] if home else []
    for file in (folder / "matplotlibrc" if folder.is_dir() else folder for folder in folders):
        if file.is_file():
            yield Setting(f"{file}: set aside, the course has its own style")
    folder = _folder(environment.get("IPYTHONDIR"), home, ".ipython")
    for file in sorted((folder / "profile_default" / "startup").glob("*.*py")) if folder else []:
        yield Setting(f"{file}: IPython runs it before each notebook; move it away if one behaves oddly")
    for place in filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)):
        other = next((name for name in PACKAGES if (Path(place) / name).is_dir()), None)
        if other and Path(place).resolve() != ROOT:
            found = f"PYTHONPATH holds {place}, and there another package `{other}`: JupyterLab would import that one"
            yield Setting(found, "unset PYTHONPATH before you start JupyterLab; the command `course` sets it aside")


def _keras_file(environment: Mapping[str, str], home: Path | None) -> Iterator[Setting]:
    """What Keras' own file of settings says that the course sets aside."""
    expected = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last", "backend": "tensorflow"}
    folder = _folder(environment.get("KERAS_HOME"), home, ".keras")
    try:
        said = json.loads((folder / "keras.json").read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):  # none, or one that Keras does not read either
        return
    other = [f"{key} {said[key]}" for key, usual in expected.items() if said.get(key, usual) != usual]
    if other:
        yield Setting(f"{folder / 'keras.json'}: {', '.join(other)}: set aside, the course has Keras' usual values")


def _folder(named: str | None, home: Path | None, usual: str) -> Path | None:
    """The folder that a variable names, else the usual one of the home folder, if there is any."""
    return Path(named) if named else home and home / usual
