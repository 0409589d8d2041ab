"""The commands for studies: `course sweep`, `course results`, `course compare`, `course claims`.

Everything heavy is imported by the command that needs it, so that `course --help` answers at once.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import click

from course.run.terminal import ASSIGNMENT, FILE, FOLDER, NOTEBOOK, Command


@click.command("sweep", cls=Command)
@click.argument("study_file", metavar="STUDY.YAML", type=FILE)
@click.option(
    "--out", required=True, type=FOLDER, help="Folder for the runs; the same folder goes on where it stopped."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Runs at the same time.")
@click.option("--threads", type=click.IntRange(1, 1024), help="Threads of each worker [default: cores / workers].")
@click.option("--dry-run", is_flag=True, help="Show the plan and run nothing.")
@click.option("--measure", is_flag=True, help="With --dry-run: execute one run, keep it, and estimate from it.")
@click.option("--max-runs", type=click.IntRange(1), help="Allow more than 1000 runs, up to this many.")
@click.option("--retry-failed", is_flag=True, help="Run those that failed once more.")
@click.option("--warm", is_flag=True, help="Import once per worker, not once per run (Linux).")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Hand the runs to a Dask cluster instead of this machine.")
@click.option("-p", "assignments", multiple=True, type=ASSIGNMENT, help="Another value in every run.")
def sweep_command(
    study_file: Path, out: Path, workers: int, threads: int | None, assignments: tuple[tuple[str, str], ...], **options
):
    """Execute a study: one notebook with many values. Shows the plan, then runs what is missing in the folder.

    Exit code 0: all runs are there. 1: some failed, or the sweep could not go on. 2: the study makes no sense; nothing
    was started. Kill it at any moment: the same command continues, without losing or repeating a finished run.
    """
    from course.sweep.driver import missing, plan_lines
    from course.sweep.folder import Results
    from course.sweep.study import MAX_RUNS, StudyError
    from course.sweep.study_file import read_study

    if options["measure"] and not options["dry_run"]:
        raise click.UsageError("--measure goes with --dry-run.")
    if options["scheduler"] and options["warm"]:
        raise click.UsageError("--warm is for workers on this machine, not for a cluster.")
    study = read_study(study_file, dict(assignments))
    most = options["max_runs"] or MAX_RUNS
    if study.size > most:
        raise StudyError(
            f"{study_file}: {study.size} runs are more than {most}; allow them with --max-runs {study.size}"
        )
    results = Results(out)
    results.refuse_another(study)
    finished = results.finished()
    todo = missing(study, finished, options["retry_failed"])
    click.echo("\n".join(plan_lines(study, todo, finished, workers)))
    if options["dry_run"] and not (options["measure"] and todo):
        return
    with results.locked():
        results.refuse_another(study)  # what another sweep wrote before it let the folder go
        outcome = _execute(study, results, workers, threads, options)
    if options["dry_run"]:
        finished = results.finished()
        click.echo("\n".join(plan_lines(study, missing(study, finished), finished, workers)[-2:]))
        return
    for fault in outcome.faults:
        click.echo(f"FAILED {fault}", err=True)
    failed = outcome.failed + outcome.failed_before
    text = f"{outcome.ran} executed, {outcome.kept} kept from before, {failed or 'none'} failed"
    text += f", a claim off in {outcome.off}" if outcome.off else ""
    retry = " (--retry-failed repeats them)" if failed else ""
    click.echo(f"{text}{retry}. course results {out}; course compare {out}")
    sys.exit(failed > 0)


def _execute(study, results, workers: int, threads: int | None, options: dict):
    """Run what is missing with a bar on a terminal, on this machine or on a cluster."""
    from tqdm import tqdm

    from course.run.threads import threads_per_worker
    from course.sweep.driver import execute_sweep, missing
    from course.sweep.local import execute_locally

    if options["scheduler"]:
        from course.sweep.cluster import execute_on_cluster

        execute = functools.partial(execute_on_cluster, address=options["scheduler"], threads=threads or 1)
    else:
        if options["warm"]:
            from course.run.warm_kernels import can_fork

            if not can_fork():
                raise click.UsageError("--warm needs Linux; leave it out, and every run starts a kernel of its own.")
        threads = threads or threads_per_worker(workers)
        execute = functools.partial(execute_locally, workers=workers, threads=threads, warm=options["warm"])
    at_most = 1 if options["measure"] else None
    count = len(missing(study, results.finished(), options["retry_failed"])[:at_most])
    with tqdm(total=count, unit="run", desc=study.notebook.stem, disable=None) as bar:
        return execute_sweep(
            study,
            results,
            execute,
            retry_failed=options["retry_failed"],
            at_most=at_most,
            report=lambda run: bar.update(),
        )


@click.command("results", cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--format", "kind", default="csv", show_default=True, type=click.Choice(["csv", "json", "parquet"]))
@click.option("--out", type=FILE, help="File to write [default: print; DIR/results.parquet for Parquet].")
def results_command(folder: Path, kind: str, out: Path | None):
    """One table of a sweep's finished runs: parameters and recorded results, a row per run."""
    from course.sweep.folder import Results
    from course.sweep.results import sweep_table, write_table, written

    table = sweep_table(Results(folder))
    if out is None and kind != "parquet":
        click.echo(written(table, kind), nl=False)
        return
    out = out or folder / "results.parquet"
    write_table(table, kind, out)
    click.echo(f"{out}: {len(table)} runs")


@click.command("compare", cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--result", "chosen", multiple=True, metavar="NAME", help="Draw this result [default: the last four].")
def compare_command(folder: Path, chosen: tuple[str, ...]):
    """Write DIR/compare.html: mean and interval over the seeds, figures, and every run with its notebook."""
    from course.sweep.compare import write_comparison
    from course.sweep.folder import Results

    click.echo(write_comparison(Results(folder), chosen))


@click.command("claims", cls=Command)
@click.argument("notebooks", nargs=-1, required=True, metavar="NOTEBOOK...", type=NOTEBOOK)
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(2, 100), help="Runs, one seed each.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Runs at the same time.")
def claims_command(notebooks: tuple[Path, ...], seeds: int, workers: int):
    """Gather the evidence for the claims of each NOTEBOOK: at many seeds and under other arithmetic.

    Writes data/claims/NN.csv, and names each claim that is fragile (an end of its band nearer than 4 standard
    deviations) or idle (no wrong version named, or one inside the band). Runs that are there already count. Exit code
    1: a claim is fragile or idle, or too many of the course are expected to be off on a new machine.
    """
    from course.sweep.claim_runs import faults, gather, store
    from helpers.notebook.evidence import MOST_EXPECTED_OFF, course_expected_off

    count = 0
    for notebook in dict.fromkeys(notebooks):
        evidence = gather(notebook, seeds, workers)
        store(notebook, evidence)
        click.echo(f"{notebook.stem}: {len(evidence.claims)} claims, expected off in a run {evidence.expected_off:.2g}")
        for statement, fault in faults(evidence):
            click.echo(f"  {statement}\n      {fault}")
            count += 1
    expected = course_expected_off()
    click.echo(f"Expected claims off in one run of the whole course on a new machine: {expected:.2g}")
    sys.exit(count > 0 or expected >= MOST_EXPECTED_OFF)
