"""Notebook 02 in JupyterLab itself, opened as `make lab` does, by a learner who runs, answers, unfolds and moves."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest
from browsing import complaints

from helpers.base.paths import NOTEBOOKS, ROOT

pytestmark = pytest.mark.thorough
LESSON = NOTEBOOKS / "02_cnn_imaging.ipynb"
FIRST = "01_background.ipynb"
LESSON_PATH = f"notebooks/{LESSON.name}"
PATIENCE = 120_000  # milliseconds for a step other than the whole run
WHOLE_RUN = 600_000
SERVER = ["--no-browser", "--allow-root", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
OPEN = "window.jupyterapp?.shell.currentWidget?.context?.model"  # the notebook in front, once it is there
CELLS = "window.jupyterapp.shell.currentWidget.content"


def cell_with(words: str) -> str:
    """JavaScript for the number of the code cell that holds these words."""
    held = f"one.model.type === 'code' && one.model.sharedModel.source.includes({words!r})"
    return f"{CELLS}.widgets.findIndex(one => {held})"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A folder with the notebooks of the course and its pages, for a learner to write in."""
    folder = tmp_path_factory.mktemp("learner")
    for part in (NOTEBOOKS, ROOT / "docs"):
        shutil.copytree(part, folder / part.name)
    return folder


@pytest.fixture(scope="module")
def lab(copy):
    """The address of JupyterLab, started as `make lab` does, with settings of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(copy / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir=.", LESSON_PATH, f"--port={port}", *SERVER]
    environment = os.environ | own | {"IPYTHONDIR": str(copy / "ipython")}
    with (copy / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=copy, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + PATIENCE / 1000
    while f"{address}/lab" not in (copy / "log.txt").read_text(encoding="utf-8"):
        assert server.poll() is None, (copy / "log.txt").read_text(encoding="utf-8")
        assert time.monotonic() < deadline, "JupyterLab does not start"
        time.sleep(0.2)
    yield f"{address}/lab/tree/{LESSON_PATH}"
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="module")
def learner(browser, lab):
    """JupyterLab's page with the notebook open and its kernel at rest; nothing may go wrong on it to the end."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(PATIENCE)
    wrong = complaints(page)
    page.goto(lab)
    page.wait_for_function(
        f"{OPEN} && window.jupyterapp.shell.currentWidget.sessionContext.kernelDisplayStatus === 'idle'"
    )
    page.wait_for_function(f"{OPEN}.getMetadata('language_info').version")
    yield page
    page.close()
    assert wrong == []


@pytest.fixture(scope="module")
def run(learner):
    """The page when all cells have run."""
    choose(learner, "Edit", "Clear Outputs of All Cells")
    choose(learner, "Run", "Run All Cells")
    last = f"{CELLS}.widgets.findLast(one => one.model.type === 'code').model"
    learner.wait_for_function(f"{last}.executionCount && {last}.outputs.length", timeout=WHOLE_RUN)
    return learner


def test_make_lab_starts_it_in_the_same_way():
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlab: env")[2].partition("\n\n")[0]
    assert 'lab --ServerApp.root_dir=. "$(firstword $(sort $(wildcard notebooks/' in recipe


def test_a_link_to_another_folder_of_the_course_opens(browser, lab):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(PATIENCE)
    aside = lab.replace("/lab/tree/", "/lab/workspaces/links/tree/")  # else what is open here is open for the learner
    page.goto(aside.replace(LESSON.name, FIRST))
    page.locator(".jp-RenderedMarkdown a", has_text="glossary").first.click()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.path === 'docs/glossary.md'")
    page.close()


def choose(page, menu: str, entry: str):
    """Pick an entry of JupyterLab's menus."""
    page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()


def shown(page, number: int):
    """The cell of this number, scrolled to and active."""
    page.evaluate(f"async number => {{ {CELLS}.activeCellIndex = number; await {CELLS}.scrollToItem(number) }}", number)
    return page.locator(".jp-Notebook .jp-Cell.jp-mod-active")


def answer(page, source: str) -> str:
    """What stands under the first exercise when its cell is written over with `source` and run."""
    cell = shown(page, page.evaluate(cell_with('check("02.1"')))
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(f'my_kernel = {source}\n\ncheck("02.1", my_kernel)')
    before = page.evaluate(f"{CELLS}.activeCell.model.executionCount")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"before => ({CELLS}.activeCell.model.executionCount ?? before) > before", arg=before)
    return cell.locator(".jp-OutputArea-output").inner_text()


def test_opening_changes_what_jupyterlab_knows_of_the_kernel_and_nothing_else(learner):
    """The file counts as changed because the version of Python is written into it; the lesson itself is as stored."""
    stored, opened = json.loads(LESSON.read_text(encoding="utf-8")), learner.evaluate(f"{OPEN}.toJSON()")
    changed = {key for key, value in opened["metadata"].items() if value != stored["metadata"].get(key)}
    assert changed == {"language_info"}
    assert [as_lines(cell["source"]) for cell in opened["cells"]] == [as_lines(c["source"]) for c in stored["cells"]]
    assert [cell["id"] for cell in opened["cells"]] == [cell["id"] for cell in stored["cells"]]


def as_lines(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def test_bookkeeping_is_folded(learner):
    folded = shown(learner, learner.evaluate(cell_with("claim(")))
    assert folded.locator(".jp-InputPlaceholder").is_visible()
    assert folded.locator(".cm-content").count() == 0 or not folded.locator(".cm-content").is_visible()


def test_every_cell_runs_and_the_last_output_is_seen(run):
    states = run.evaluate(
        f"{CELLS}.widgets.map(one => one.model).filter(one => one.type === 'code').map(one => one.toJSON())"
    )
    assert [cell["execution_count"] for cell in states] == list(range(1, len(states) + 1))
    assert [output for cell in states for output in cell["outputs"] if output["output_type"] == "error"] == []
    last = shown(run, run.evaluate(cell_with("check_quiz(")))
    last.get_by_text("Question 6: not answered yet").wait_for()


def test_a_wrong_answer_meets_its_hint_and_a_right_one_its_tick(run):
    assert "✗ not yet" in answer(run, "np.zeros((3, 3))")
    assert "signs" in answer(run, "np.zeros((3, 3))")
    assert "✓ correct" in answer(run, "np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])")


def test_a_slider_that_is_moved_redraws_its_figure(run):
    cell = shown(run, run.evaluate(cell_with("plots.control(")))
    figure, handle = cell.locator(".jp-OutputArea-output img").first, cell.locator(".noUi-handle").first
    before = figure.get_attribute("src")
    handle.focus()
    for _ in range(5):
        run.keyboard.press("ArrowRight")
    run.wait_for_function(
        "([image, before]) => image.isConnected ? image.src !== before : true", arg=[figure.element_handle(), before]
    )
    assert figure.get_attribute("src") != before
