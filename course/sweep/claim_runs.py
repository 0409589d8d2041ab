"""Gather the evidence for a notebook's claims: run it at many seeds and under other arithmetic, and store what it says.

The runs are sweeps, so they resume where they were stopped; their folder is named after what the notebook computes, so
a changed band or text repeats none of them. Nothing here imports TensorFlow.
"""

from __future__ import annotations

import functools
import itertools
import platform
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course.run.threads import threads_per_worker
from course.run.warm_kernels import can_fork
from course.sweep.driver import execute_sweep
from course.sweep.folder import Results, SweepError
from course.sweep.local import execute_locally
from course.sweep.study import Study
from course.sweep.worker import NOTEBOOK
from helpers.base.files import write_whole
from helpers.base.paths import ROOT
from helpers.notebook.claims import Claim, claims_of
from helpers.notebook.evidence import Evidence, Fingerprint, evidence_file, fingerprint, summarise

RUNS = ROOT / "build" / "claims"
# The first of these, as many as are asked for; then one for each ARITHMETIC. Far apart, since a notebook that repeats a
# fit takes seed, seed + 1, ... for it, and neighbours would share most of their fits.
SEEDS = range(1000, 100_001, 1000)
# How another processor looks from here: other kernels in TensorFlow and in NumPy's OpenBLAS, so other rounding. The
# course switches oneDNN's operations off (helpers/__init__.py); TensorFlow multiplies matrices with its GEMM all the
# same, which ONEDNN_MAX_CPU_ISA sets.
ARITHMETIC = (
    {"TF_ENABLE_ONEDNN_OPTS": "1"},
    {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    {"TF_ENABLE_ONEDNN_OPTS": "1", "ONEDNN_MAX_CPU_ISA": "AVX"},
    {"OPENBLAS_CORETYPE": "Nehalem"},
)


def gather(notebook: Path, seeds: int, workers: int, out: Path | None = None) -> Evidence:
    """Run a notebook as committed at so many seeds, and once under each ARITHMETIC at further seeds; what that says.

    out: folder for the runs; what is there is not run again. Raises SweepError where a run fails.
    """
    import nbformat

    stored = nbformat.read(notebook, as_version=4)
    of = fingerprint(stored)
    folder = (out or RUNS) / f"{notebook.stem}-{of.cells}"
    threads = threads_per_worker(workers)
    _run(_study(notebook, of, SEEDS), folder / "seeds", {}, workers, threads, at_most=seeds)
    others = [
        (_study(notebook, of, [seed]), folder / _named(settings).replace(" ", "-"), settings)
        for seed, settings in zip(itertools.count(SEEDS[-1] + SEEDS.step, SEEDS.step), ARITHMETIC, strict=False)
    ]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda other: _run(*other, workers=1, threads=threads), others))
    folders = [folder / "seeds", *(results for _, results, _ in others)]
    runs = [run for one in folders for run in _claims(Results(one))]
    about = {
        "processor": processor(),
        "runs": f"{len(runs) - len(others)} seeds from {SEEDS.start} in steps of {SEEDS.step}; then "
        + "; ".join(map(_named, ARITHMETIC)),
        "versions": _versions(folders),
    }
    return Evidence(of, about, summarise(claims_of(stored), runs))


def store(notebook: Path, evidence: Evidence):
    """Write the evidence to data/claims/NN.csv."""
    path = evidence_file(notebook.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, evidence.written())


def faults(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The claims that are fragile or idle, each with why."""
    for claim in evidence.claims:
        if claim.fragile:
            ends = ", ".join(
                f"{end} end {distance:.1f} SD away"
                for end, distance in (("lower", claim.below), ("upper", claim.above))
                if distance is not None
            )
            yield claim.statement, f"fragile: off in {claim.off} of {claim.n} runs, {ends}"
        if claim.idle:
            inside = [name for name, value in claim.rivals.items() if claim.contains(value)]
            yield claim.statement, f"idle: {', '.join(inside)} would pass" if inside else "idle: no rival is named"


def processor() -> str:
    """The processor by its name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        facts = {key.strip(): value.strip() for key, value in facts.items()}
        sets = [one for one in ("avx2", "avx512f", "amx_tile") if one in facts.get("flags", "").split()]
        return " ".join([facts.get("model name", platform.machine()), *sets])
    except OSError:  # not Linux
        return platform.processor() or platform.machine()


def _study(notebook: Path, of: Fingerprint, seeds: Sequence[int]) -> Study:
    return Study(
        title=f"Claims of {notebook.stem}",
        notebook=notebook,
        profile="default",
        fixed={},
        grid={},
        drawn=(),
        seeds=tuple(seeds),
        notebook_hash=of.cells,
    )


def _run(
    study: Study, folder: Path, settings: Mapping[str, str], workers: int, threads: int, at_most: int | None = None
):
    """Execute what is missing of a study's runs, up to so many in all."""
    results = Results(folder)
    execute = functools.partial(execute_locally, workers=workers, threads=threads, warm=can_fork(), settings=settings)
    with results.locked():
        results.refuse_another(study)
        missing = (study.size if at_most is None else at_most) - len(results.finished())
        outcome = execute_sweep(study, results, execute, at_most=max(0, missing))
    if outcome.failed or outcome.failed_before:
        raise SweepError(f"{study.notebook.stem}: a run failed; see {folder}, delete it, and try again")


def _claims(results: Results) -> Iterator[list[Claim]]:
    """The claims of each finished run."""
    import nbformat

    for name in results.finished():
        yield claims_of(nbformat.read(results.runs / name / NOTEBOOK, as_version=4))


def _versions(folders: Sequence[Path]) -> str:
    """What the runs were executed with, as they noted it: where that changed on the way, all that it was."""
    noted: dict[str, dict[str, None]] = {}
    for folder in folders:
        for run in Results(folder).finished().values():
            for name, value in run["versions"].items():
                noted.setdefault(name, {})[value] = None
    return ", ".join(f"{name} {' and '.join(values)}" for name, values in noted.items())


def _named(settings: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())
