"""Where the parts of the repository lie: the one place that knows."""

from __future__ import annotations

import os
from pathlib import Path

from helpers.base.files import refusal

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
NOTEBOOKS = ROOT / "notebooks"
DATA = ROOT / "data"
CACHE_DIR_VARIABLE = "COURSE_CACHE_DIR"


def cache_folder() -> Path:
    """The folder that downloads go to: $COURSE_CACHE_DIR, or the user's cache folder where that is not set.

    Raises ImportError where pooch, which knows the user's, is not installed.
    """
    if named := os.environ.get(CACHE_DIR_VARIABLE):
        return Path(named)
    import pooch  # only here: it loads tqdm, which warns in every kernel that has no widgets

    return Path(pooch.os_cache("deep-learning-in-healthcare"))


def build_folder() -> Path:
    """The folder that results go to: build/ in the repository, or in the cache folder where that cannot be written."""
    build = NOTEBOOKS.parent / "build"
    return build if refusal(build) is None else cache_folder() / "build"
