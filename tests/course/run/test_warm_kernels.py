"""course.run.warm_kernels: a forked kernel gives what a fresh one gives, and starts with nothing of the one before."""

import json
import os

import pytest
import sample_notebooks as sample
from sample_sweeps import ended, wait_for

from course.run.warm_kernels import WarmKernels, can_fork, imported_modules
from course.sweep.worker import execute

pytestmark = pytest.mark.skipif(not can_fork(), reason="warm kernels need Linux")
STATE = """import os
import random
import numpy as np
import helpers.notebook.claims
print("left over:", "leftover" in globals(), hasattr(helpers.notebook.claims, "touched"), "TOUCHED" in os.environ)
leftover = helpers.notebook.claims.touched = os.environ["TOUCHED"] = "yes"
np.random.seed(seed)
print(np.random.rand(), np.get_printoptions()["precision"])
np.set_printoptions(precision=2)"""
PLACE = 'record("place", f"{os.getcwd()} {__name__} {sys.path[0]}")'


def run(notebook, folder, parameters, warm=None):
    return execute({"name": "x", "notebook": str(notebook), "parameters": parameters, "folder": str(folder)}, warm)


def shown(folder):
    """Everything that the executed notebook shows."""
    return sample.pictures_and_texts(folder / "notebook.ipynb")


def test_only_what_stands_at_the_top_of_a_cell_is_imported(tmp_path):
    cells = [
        "import numpy as np, os\nfrom helpers.notebook.claims import record",
        "%matplotlib inline",
        "if x:\n    import torch",
    ]
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb", [sample.code(source) for source in cells])
    assert imported_modules(notebook) == ["numpy", "os", "helpers.notebook.claims"]


def test_a_warm_kernel_gives_what_a_fresh_one_gives_and_keeps_nothing(tmp_path):
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, size]);"
    cells = [*sample.good_cells(), *(sample.code(source) for source in (STATE, "import sys", PLACE, figure))]
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb", cells)
    origin = WarmKernels(notebook)
    try:
        for number, size in enumerate((5, 3, 5)):
            warm = run(notebook, tmp_path / f"warm{number}", {"size": size}, origin)
            assert (warm["status"], warm["warm"]) == ("ok", True), warm["error"]
    finally:
        origin.close()
    fresh = run(notebook, tmp_path / "fresh", {"size": 5})
    assert fresh["status"] == "ok", fresh["error"]
    assert shown(tmp_path / "warm0") == shown(tmp_path / "warm2") == shown(tmp_path / "fresh")
    assert warm["results"] == fresh["results"]
    assert warm["results"]["total"] == 10
    assert "left over: False False False" in json.dumps(shown(tmp_path / "warm2"))
    assert shown(tmp_path / "warm1") != shown(tmp_path / "fresh")


def test_kernels_of_one_origin_do_not_draw_the_same_unseeded_numbers(tmp_path):
    draw = 'import random\nimport numpy as np\nrecord("drawn", f"{np.random.rand()} {random.random()}")'
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb", [sample.code(sample.IMPORTS), sample.code(draw)])
    origin = WarmKernels(notebook)
    try:
        drawn = [run(notebook, tmp_path / str(k), {}, origin)["results"]["drawn"].split() for k in range(2)]
    finally:
        origin.close()
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


def test_a_kernel_that_dies_is_told_and_the_next_one_is_well(tmp_path):
    die = 'import os, signal\nif size == 9:\n    os.kill(os.getpid(), signal.SIGKILL)\nrecord("alive", True)'
    cells = [sample.code(sample.IMPORTS), sample.code(sample.PARAMETERS, tags=["parameters"]), sample.code(die)]
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb", cells)
    origin = WarmKernels(notebook)
    try:
        dead = run(notebook, tmp_path / "dead", {"size": 9}, origin)
        well = run(notebook, tmp_path / "well", {"size": 2}, origin)
    finally:
        origin.close()
    assert (dead["status"], dead["error"].split(":")[0]) == ("failed", "DeadKernelError")
    assert well["results"] == {"alive": True}


def test_a_kernel_ends_with_its_origin(tmp_path):
    notebook = sample.write_notebook(tmp_path / "01_adding.ipynb")
    origin = WarmKernels(notebook)
    connection = tmp_path / "connection.json"
    command = ["python", "-m", "ipykernel_launcher", "-f", str(connection)]
    (tmp_path / "log.txt").touch()
    saved = os.dup(2)
    log = os.open(tmp_path / "log.txt", os.O_WRONLY)
    try:
        os.dup2(log, 2)
        kernel = origin.fork(command, cwd=str(tmp_path), env=dict(os.environ))
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(log)
    wait_for(connection.exists)
    assert kernel.poll() is None
    origin.close()
    wait_for(lambda: ended(kernel.pid), 60)
