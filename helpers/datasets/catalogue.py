"""The catalogue of data sets (data/catalogue.yml): addresses, hashes, licences, class names and known faults."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "catalogue.yml"


@cache
def read_catalogue() -> dict[str, dict]:
    """Every downloadable data set by name, as written in data/catalogue.yml.

    >>> read_catalogue()["pneumoniamnist"]["classes"]
    ['normal', 'pneumonia']
    """
    return yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
