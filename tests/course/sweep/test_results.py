"""course.sweep.results and course.sweep.compare: the table of a sweep, means with intervals, and the page."""

import io
import json
import math
from html.parser import HTMLParser

import pandas as pd
import pytest
import sample_notebooks as sample
from click.testing import CliRunner

from course.cli import main
from course.sweep.driver import execute_sweep
from course.sweep.figures import study_figure
from course.sweep.folder import Results, SweepError
from course.sweep.results import result_names, summarise, sweep_table, write_table, written
from course.sweep.study import StudyError
from course.sweep.study_file import read_study
from course.sweep.work import Done


def make_sweep(folder, axes="grid: {size: [2, 4], share: [0, 0.5]}\nrepeats: 3", score=None, title="Sums", fail=None):
    """A finished sweep whose results are made up here: runs without a notebook being executed."""
    sample.write_notebook(folder / "01_adding.ipynb")
    path = folder / "study.yml"
    path.write_text(f"title: {title!r}\nnotebook: 01_adding.ipynb\n{axes}\n", encoding="utf-8")
    results = Results(folder / "out")
    score = score or (lambda values: values["size"] + values["share"] + values["seed"] / 10)

    def execute(works, take):
        for work in works:
            values = {"size": 3, "share": 0.5, "shape": "plain", "seed": 1} | dict(work.job.parameters)
            failed = fail is not None and fail(values)
            run = {
                "name": work.job.name,
                "status": "failed" if failed else "ok",
                "parameters": values,
                "results": {} if failed else {"total": score(values), "shape": "round", "label": "a", "gap": None},
                "claims": 2,
                "claims_off": ["the sum: measured 9, the text says at most 3"] if values["size"] == 4 else [],
                "seconds": 2.0,
                "peak_mb": 50.0,
                "cell": "In [4] <x>" if failed else None,
                "error": "ValueError: a < b & c" if failed else None,
            }
            work.folder.mkdir()
            (work.folder / "results.json").write_text(json.dumps(run), encoding="utf-8")
            (work.folder / "notebook.ipynb").write_text("{}", encoding="utf-8")
            take(Done(work, run))

    with results.locked():
        execute_sweep(read_study(path), results, execute)
    return results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return make_sweep(tmp_path_factory.mktemp("sweep"))


def test_the_table_has_a_row_per_run_and_a_column_per_value(results):
    table = sweep_table(results)
    assert len(table) == 12
    about = ["name", "status", "seconds", "peak_mb", "claims", "claims_off", "cell", "error"]
    assert list(table) == [*about, "size", "share", "shape", "seed", "total", "result_shape", "label", "gap"]
    assert table["total"].tolist()[:3] == pytest.approx([2.1, 2.2, 2.3])
    assert set(table["result_shape"]) == {"round"}
    assert result_names(table, results) == ["total"]


def test_csv_and_json_say_the_same(results):
    table = sweep_table(results)
    from_csv = pd.read_csv(io.StringIO(written(table, "csv")))
    from_json = json.loads(written(table, "json"))
    assert from_csv["total"].tolist() == [row["total"] for row in from_json] == table["total"].tolist()
    assert from_json[0]["gap"] is None
    assert from_json[0]["size"] == 2


def test_the_command_prints_or_writes_the_table(results, tmp_path):
    printed = CliRunner().invoke(main, ["results", str(results.out)])
    assert printed.output == written(sweep_table(results), "csv")
    path = tmp_path / "table.json"
    told = CliRunner().invoke(main, ["results", str(results.out), "--format", "json", "--out", str(path)])
    assert told.output.strip().endswith("table.json: 12 runs")
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 12


def test_parquet_is_written_or_what_to_install_is_said(results, tmp_path, monkeypatch):
    table = sweep_table(results)
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        with pytest.raises(SweepError, match=r"pyarrow, which is not installed.*\[parquet\]"):
            write_table(table, "parquet", tmp_path / "table.parquet")
        assert list(tmp_path.iterdir()) == []
    else:
        write_table(table, "parquet", tmp_path / "table.parquet")
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "table.parquet"), table)


@pytest.mark.parametrize("command", ["results", "compare"])
def test_a_folder_without_a_sweep_is_refused(command, tmp_path):
    refused = CliRunner().invoke(main, [command, str(tmp_path)])
    assert refused.exit_code == 1
    assert "holds no study.json" in refused.output


def test_the_interval_is_students():
    """Values 1 to 5: mean 3, s² = 2.5, and t(0.975; 4) = 2.776 in every printed table: 3 ± 2.776 · sqrt(0.5)."""
    table = pd.DataFrame({"status": ["ok"] * 5 + ["failed"], "x": [7] * 6, "score": [1, 2, 3, 4, 5, 99]})
    (row,) = summarise(table, ["x"], "score").to_dict("records")
    assert (row["x"], row["n"], row["mean"]) == (7, 5, 3)
    assert row["high"] - row["mean"] == pytest.approx(2.776 * math.sqrt(0.5), abs=5e-4)
    assert row["mean"] - row["low"] == pytest.approx(row["high"] - row["mean"])
    (one,) = summarise(table[:1], [], "score").to_dict("records")
    assert (one["n"], one["mean"]) == (1, 1)
    assert math.isnan(one["low"])


def test_means_are_taken_over_the_seeds_at_each_point(results):
    summary = summarise(sweep_table(results), ["size", "share"], "total")
    assert summary[["size", "share", "n"]].values.tolist() == [[2, 0, 3], [2, 0.5, 3], [4, 0, 3], [4, 0.5, 3]]
    assert summary["mean"].tolist() == pytest.approx([2.2, 2.7, 4.2, 4.7])


@pytest.mark.parametrize(
    ("axes", "kind"),
    [
        ([], "points"),
        (["number"], "line"),
        (["word"], "points"),
        (["number", "word"], "heat map"),
        (["number", "word", "third"], "panels"),
    ],
)
def test_the_figure_follows_the_number_of_axes(axes, kind):
    points = pd.DataFrame({"number": [1, 1, 2, 2], "word": ["a", "b"] * 2, "third": [True, False] * 2})
    count = {0: 1, 1: 2}.get(len(axes), 4)
    summary = points[axes].drop_duplicates()[:count] if axes else pd.DataFrame(index=[0])
    summary = summary.assign(n=3, mean=[0.5, 0.7, 0.6, 0.9][:count], low=0.4, high=1.0)
    figure, alt = study_figure(summary, axes, "test_auc", [])
    panels = [panel for panel in figure.axes if panel.get_visible()]
    if kind == "heat map":
        assert panels[0].images[0].get_array().tolist() == [[0.5, 0.7], [0.6, 0.9]]
        assert {text.get_text() for text in panels[0].texts} == {"0.5", "0.7", "0.6", "0.9"}
    else:
        assert len(panels) == (3 if kind == "panels" else 1)
        lines = panels[0].containers[0].lines[0]
        assert lines.get_linestyle() == ("-" if kind == "line" else "None")
        assert sorted(lines.get_ydata()) == sorted(summary["mean"])
    assert "test auc" in alt
    assert f"{summary['mean'].max():.4g}" in alt


class Page(HTMLParser):
    """What the page loads and links, and whether its tags close."""

    def __init__(self, text):
        super().__init__()
        self.sources, self.links, self.open, self.heads = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.sources += [values[key] for key in ("src",) if key in values]
        self.links += [values["href"]] if "href" in values else []
        self.heads += tag == "th"
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_one_file_with_a_link_to_every_notebook(results):
    told = CliRunner().invoke(main, ["compare", str(results.out)])
    assert told.exit_code == 0, told.output
    text = (results.out / "compare.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.sources
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert len(page.links) == 12
    assert all((results.out / link).is_file() for link in page.links)
    assert "http" not in text
    assert text.count('<button type="button">') == page.heads
    assert "A claim of the text was off in 6 of 12 runs that assert them." in text
    assert text.count("<td>the sum: measured 9, the text says at most 3</td>") == 6
    assert "2.2</td>" in text


def test_what_a_person_or_a_notebook_wrote_is_escaped(tmp_path):
    results = make_sweep(tmp_path, title="<script>x</script>", fail=lambda values: values["size"] == 4)
    CliRunner().invoke(main, ["compare", str(results.out)])
    text = (results.out / "compare.html").read_text(encoding="utf-8")
    assert "<script>x" not in text
    assert "failed: In [4] &lt;x&gt; ValueError: a &lt; b &amp; c" in text
    assert Page(text).open == []


def test_a_sweep_in_which_everything_failed_still_has_a_page(tmp_path):
    results = make_sweep(tmp_path, fail=lambda values: True)
    assert CliRunner().invoke(main, ["compare", str(results.out)]).exit_code == 0
    assert "No run has recorded a number" in (results.out / "compare.html").read_text(encoding="utf-8")


def test_a_result_that_was_not_recorded_is_named(results):
    refused = CliRunner().invoke(main, ["compare", str(results.out), "--result", "totl"])
    assert refused.exit_code == 2
    assert "totl: no such result; recorded as numbers: total" in refused.output
    assert issubclass(StudyError, ValueError)


def test_random_points_are_drawn_against_each_axis(tmp_path):
    axes = "random: {count: 6, axes: {share: {low: 0.001, high: 1, scale: log}, shape: {choices: [plain, square]}}}"
    results = make_sweep(tmp_path, axes=axes)
    assert CliRunner().invoke(main, ["compare", str(results.out)]).exit_code == 0
    assert "against each of share, shape" in (results.out / "compare.html").read_text(encoding="utf-8")
