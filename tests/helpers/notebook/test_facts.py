"""helpers.notebook.facts: facts about a notebook's data, published in a kernel alone and read back."""

import json

import pytest
import sample_notebooks as sample

from helpers.datasets import counts, load, provenance
from helpers.lessons.overfitting import Experiment
from helpers.notebook.facts import FACT_MIME, publish_fact, published_facts


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, instead of displaying it, as if in a kernel."""
    bundles = []
    monkeypatch.setattr("IPython.get_ipython", lambda: "a kernel")
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    return bundles


def test_a_fact_shows_nothing(shown):
    publish_fact("counts", {"train": {"ill": 3}})
    assert shown == [{FACT_MIME: {"name": "counts", "value": {"train": {"ill": 3}}}}]


def test_outside_a_kernel_nothing_is_published(capsys):
    publish_fact("counts", {"train": {"ill": 3}})
    assert capsys.readouterr().out == ""


def test_facts_are_read_back_the_first_of_each_name():
    outputs = [sample.fact_output("a", {"x": 1}), sample.text("3"), sample.fact_output("a", {"x": 2})]
    cells = [sample.code("", *outputs), sample.code("", sample.fact_output("b", {}))]
    assert published_facts({"cells": cells}) == {"a": {"x": 1}, "b": {}}


def test_the_data_layer_publishes_what_it_prints(shown):
    data = load("wisconsin")
    assert "CC BY 4.0" in provenance(data)
    table = counts(data)
    about, numbers = (bundle[FACT_MIME] for bundle in shown)
    assert about["name"] == "provenance"
    assert about["value"] | {"title": ""} == {
        "title": "",
        "simulated": False,
        "licence": "CC BY 4.0",
        "patients_disjoint": True,
    }
    assert numbers == {"name": "counts", "value": table.to_dict(orient="split")}
    assert json.loads(json.dumps(shown)) == shown


def test_patients_of_a_series_are_in_several_splits(shown):
    provenance(load("glucose"))
    assert not shown[0][FACT_MIME]["value"]["patients_disjoint"]


def test_an_experiment_publishes_how_many_patients_its_fits_have(shown):
    data = load("chest")
    Experiment(data, patients=30, validation_patients=10**6, epochs=1)
    everybody = counts(data)["patients"]
    assert shown[0][FACT_MIME]["value"] == {
        "index": ["train", "validation", "test"],
        "columns": ["patients"],
        "data": [[30], [everybody["validation"]], [everybody["test"]]],
    }
