"""Record the reference results: run each study's notebook on real data, once per seed, and keep what it recorded.

    make real

The data are found in $COURSE_DATA, or downloaded. Only numbers are kept: no image, no executed notebook.
"""

from __future__ import annotations

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

from helpers.parameters import NOTEBOOKS
from helpers.reference import DATA
from helpers.runs import run_notebook

STUDIES = {"02_cnn_imaging": {"dataset": "pneumoniamnist"}}
SEEDS = (1, 2, 3, 4, 5)
PACKAGES = ("keras", "numpy", "scikit-learn")


def main():
    """Run every study and write data/reference/NOTEBOOK.json; stop at the first run that fails."""
    for notebook, parameters in STUDIES.items():
        results = {}
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as out:
                run = run_notebook(NOTEBOOKS / f"{notebook}.ipynb", parameters | {"seed": seed}, Path(out))
            if not run.ok:
                raise SystemExit(f"{notebook} with seed {seed}: {run.cell}: {run.error}")
            print(f"{notebook}, seed {seed}: {run.seconds:.0f} s, {run.peak_mb:.0f} MB")
            results[str(seed)] = {name: round(value, 6) for name, value in run.results.items()}
        stored = {
            "notebook": notebook,
            "parameters": parameters,
            "versions": {package: version(package) for package in PACKAGES},
            "results": results,
        }
        path = DATA / "reference" / f"{notebook}.json"
        path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
