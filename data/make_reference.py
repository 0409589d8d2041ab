"""Record the reference results: run each study of studies/real_*.yml, once per seed, and keep what it recorded.

    make real
    make real DATA=folder

The originals are found in $COURSE_DATA_DIR or the cache, or downloaded; DATA names such a folder outright. A file in it
with another hash than the original's, or of a set that the catalogue does not have, is used by its path, and the stored
results say so (`files`). The runs are a sweep under build/reference, so what was stopped goes on
where it was; another study, copy or code begins anew. Only numbers are kept: no image, no executed notebook.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path

from course.run.code_version import code_hash
from course.run.threads import available_cores
from course.run.warm_kernels import can_fork
from course.sweep.driver import execute_sweep
from course.sweep.folder import Results
from course.sweep.local import execute_locally
from course.sweep.study import Study
from course.sweep.study_file import read_study, study_values
from helpers.base.paths import DATA, ROOT
from helpers.datasets.sources.catalogue import remote_files, set_and_size
from helpers.datasets.sources.download import DATA_DIR_VARIABLE, file_hash

FILES = {path.stem.removeprefix("real_"): path for path in sorted(ROOT.glob("studies/real_*.yml"))}
RUNS = ROOT / "build" / "reference"
PACKAGES = ("keras", "numpy", "scikit-learn")


def copy_of(dataset: str, folder: Path | None) -> dict[str, str]:
    """The path of the copy of a data set in a folder, as the value of the parameter `dataset`.

    Empty where the set is to be loaded by its name: the folder has no copy, or it has the original's very bytes.
    """
    copy = folder / (dataset if Path(dataset).suffix else f"{dataset}.npz") if folder else None
    if copy is None or not copy.is_file() or _is_original(dataset, copy):
        return {}
    return {"dataset": str(copy.resolve())}


def files_of(parameters: dict[str, object], folder: Path | None) -> dict[str, str]:
    """The paths of the files that the other parameters of a study name, as values of these parameters.

    A name with an ending is a file of the folder, such as chest_nih/nih_pneumonia_28.npz.
    """
    named = {name: value for name, value in parameters.items() if isinstance(value, str) and Path(value).suffix}
    named.pop("dataset", None)
    return {name: str((folder / value).resolve()) for name, value in named.items() if folder}


def _is_original(dataset: str, copy: Path) -> bool:
    if set_and_size(dataset) is None:
        return False
    (file,) = remote_files(dataset)
    algorithm, known = file.known_hash.split(":")
    return file_hash(copy, algorithm) == known


def run_study(study: Study) -> dict[str, dict[str, object]]:
    """What each run of a study recorded, by its seed; ends the program where a run fails."""
    digest = hashlib.sha256(json.dumps([study.identity(), code_hash()]).encode()).hexdigest()[:12]
    results = Results(RUNS / f"{study.notebook.stem}-{digest}")
    execute = functools.partial(execute_locally, workers=1, threads=available_cores(), warm=can_fork())
    with results.locked():
        tally = execute_sweep(study, results, execute, retry_failed=True, report=_tell)
    if tally.failed:
        raise SystemExit(tally.faults[0])
    by_seed = sorted(results.finished().values(), key=lambda run: run["seed"])
    return {str(run["seed"]): {name: _rounded(value) for name, value in run["results"].items()} for run in by_seed}


def _tell(run: dict[str, object]):
    print(f"{run['notebook']}, seed {run['seed']}: {run['seconds']:.0f} s, {run['peak_mb']:.0f} MB")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def main(arguments: list[str] | None = None):
    """Run the studies and write data/reference/NOTEBOOK.json; stop at the first run that fails."""
    parser = argparse.ArgumentParser(description="Record the reference results on real data.")
    parser.add_argument("--data", type=Path, help="folder of originals and copies, such as pneumoniamnist.npz")
    parser.add_argument("notebooks", nargs="*", help=f"studies to run, of {', '.join(FILES)}; all without a name")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.notebooks if name not in FILES]
    if unknown:
        parser.error(f"no study {unknown[0]}; there are {', '.join(FILES)}")
    if given.data and not given.data.is_dir():
        parser.error(f"--data: {given.data} is no folder")
    if given.data:
        os.environ[DATA_DIR_VARIABLE] = str(given.data.resolve())
    for name in given.notebooks or FILES:
        parameters = study_values(FILES[name])["parameters"]
        dataset = parameters.get("dataset", "")  # without one, that of the notebook
        copy = copy_of(dataset, given.data) | files_of(parameters, given.data)
        study = read_study(FILES[name], copy)
        stored = {
            "notebook": study.notebook.stem,
            "parameters": parameters,  # as the study has them: the name of the data set, and no path
            "files": "copy" if copy or Path(dataset).suffix else "original",
            "versions": {package: version(package) for package in PACKAGES},
            "results": run_study(study),
        }
        path = DATA / "reference" / f"{name}.json"
        path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
