"""course.run.report: the page that `course run` ends with says all of every run, and fits any window."""

import html
import re
import shutil
import subprocess

import pytest

from course.run.execute import Run
from course.run.report import write_report
from helpers.notebook.claims import Claim

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
HELD, OFF = Claim("the AUC", 0.9, low=0.5), Claim("the loss", 9.0, high=3.0)
LONG = "better_network_at_threshold_validation_sensitivity_" * 5
FRAME = """<!DOCTYPE html><body><iframe style="border: 0; width: {width}px; height: 900px" srcdoc="{page}"></iframe>
<script>onload = () => {{
  const page = frames[0].document.documentElement;
  document.title = `${{page.scrollWidth}} of ${{page.clientWidth}}`;
}}</script></body>"""


def index_page(folder, runs) -> str:
    """The index page that some runs leave in a folder."""
    write_report(runs, folder, 14.3)
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def page(tmp_path):
    """The page of a run with forty results and a claim that is off, and of one that failed."""
    results = {f"{LONG}{number}": number / 7 for number in range(40)} | {"words": "x" * 200, "gap": None}
    parameters = {"dataset": f"/{LONG}.npz", "seed": 2}
    return index_page(
        tmp_path,
        [
            Run(tmp_path / "01_x.ipynb", parameters, 12.34, 345.6, results, claims=(HELD, OFF)),
            Run(tmp_path / f"02_{LONG}.ipynb", {}, 1, 2, {"a": 1}, cell=f"In [3] {LONG}", error=f"KeyError: '{LONG}'"),
            Run(tmp_path / "03_z.ipynb", {}, 1, 2),
        ],
    )


def test_each_notebook_has_a_row_and_its_results_a_table_that_folds(page):
    table, _, rest = page.partition("</table>")
    assert [re.sub("<.*?>", " ", row).split() for row in table.split("<tr>")[2:]] == [
        ["01_x", "ok", "1", "of", "2", "12.3", "346"],
        [f"02_{LONG}", "failed", "1.0", "2"],
        ["03_z", "ok", "1.0", "2"],
    ]
    folded = re.findall(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", rest, re.DOTALL)
    assert [summary for summary, _ in folded] == ["42 recorded results", "1 recorded result"]
    assert [len(re.findall("<tr>", results)) for _, results in folded] == [42, 1]
    assert re.search(rf"<th>{LONG}1</th>\s*<td>0.1429</td>", folded[0][1])
    assert re.search(rf"<th>words</th>\s*<td>{'x' * 200}</td>", folded[0][1])
    assert re.search(r"<th>gap</th>\s*<td>None</td>", folded[0][1])


def test_what_failed_what_is_off_and_other_values_are_said_unfolded(page):
    unfolded = html.unescape(re.sub(r"<details>.*?</details>|\s+", " ", page, flags=re.DOTALL))
    assert '<td class="failed">1 of 2</td>' in unfolded
    assert '<p class="failed">✗ the loss: measured 9, the text says at most 3</p>' in unfolded
    assert '<td class="failed">failed</td>' in unfolded
    assert f"<p class=\"failed\">In [3] {LONG}: KeyError: '{LONG}'</p>" in unfolded
    assert f"Parameters: dataset = '/{LONG}.npz', seed = 2 </p>" in unfolded
    assert unfolded.count("Parameters: as committed") == 2


def test_the_results_of_a_single_notebook_are_unfolded(tmp_path):
    assert "<details open>" in index_page(tmp_path, [Run(tmp_path / "01_x.ipynb", {}, 1, 2, {"a": 1})])


def test_texts_of_a_run_cannot_break_the_page(tmp_path):
    texts = {"results": {"<script>": "<script>"}, "cell": "In [1] <b>", "error": "E: <script>"}
    page = index_page(tmp_path, [Run(tmp_path / "01_<i>.ipynb", {"size": "<b>"}, 1, 2, **texts)])
    assert not re.findall("<script>|<b>|<i>", page)
    assert page.count("&lt;script&gt;") == 3
    assert "1 notebook in 14 s, 1 failed." in page


@pytest.mark.thorough
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
@pytest.mark.parametrize("width", [1200, 400])
def test_nothing_is_wider_than_the_window(page, width, tmp_path):
    """Folded open, in a frame as wide as the window: Chromium itself takes none under 500 pixels."""
    frame = tmp_path / "frame.html"
    unfolded = page.replace("<details>", "<details open>")
    frame.write_text(FRAME.format(width=width, page=html.escape(unfolded)), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom"]
    drawn = subprocess.run([BROWSER, *options, frame.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    needed, given = map(int, re.search(r"<title>(\d+) of (\d+)</title>", drawn.stdout).groups())
    assert width - 30 < given <= width
    assert needed <= given
