"""course.run.execute, course.run.report and course.site.refresh: what executing a notebook leaves behind."""

import asyncio
import csv
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
import sample_notebooks as sample
from jupyter_client.manager import AsyncKernelManager

from course.run import execute
from course.run.execute import PeakMemory, Run, anonymous_bytes, run_many, run_notebook
from course.run.report import claims_off, results_csv, summary, text_table, write_report
from course.site.refresh import refresh, tidy
from helpers.notebook.claims import Claim
from helpers.notebook.index import course_metadata, find_notebook, find_notebooks
from helpers.notebook.parameters import ParameterError
from helpers.notebook.running import as_written

CLAIMS = (Claim("the AUC", 0.9, low=0.5), Claim("the loss", 9.0, high=3.0))
SHADOW = {"argv": ["/nowhere/python", "-m", "ipykernel_launcher"], "display_name": "stale", "language": "python"}
WHERE = "import os, sys\nprint(sys.executable, os.getcwd(), os.environ['TF_CPP_MIN_LOG_LEVEL'], sep='\\n')"
AT_EXIT = "import atexit\nfrom pathlib import Path\natexit.register(Path('late').touch)\nprint('the last word')"
MEMORY = "block = bytearray(100_000_000)\nimport time\ntime.sleep(0.3)\ndel block"


@pytest.fixture
def folder(tmp_path):
    """A folder of three notebooks, of which only two have a number."""
    for name in ("02_later", "01_adding", "draft"):
        sample.write_notebook(tmp_path / f"{name}.ipynb")
    return tmp_path


def test_notebooks_come_in_the_order_of_their_numbers(folder):
    assert [notebook.stem for notebook in find_notebooks(folder)] == ["01_adding", "02_later"]


def test_nobody_waits_until_a_kernel_has_put_everything_away(tmp_path):
    path = sample.write_notebook(tmp_path / "01_adding.ipynb", [*sample.good_cells(), sample.code(AT_EXIT)])
    run = run_notebook(path, {}, tmp_path / "out")
    assert run.ok
    assert "the last word" in run.executed.read_text(encoding="utf-8")
    assert not (tmp_path / "late").exists(), "the kernel was asked to end, and waited for"


@pytest.mark.parametrize("text", ["02", "2", "02_later", "02_later.ipynb", "notebooks/02_later.ipynb"])
def test_a_notebook_is_found_by_number_name_or_file(folder, text):
    assert find_notebook(text, folder) == folder / "02_later.ipynb"


def test_a_notebook_is_found_by_its_path(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert find_notebook("draft.ipynb") == folder / "draft.ipynb"


@pytest.mark.parametrize(("text", "near"), [("2_later", "02_later"), ("adding", "01_adding"), ("02_lter", "02_later")])
def test_an_unknown_notebook_is_named_with_the_nearest(folder, text, near):
    with pytest.raises(ParameterError, match=rf"{text}: no such notebook.*01_adding.*did you mean {near}\?"):
        find_notebook(text, folder)


def test_a_number_that_is_not_there_has_no_nearest(folder):
    with pytest.raises(ParameterError, match=r"allowed: 01_adding, 02_later$"):
        find_notebook("12", folder)


def test_metadata_of_a_file_that_is_no_notebook(tmp_path):
    path = tmp_path / "01_x.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"01_x\.ipynb: expected a notebook"):
        course_metadata(path)


def test_memory_is_what_the_process_holds_alone():
    before = anonymous_bytes(psutil.Process())
    block = bytearray(50_000_000)
    assert 45e6 < anonymous_bytes(psutil.Process()) - before < 70e6
    del block


def test_nothing_watched_is_no_memory():
    assert PeakMemory().stop() == 0


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Three runs and their report: a good notebook, one that fails in its second cell, one whose kernel dies.

    A kernel called python3 of another environment stands first on Jupyter's path.
    """
    folder, out = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("out")
    shadow = tmp_path_factory.mktemp("jupyter")
    (shadow / "kernels" / "python3").mkdir(parents=True)
    (shadow / "kernels" / "python3" / "kernel.json").write_text(json.dumps(SHADOW), encoding="utf-8")
    good = sample.write_notebook(
        folder / "01_good.ipynb", [*sample.good_cells(), sample.code(WHERE), sample.code(MEMORY)]
    )
    failing = [sample.code(sample.PARAMETERS, tags=["parameters"]), sample.code("# divide\n1 / 0"), sample.code("2")]
    bad = sample.write_notebook(folder / "02_bad.ipynb", failing)
    dying = sample.write_notebook(folder / "03_dying.ipynb", [sample.code("import os\nos._exit(9)")])
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(shadow))
        jobs = [(bad, {"size": 2}), (dying, {}), (good, {"size": 4})]
        runs = run_many(jobs, out, report=lambda run: lines.append(run.notebook.stem))
    write_report(runs, out, 13.3)
    assert lines == ["02_bad", "03_dying", "01_good"]
    return {run.notebook.stem: run for run in runs}, out


def test_a_failing_notebook_is_named_with_cell_and_error_and_the_others_run(study):
    runs, _ = study
    assert (runs["02_bad"].cell, runs["02_bad"].error) == ("In [3] # divide", "ZeroDivisionError: division by zero")
    assert runs["02_bad"].executed.exists()
    assert runs["03_dying"].cell == "In [1] import os"
    assert "died" in runs["03_dying"].error
    assert runs["01_good"].ok
    assert runs["01_good"].results == {"total": 6}


TENSORFLOW = """Graph execution error:

Detected at node compile_loss/SparseSoftmaxCrossEntropyWithLogits defined at (most recent call last):
<stack traces unavailable>
  File "/nowhere/trainer.py", line 241, in function

Received a label value of 10 which is outside the valid range of [0, 10).  Label values: 1 2 3 10
\t [[{{node compile_loss/SparseSoftmaxCrossEntropyWithLogits}}]] [Op:__inference_1]"""
NUMPY = "\nArrays are not equal\n\n(shapes (2,), (3,) mismatch)"
RAISED = {
    f"class InvalidArgumentError(Exception): pass\nraise InvalidArgumentError({TENSORFLOW!r})": (
        "InvalidArgumentError: Graph execution error: Received a label value of 10 which is outside the valid range of "
        "[0, 10).  Label values: 1 2 3 10"
    ),
    f"raise AssertionError({NUMPY!r})": "AssertionError: Arrays are not equal",
    "total = 3\nassert total == 4": "AssertionError: raised without a message by assert total == 4",
    "def f():\n    raise KeyError\nf()": "KeyError: raised without a message by raise KeyError",
    "raise ValueError('two\\nlines')": "ValueError: two",
    "raise ValueError('what:')": "ValueError: what:",
}


def test_a_failure_in_one_line_says_what(tmp_path):
    for number, (source, said) in enumerate(RAISED.items(), start=1):
        notebook = sample.write_notebook(tmp_path / f"{number:02d}_bad.ipynb", [sample.code(source)])
        assert run_notebook(notebook, {}, tmp_path / "out").error == said


def test_the_kernel_is_this_interpreter_in_the_notebooks_folder(study):
    runs, _ = study
    cells = nbformat.read(runs["01_good"].executed, as_version=4).cells
    printed = next(cell.outputs[0].text for cell in cells if cell.source == WHERE).splitlines()
    assert printed == [sys.executable, str(runs["01_good"].notebook.parent), "3"]


def test_peak_memory_sees_what_was_held_for_a_moment(study):
    runs, _ = study
    assert 120 < runs["01_good"].peak_mb < 400
    assert runs["01_good"].peak_mb > runs["02_bad"].peak_mb + 80


def test_the_text_of_other_parameters_is_no_claim(study):
    runs, _ = study
    executed = runs["01_good"].executed.read_text(encoding="utf-8")
    assert "the sum: measured 6, the text says 3 to 3, for other parameters" in executed
    assert runs["01_good"].claims_held == ""


def test_what_a_cell_prints_slowly_is_one_text(tmp_path):
    """A kernel sends its text every 0.2 s: without joining, two runs of the same notebook differ by the clock."""
    slow = "import time\nfor part in 'abc':\n    print(part)\n    time.sleep(0.4)\ndisplay(1)\nprint('d')"
    notebook = sample.write_notebook(tmp_path / "01_slow.ipynb", [*sample.good_cells(), sample.code(slow)])
    run = run_notebook(notebook, {}, tmp_path / "out")
    assert run.error is None
    assert sample.pictures_and_texts(run.executed)[-1] == [["a\n", "b\n", "c\n"], {"text/plain": ["1"]}, ["d\n"]]


def test_a_line_written_over_is_stored_as_it_ends(tmp_path):
    """The streams stay apart and in order, and a progress bar leaves its last state, as it does on a screen."""
    bar = "import sys\nfor n in range(3):\n    print(f'\\r{n}/2', end='', flush=True)\nprint('\\nend')"
    mixed = "print('a', flush=True)\nprint('b', file=sys.stderr, flush=True)\nprint('c', end='\\r\\n')"
    notebook = sample.write_notebook(tmp_path / "01_bar.ipynb", [sample.code(bar), sample.code(mixed)])
    run = run_notebook(notebook, {}, tmp_path / "out")
    assert run.error is None
    assert sample.pictures_and_texts(run.executed) == [[["2/2\n", "end\n"]], [["a\n"], ["b\n"], ["c\r\n"]]]


def test_results_are_a_table_a_program_reads(study):
    _, out = study
    rows = list(csv.DictReader((out / "results.csv").open(encoding="utf-8")))
    assert [(row["notebook"], row["status"], row["total"]) for row in rows] == [
        ("02_bad", "failed", ""),
        ("03_dying", "failed", ""),
        ("01_good", "ok", "6"),
    ]
    assert json.loads(rows[0]["parameters"]) == {"size": 2}
    assert rows[0]["error"] == "ZeroDivisionError: division by zero"


def test_the_page_opens_every_executed_notebook(study):
    _, out = study
    page = (out / "index.html").read_text(encoding="utf-8")
    for name in ("01_good", "02_bad", "03_dying"):
        assert f'href="{name}.html"' in page
        assert (out / f"{name}.html").stat().st_size > 10_000
    assert re.search(r"<th>total</th>\s*<td>6</td>", page)
    assert "src=" not in page
    assert "://" not in page
    assert not list(out.glob("*.part"))


def test_the_table_in_the_terminal(tmp_path):
    runs = [
        Run(tmp_path / "01_x.ipynb", {}, 12.34, 345.6, {"a": 1, "b": 0.123456, "c": "x", "d": True}, claims=CLAIMS),
        Run(tmp_path / "02_yy.ipynb", {}, 1, 2, cell="In [3] f()", error="KeyError: 'z'"),
    ]
    lines = text_table(runs).splitlines()
    assert lines[0].split() == ["notebook", "status", "seconds", "peak", "MB", "claims", "key", "results"]
    assert lines[2].split() == ["01_x", "ok", "12.3", "346", "1", "of", "2", "b", "0.1235,", "c", "x,", "d", "True"]
    assert lines[3].endswith("In [3] f(): KeyError: 'z'")
    assert results_csv(runs).splitlines()[0].endswith("cell,error,claims,claims_off,a,b,c,d")
    assert "the loss: measured 9, the text says at most 3" in results_csv(runs)
    assert claims_off(runs) == ["01_x: ✗ the loss: measured 9, the text says at most 3"]
    assert summary(runs, 13.3) == "2 notebooks in 13 s, 1 failed. Claims held: 1 of 2."


def test_a_file_that_is_no_notebook_fails_alone(tmp_path):
    broken = tmp_path / "01_broken.ipynb"
    broken.write_text("{", encoding="utf-8")
    run = run_notebook(broken, {}, tmp_path / "out")
    assert (run.ok, run.cell, run.executed) == (False, "before the first cell", None)
    write_report([run], tmp_path / "out", 0.1)


def test_refreshing_twice_stores_the_same_bytes(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    cells = [cell for cell in sample.good_cells() if cell.cell_type == "code"]
    assert refresh(notebook).ok
    first = notebook.read_bytes()
    assert refresh(notebook).ok
    assert notebook.read_bytes() == first
    stored = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in stored] == list(range(1, len(cells) + 1))
    assert [cell.outputs for cell in stored[:-1]] == [cell.outputs for cell in cells[:-1]]
    assert as_written(notebook) == sample.COURSE["as_written"]


def test_a_notebook_that_fails_is_not_stored(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_bad.ipynb", [sample.code("1 / 0", sample.text("1"))])
    before = notebook.read_bytes()
    assert refresh(notebook).error.startswith("ZeroDivisionError")
    assert notebook.read_bytes() == before


def test_a_value_just_changed_counts_as_written_if_the_notebook_runs_with_it(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    for cell, old, new, runs in (
        (2, "= 0.5", "= 0.25", True),
        (2, "= 3", "= 4", True),
        (4, "sum(", "1 / 0 + (", False),
    ):
        changed = nbformat.read(notebook, as_version=4)
        changed.cells[cell].source = changed.cells[cell].source.replace(old, new)
        nbformat.write(changed, notebook)
        assert refresh(notebook).ok == runs
        assert "Not the values" not in notebook.read_text(encoding="utf-8")
    assert as_written(notebook) == {"size": 4, "share": 0.25, "shape": "plain", "seed": 1}


def test_tidying_keeps_what_is_the_lessons(tmp_path):
    path = sample.write_notebook(tmp_path / "01_adding.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["papermill"] = {"duration": 1}
    notebook.metadata.language_info["version"] = "3.11.7"
    notebook.cells[2].metadata["execution"] = {"iopub.execute_input": "2026"}
    tidy(notebook)
    assert set(notebook.metadata) == {"course", "kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    assert notebook.cells[2].metadata == {"tags": ["parameters"]}


def test_kernels_that_start_at_once_do_not_fight_for_a_port(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    near, far = (execute.kernel_class(tmp_path, PeakMemory(), Path(name))() for name in ("sockets", "x" * 90))
    assert near.transport == ("ipc" if sys.platform == "linux" else "tcp")
    assert far.transport == "tcp"
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda k: run_notebook(notebook, {}, tmp_path / str(k)), range(8)))
    assert [run.error for run in runs] == [None] * 8


def test_a_kernel_is_interrupted_while_it_works_and_not_on_its_way_out(tmp_path, monkeypatch):
    """It would log that as an error after the last cell."""
    interrupted = []

    async def interrupt(self):
        interrupted.append(self.shutting_down)

    monkeypatch.setattr(AsyncKernelManager, "_async_interrupt_kernel", interrupt)
    kernel = execute.kernel_class(tmp_path, PeakMemory(), tmp_path)()
    asyncio.run(kernel._async_interrupt_kernel())
    kernel.shutting_down = True
    asyncio.run(kernel._async_interrupt_kernel())
    assert interrupted == [False]
