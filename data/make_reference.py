"""Record the reference results: run each study of studies/real_*.yml, once per seed, and keep what it recorded.

    make real
    make real DATA=folder

The originals are found in $COURSE_DATA_DIR or the cache, or downloaded. A folder of copies whose hashes differ from
the originals' is named outright, with DATA. Only numbers are kept: no image, no executed notebook.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

from course.run.execute import run_notebook
from course.sweep.study_file import study_values
from helpers.base.paths import DATA, NOTEBOOKS, ROOT

STUDIES = {path.stem.removeprefix("real_"): study_values(path) for path in sorted(ROOT.glob("studies/real_*.yml"))}
PACKAGES = ("keras", "numpy", "scikit-learn")


def with_copy(parameters: dict[str, object], folder: Path | None) -> dict[str, object]:
    """The parameters with the path of the copy in the folder for the data set's name, where there is a copy."""
    name = str(parameters["dataset"])
    copy = folder / (name if Path(name).suffix else f"{name}.npz") if folder else None
    return parameters | {"dataset": str(copy.resolve())} if copy and copy.is_file() else parameters


def main(arguments: list[str] | None = None):
    """Run the studies and write data/reference/NOTEBOOK.json; stop at the first run that fails."""
    parser = argparse.ArgumentParser(description="Record the reference results on real data.")
    parser.add_argument("--data", type=Path, help="folder of copies to use by their path, such as pneumoniamnist.npz")
    parser.add_argument("notebooks", nargs="*", help=f"studies to run, of {', '.join(STUDIES)}; all without a name")
    given = parser.parse_args(arguments)
    folder = given.data
    unknown = [name for name in given.notebooks if name not in STUDIES]
    if unknown:
        parser.error(f"no study {unknown[0]}; there are {', '.join(STUDIES)}")
    if folder and not folder.is_dir():
        parser.error(f"--data: {folder} is no folder")
    for notebook in given.notebooks or STUDIES:
        parameters, seeds = STUDIES[notebook]["parameters"], STUDIES[notebook]["seeds"]
        results = {}
        for seed in seeds:
            with tempfile.TemporaryDirectory() as out:
                run = run_notebook(
                    NOTEBOOKS / f"{notebook}.ipynb", with_copy(parameters, folder) | {"seed": seed}, Path(out)
                )
            if not run.ok:
                raise SystemExit(f"{notebook} with seed {seed}: {run.cell}: {run.error}")
            print(f"{notebook}, seed {seed}: {run.seconds:.0f} s, {run.peak_mb:.0f} MB")
            results[str(seed)] = {
                name: None if value is None else round(value, 6) for name, value in run.results.items()
            }
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
