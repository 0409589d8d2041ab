"""course.run.rendering: templates are escaped, complete, and part of what is installed."""

import tomllib

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from course.run.rendering import render
from helpers.base.paths import ROOT

TEMPLATES = sorted(path for package in ("course", "helpers") for path in (ROOT / package).rglob("*.j2"))


def test_a_page_takes_its_frame_from_the_package_of_runs():
    values = {"about": "a < b", "axes": [], "sections": [], "columns": [], "runs": [], "files": None}
    page = render("course.sweep", "compare.html.j2", title="<i>", **values)
    assert page.startswith("<!DOCTYPE html>\n<html lang")
    assert "<title>&lt;i&gt;</title>" in page
    assert "<p>a &lt; b</p>" in page
    assert page.rstrip().endswith("</html>")


def test_a_value_or_a_template_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError, match="summary"):
        render("course.run", "index.html.j2")
    with pytest.raises(TemplateNotFound, match="other"):
        render("course.run", "other.html.j2")


def test_every_template_is_installed_with_its_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (pattern,) = project["tool"]["setuptools"]["package-data"]["*"]
    assert len(TEMPLATES) >= 4
    assert [path for path in TEMPLATES if path not in path.parents[1].glob(pattern)] == []
