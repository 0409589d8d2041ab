"""Views of the one source: what each leaves out, opens or adds, and that nothing of anybody's is lost."""

import re

import nbformat
import pytest
import sample_notebooks as sample
from click.testing import CliRunner
from nbconvert import SlidesExporter

from course.cli import main
from course.run.execute import run_notebook
from course.site.syllabus import pages_address
from course.views import progress
from course.views.chinese import is_translated
from course.views.commands import NAMES
from course.views.export import VIEWS, ExportError, export
from course.views.links import lead_to_the_pages
from helpers.base.paths import NOTEBOOKS
from helpers.checks import QUIZZES
from helpers.notebook.index import find_notebook, find_notebooks
from helpers.notebook.parameters import profile_values, read_parameters

COURSE = [pytest.param(path, id=path.stem) for path in find_notebooks()]
SOLUTION = re.compile(r"<summary>[^<]*(?:Solution|Answers)")
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
EXERCISE = "✎ **Exercise 01.1.** Add.\n\n<details><summary>☼ Hint</summary>\n\nCount.\n\n</details>"
ANSWER = "<details><summary>☼ Solution</summary>\n\n```python\nanswer = 3\n```\n\n</details>"


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def source(tmp_path):
    """A notebook with two sections, an exercise and its solution, in a folder of its own."""
    folder = tmp_path / "source"
    folder.mkdir()
    exercise = sample.code('answer = None\n\ncheck("01.1", answer)', sample.printed("Exercise 01.1: …"))
    exercise.metadata["tags"] = ["exercise"]
    solution = sample.new_markdown_cell(ANSWER)
    solution.metadata["tags"] = ["solution-01.1"]
    cells = [
        *sample.good_cells(),
        sample.new_markdown_cell("## 1 One\n\n" + "word " * 180),
        sample.new_markdown_cell("### 1.1 Optional: more\n\n" + "word " * 360),
        sample.code("1 + 1", sample.text("2")),
        sample.new_markdown_cell(f"## 2 Two\n\n{EXERCISE}"),
        exercise,
        solution,
    ]
    return sample.write_notebook(folder / "01_adding.ipynb", cells)


def test_the_command_offers_every_view():
    assert sorted(NAMES) == sorted(VIEWS)


@pytest.mark.parametrize("notebook", COURSE)
def test_a_student_finds_stubs_hints_and_checks_but_no_solution(notebook, tmp_path):
    (path,) = export("student", [notebook], tmp_path)
    before, after = read(notebook), read(path)
    text = "\n".join(cell.source for cell in after.cells)
    assert not SOLUTION.search(text)
    solutions = [
        block
        for cell in before.cells
        if any(tag.startswith("solution") for tag in cell.metadata.get("tags", []))
        for block in CODE.findall(cell.source)
    ]
    assert len(solutions) >= 2
    assert [block for block in solutions if block in text] == []
    number = notebook.stem[:2]
    printed = [f"{question}. **{letter}**:" for question, letter in QUIZZES[number].items()]
    assert [answer for answer in printed if answer in text] == []
    assert text.count("Hint</summary>") == "\n".join(cell.source for cell in before.cells).count("Hint</summary>") > 0
    code = [cell for cell in after.cells if cell.cell_type == "code"]
    assert [cell.source for cell in code] == [cell.source for cell in before.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert progress.asked(path) == progress.asked(notebook)
    assert read_parameters(path) == read_parameters(notebook)
    assert profile_values(path, "smoke") == profile_values(notebook, "smoke")


def test_folded_cells_stay_folded(source, tmp_path):
    for view in ("student", "clean", "instructor"):
        (path,) = export(view, [source], tmp_path / view)
        folded = [cell for cell in read(path).cells if "bookkeeping" in cell.metadata.get("tags", [])]
        assert len(folded) == 2
        assert all(cell.metadata.jupyter.source_hidden for cell in folded)


def test_clean_is_the_source_without_outputs(source, tmp_path):
    (path,) = export("clean", [source], tmp_path)
    before, after = read(source), read(path)
    assert [cell.source for cell in after.cells] == [cell.source for cell in before.cells]
    assert after.metadata == before.metadata
    assert all(cell.outputs == [] for cell in after.cells if cell.cell_type == "code")


def test_a_teacher_finds_solutions_open_and_minutes_before_each_section(source, tmp_path):
    (path,) = export("instructor", [source], tmp_path)
    cells = read(path).cells
    texts = [cell.source for cell in cells]
    assert "| 1 One | 1 |  | 1.1 more (3) |" in texts[1]
    assert "Planned with 5 + 1 minutes." in texts[1]
    one, two = (texts.index(next(text for text in texts if text.startswith(f"## {n}"))) for n in (1, 2))
    assert texts[one - 1].startswith("> **For the teacher**: 1 min to read and run; minute")
    assert "not counted, as optional: 1.1 more (3) min" in texts[one - 1]
    assert "1 exercise of 5 min" in texts[two - 1]
    assert texts[-1] == ANSWER.replace("<details>", "<details open>")
    assert sum("open" in text for text in texts if "Hint" in text) == 0
    assert [cell.outputs for cell in cells if cell.cell_type == "code"] == [
        cell.outputs for cell in read(source).cells if cell.cell_type == "code"
    ]


def test_slides_begin_with_sections_and_leave_out_what_is_folded_or_optional(source, tmp_path):
    (path,) = export("slides", [source], tmp_path)
    kinds = {cell.source.split("\n")[0]: cell.metadata.slideshow.slide_type for cell in read(path).cells}
    assert kinds["# Adding"] == kinds["## 1 One"] == kinds["## 2 Two"] == "slide"
    assert kinds["### 1.1 Optional: more"] == kinds["1 + 1"] == kinds[sample.RESULT.split("\n")[0]] == "skip"
    assert kinds["answer = None"] == kinds["size + 1"] == "-"
    assert kinds[ANSWER.split("\n")[0]] == "notes"


@pytest.mark.filterwarnings("error")
def test_nbconvert_makes_slides_of_the_slides_view(tmp_path):
    (path,) = export("slides", [find_notebook("02")], tmp_path)
    body, _ = SlidesExporter().from_filename(str(path))
    assert "You will be able to" not in read(path).cells[0].source  # the title's slide holds a title
    sections = [cell for cell in read(path).cells if cell.metadata.slideshow.slide_type == "slide"]
    assert len(sections) >= 8
    assert body.count("<section") == body.count("</section")
    assert body.count("<section") > 2 * len(sections)
    assert body.count('<aside class="notes"') >= 5
    assert "check_parameters(" not in body.partition("How to read this notebook")[0]


def test_the_profiles_go_with_the_notebooks(source, tmp_path):
    export("clean", [source], tmp_path / "out")
    profiles = source.with_name("profiles.yml")
    assert (tmp_path / "out" / "profiles.yml").read_bytes() == profiles.read_bytes()


def test_work_in_the_folder_is_not_replaced_unless_asked(source, tmp_path):
    out = tmp_path / "out"
    (path,) = export("student", [source], out)
    assert export("student", [source], out) == [path]
    path.write_text(path.read_text(encoding="utf-8").replace("answer = None", "answer = 3"), encoding="utf-8")
    with pytest.raises(ExportError, match="somebody may have worked in it"):
        export("student", [source], out)
    export("student", [source], out, force=True)
    assert "answer = None" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("force", [False, True])
def test_the_source_is_never_replaced(source, force):
    before = source.read_bytes()
    with pytest.raises(ExportError, match="the source itself"):
        export("clean", [source], source.parent, force)
    assert source.read_bytes() == before


def test_the_command_exports_and_says_how_many(source, tmp_path):
    result = CliRunner().invoke(main, ["export", str(source), "--view", "student", "--out", str(tmp_path / "out")])
    assert result.output == f"1 notebook (student): {tmp_path / 'out'}\n"
    assert (tmp_path / "out" / source.name).is_file()
    assert CliRunner().invoke(main, ["export", "--view", "teacher", "--out", "x"]).exit_code == 2
    result = CliRunner().invoke(main, ["export", "02", "--view", "clean", "--out", str(NOTEBOOKS)])
    assert result.exit_code == 1
    assert "the source itself" in result.stderr


@pytest.mark.thorough
def test_a_students_notebook_runs_and_its_checks_judge(tmp_path):
    """The smoke profile, one exercise answered rightly, one wrongly, one question of the quiz rightly."""
    (path,) = export("student", [find_notebook("06")], tmp_path)
    notebook = read(path)
    right = {1: QUIZZES["06"][1]} | dict.fromkeys(list(QUIZZES["06"])[1:], "")
    solutions = "\n".join(cell.source for cell in read(find_notebook("06")).cells if "Solution" in cell.source)
    (rubin,) = (block for block in CODE.findall(solutions) if "np.sqrt(total)" in block)
    for cell in notebook.cells:
        if 'check("06.2"' in cell.source:
            cell.source = f"{rubin}\n{cell.source[cell.source.index('check(') :]}"
        elif 'check("06.1"' in cell.source:
            cell.source = cell.source.replace("check(", 'check("06.1", {"A": "at random"})\n0 and check(', 1)
        elif "check_quiz(" in cell.source:
            cell.source = f'check_quiz("06", {right})'
    nbformat.write(notebook, path)
    run = run_notebook(path, profile_values(path, "smoke"), tmp_path / "executed")
    assert run.error is None, f"{run.cell}: {run.error}"
    statuses = progress.answered(run.executed)
    assert statuses == {
        "06.1": "not yet",
        "06.2": "correct",
        "06.3": "not attempted",
        "06.4": "not attempted",
        "06 question 1": "correct",
    } | {f"06 question {number}": "not attempted" for number in list(QUIZZES["06"])[1:]}


def test_a_link_that_no_longer_holds_leads_to_the_pages(tmp_path):
    (path,) = export("student", [NOTEBOOKS / "01_background.ipynb"], tmp_path)
    text = "\n".join(cell.source for cell in read(path).cells)
    assert f"]({pages_address()}docs/glossary.html)" in text
    assert "](../" not in text


def test_links_stay_where_they_hold_and_anchors_stay_on_links():
    first, second = (NOTEBOOKS / f"{stem}.ipynb" for stem in ("01_background", "02_cnn_imaging"))
    text = "[a](02_cnn_imaging.ipynb) [b](04_evaluation.ipynb#1-One) [c](https://x.org/a.md) [d](gone.md) [e](#1-One)"
    shown = nbformat.v4.new_output("display_data", {"text/markdown": text, "text/plain": text})
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(text, outputs=[shown])]
    notebook = nbformat.v4.new_notebook(cells=cells)
    lead_to_the_pages(notebook, first, {first, second})
    page = text.replace("04_evaluation.ipynb#1-One", f"{pages_address()}notebooks/04_evaluation.html#1-One")
    prose, code = notebook.cells
    assert (prose.source, code.outputs[0].data["text/markdown"]) == (page, page)
    assert (code.source, code.outputs[0].data["text/plain"]) == (text, text)


def test_in_chinese_the_words_are_translated_and_the_code_is_the_same(tmp_path):
    done = CliRunner().invoke(main, ["export", "--view", "zh", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    written = sorted(path.stem for path in tmp_path.glob("*.ipynb"))
    assert written == [path.stem for path in find_notebooks() if is_translated(path)]
    for stem in written:
        ours, theirs = (
            [(cell.id, cell.source) for cell in read(folder / f"{stem}.ipynb").cells if cell.cell_type == "code"]
            for folder in (NOTEBOOKS, tmp_path)
        )
        assert ours == theirs
    text = (tmp_path / "01_background.ipynb").read_text(encoding="utf-8")
    assert f"[术语表]({pages_address()}zh/docs/glossary.html)" in text


def test_a_notebook_that_nobody_has_translated_is_refused(tmp_path):
    done = CliRunner().invoke(main, ["export", "12", "--view", "zh", "--out", str(tmp_path / "zh")])
    assert done.exit_code == 2
    assert "12_biosignals is not translated" in done.stderr
    assert not (tmp_path / "zh").exists()
