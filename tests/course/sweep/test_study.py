"""course.sweep.study: what a study file may say, how it becomes runs, and what is refused with which line."""

import itertools
import json

import pytest
import sample_notebooks as sample

from course.sweep.study import MAX_RUNS, StudyError, differences
from course.sweep.study_file import read_study, study_values

GOOD = """title: Adding more
notebook: 01_adding.ipynb
profile: smoke
parameters: {shape: square}
grid:
  size: [2, 4]
  share: [0, 0.5]
seeds: [3, 5]
"""


@pytest.fixture
def folder(tmp_path):
    sample.write_notebook(tmp_path / "01_adding.ipynb")
    return tmp_path


def study_of(folder, text, **overrides):
    path = folder / "study.yml"
    path.write_text(text, encoding="utf-8")
    return read_study(path, overrides)


def test_a_grid_with_seeds_becomes_every_combination_once(folder):
    study = study_of(folder, GOOD)
    values = [(job.parameters["size"], job.parameters["share"], job.parameters["seed"]) for job in study.jobs()]
    assert values == list(itertools.product([2, 4], [0.0, 0.5], [3, 5]))
    assert study.size == 8
    assert all(job.parameters["shape"] == "square" for job in study.jobs())
    assert len({job.name for job in study.jobs()}) == 8
    assert (study.title, study.axes, study.profile) == ("Adding more", ("size", "share"), "smoke")


def test_the_profiles_values_hold_where_the_study_sets_none(folder):
    (job,) = study_of(folder, "notebook: 01_adding.ipynb\nprofile: full").jobs()
    assert dict(job.parameters) == {"size": 9}
    (job,) = study_of(folder, "notebook: 01_adding.ipynb\nprofile: full\nparameters: {size: 4}").jobs()
    assert dict(job.parameters) == {"size": 4}


def test_reading_twice_gives_the_same_runs(folder):
    text = GOOD + "random: {count: 5, seed: 4, axes: {share: {low: 0.1, high: 0.9, scale: log}}}\n"
    text = text.replace("  share: [0, 0.5]\n", "")
    first, second = study_of(folder, text), study_of(folder, text)
    assert list(first.jobs()) == list(second.jobs())
    assert first.identity() == second.identity()
    assert first.size == 2 * 5 * 2


def test_random_points_lie_in_their_range_and_differ(folder):
    axes = "{share: {low: 0.001, high: 1, scale: log}, size: {low: 1, high: 50}, shape: {choices: [plain, square]}}"
    study = study_of(folder, f"notebook: 01_adding.ipynb\nrandom: {{count: 400, seed: 1, axes: {axes}}}")
    shares = sorted(point["share"] for point in study.drawn)
    assert 0.001 <= shares[0] < 0.002 < 0.8 < shares[-1] <= 1
    assert 0.02 < shares[200] < 0.05  # the middle of a log scale from 0.001 to 1 is 0.032
    sizes = [point["size"] for point in study.drawn]
    assert (min(sizes), max(sizes)) == (1, 50)
    assert {point["shape"] for point in study.drawn} == {"plain", "square"}
    assert len({tuple(point.values()) for point in study.drawn}) == 400


def test_repeats_count_from_the_notebooks_seed(folder):
    study = study_of(folder, "notebook: 01_adding.ipynb\nrepeats: 3")
    assert [job.parameters["seed"] for job in study.jobs()] == [1, 2, 3]


def test_a_value_from_the_command_line_replaces_a_fixed_one(folder):
    study = study_of(folder, GOOD, shape="plain")
    assert study.fixed["shape"] == "plain"
    with pytest.raises(StudyError, match="size varies in this study"):
        study_of(folder, GOOD, size="3")
    with pytest.raises(StudyError, match=r"-p shapes: no such parameter.*did you mean shape"):
        study_of(folder, GOOD, shapes="plain")


def test_the_path_of_a_file_counts_from_the_studys_folder(folder):
    (folder / "mine.csv").touch()
    study = study_of(folder, GOOD.replace("square", "mine.csv"))
    assert study.fixed["shape"] == str((folder / "mine.csv").resolve())


def test_a_number_with_an_exponent_is_one_as_on_the_command_line(folder):
    assert study_of(folder, "notebook: 01_adding.ipynb\ngrid: {share: [1e-3, 2.5E-1, .5e0]}").grid == {
        "share": (0.001, 0.25, 0.5)
    }
    random = "random: {count: 50, axes: {share: {low: 1e-3, high: 1e-2, scale: log}}}"
    shares = [point["share"] for point in study_of(folder, f"notebook: 01_adding.ipynb\n{random}").drawn]
    assert 0.001 <= min(shares) < max(shares) <= 0.01
    with pytest.raises(StudyError, match="line 2: share: '1e-3' is not a float"):
        study_of(folder, "notebook: 01_adding.ipynb\nparameters: {share: '1e-3'}")


def test_a_profile_may_say_a_number_with_an_exponent_too(folder):
    (folder / "profiles.yml").write_text("01_adding: {small: {share: 1e-3}}", encoding="utf-8")
    (job,) = study_of(folder, "notebook: 01_adding.ipynb\nprofile: small").jobs()
    assert job.parameters["share"] == 0.001


N = "notebook: 01_adding.ipynb\n"
REFUSED = {
    "broken YAML": (N + "grid: {size: [1, 2}\n", r"line 2: no YAML"),
    "a list": ("- 1\n", r"line 1: expected keys and values \(title, notebook"),
    "empty file": ("", "line 1: expected keys and values"),
    "no notebook": ("repeats: 2", "line 1: says no notebook"),
    "unknown notebook": ("title: a\nnotebook: nothing\n", "line 2: nothing: no such notebook"),
    "unknown key": (N + "grids: {size: [1]}\n", r"line 2: grids: no such key; allowed: title, .*did you mean grid\?"),
    "the same key twice": (N + "repeats: 2\n" + N, "line 3: notebook stands here for the second time"),
    "unknown profile": (N + "\nprofile: smoky", r"line 3: smoky: no such profile.*did you mean smoke\?"),
    "unknown parameter": (N + "parameters:\n  sizes: 3", r"line 3: sizes: no such parameter.*did you mean size\?"),
    "unknown axis": (N + "grid:\n  shere: [3]", r"line 3: shere: no such parameter.*did you mean share\?"),
    "value out of range": (N + "grid:\n  size: [3, 99]", "line 3: size: 99 is not allowed; allowed: a whole number"),
    "value of another type": (N + "parameters: {size: three}", "line 2: size: 'three' is not an int"),
    "empty grid": (N + "grid: {}", "line 2: grid: expected names with values, or nothing at all, found {}"),
    "empty axis": (N + "grid:\n  share: [1]\n  size: []", r"line 4: size: expected a list of values"),
    "no list": (N + "grid: {size: 3}", "line 2: size: expected a list of values"),
    "a value twice": (N + "grid: {size: [3, 4, 3]}", "line 2: size: 3 stands in the list twice"),
    "fixed and varied": (
        N + "grid: {size: [3]}\nparameters: {size: 3}",
        "line 2: size stands under parameters as well",
    ),
    "seeds and repeats": (N + "seeds: [1]\nrepeats: 2", "line 3: give seeds or repeats"),
    "seed twice": (N + "seeds: [1]\ngrid: {seed: [1]}", "line 3: seed stands under seeds or repeats as well"),
    "repeats of nothing": (N + "repeats: 0", "line 2: repeats: expected a whole number from 1, found 0"),
    "the home of nobody": (
        N + "parameters: {shape: ~nobody/x.csv}",
        r"line 2: shape: '~nobody/x\.csv' is not allowed; .*existing file",
    ),
    "a name too long": (N + f"parameters: {{shape: {'x' * 300}}}", "line 2: shape: 'xxx.*' is not allowed"),
    "a seed out of range": (N + "seeds: [-1]", "line 2: seed: -1 is not allowed"),
    "random without axes": (N + "random: {count: 2}", "line 2: random: expected axes"),
    "random without count": (
        N + "random: {axes: {size: {low: 1, high: 2}}}",
        "line 2: random: expected count, a whole number from 1",
    ),
    "random key": (N + "random: {draws: 2}", "line 2: draws: no such key; allowed: count, seed, axes"),
    "random range": (
        N + "random: {count: 2, axes: {size: {low: 3, high: 2}}}",
        "line 2: size: expected numbers with low",
    ),
    "random text": (N + "random: {count: 2, axes: {shape: {low: a}}}", "line 2: shape: expected {low: ..., high: ...}"),
    "log of zero": (N + "random: {count: 2, axes: {share: {low: 0, high: 1, scale: log}}}", "share: expected scale"),
    "too many random": (N + "random: {count: 9, axes: {size: {low: 1, high: 2}}}", "the axes hold only 2 different"),
}


@pytest.mark.parametrize(("text", "fault"), REFUSED.values(), ids=REFUSED)
def test_refused_with_file_line_and_what_is_allowed(folder, text, fault):
    with pytest.raises(StudyError, match=fault) as caught:
        study_of(folder, text)
    assert "study.yml, line " in str(caught.value)


def test_a_notebook_without_a_seed_cannot_be_repeated(tmp_path):
    cells = [sample.code("size: int = 3   # how many [1, 50]", tags=["parameters"])]
    sample.write_notebook(tmp_path / "01_adding.ipynb", cells)
    with pytest.raises(StudyError, match="line 2: repeats: the notebook has no parameter seed"):
        study_of(tmp_path, N + "repeats: 2")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(StudyError, match=r"none\.yml: cannot be read \(No such file"):
        study_values(tmp_path / "none.yml")


def test_ten_million_runs_are_counted_without_being_built(folder):
    shares = [number / 1000 for number in range(1000)]
    study = study_of(folder, f"{N}grid: {{size: {list(range(1, 51))}, share: {shares}}}\nrepeats: 200")
    assert study.size == 10_000_000 > MAX_RUNS
    assert next(study.jobs()).name.startswith("00001-")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("size: [2, 4]", "size: [2, 5]", "grid size: was [2, 4], is [2, 5]"),
        ("seeds: [3, 5]", "seeds: [3]", "seeds: was [3, 5], is [3]"),
        ("shape: square", "shape: plain", "fixed shape: was square, is plain"),
        ("  size: [2, 4]\n  share: [0, 0.5]\n", "  share: [0, 0.5]\n  size: [2, 4]\n", "grid: the order was"),
    ],
)
def test_what_differs_between_two_studies_is_said(folder, before, after, line):
    old, new = study_of(folder, GOOD), study_of(folder, GOOD.replace(before, after))
    assert json.dumps(old.identity()) != json.dumps(new.identity())
    (found,) = differences(old.identity(), new.identity())
    assert found.startswith(line)


def test_a_changed_notebook_is_another_study_and_its_outputs_are_not(folder):
    old = study_of(folder, GOOD)
    cells = sample.good_cells()
    cells[-1].outputs = []
    sample.write_notebook(folder / "01_adding.ipynb", cells)
    assert study_of(folder, GOOD).identity() == old.identity()
    sample.write_notebook(folder / "01_adding.ipynb", [*cells, sample.code("total + 2")])
    assert differences(old.identity(), study_of(folder, GOOD).identity()) == ["the notebook's cells have changed"]


def test_a_title_is_no_part_of_what_decides_the_results(folder):
    assert study_of(folder, GOOD).identity() == study_of(folder, GOOD.replace("Adding more", "More")).identity()
