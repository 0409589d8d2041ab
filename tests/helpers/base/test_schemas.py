"""jsonschema comes without the one check that takes long to import; what the course asks of it stays."""

import subprocess
import sys

from helpers.base.paths import ROOT
from helpers.base.schemas import faults, import_jsonschema

HEAVY = "rfc3987_syntax"


def python(source: str) -> str:
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_grammar_of_addresses_is_not_built_and_can_still_be():
    source = "import sys\nfrom helpers.base.schemas import import_jsonschema\nimport_jsonschema()\n"
    source += f"print('{HEAVY}' in sys.modules, 'lark' in sys.modules)\nimport {HEAVY}\nprint('lark' in sys.modules)"
    assert python(source).split() == ["False", "False", "True"]


def test_nothing_that_runs_a_notebook_builds_it():
    source = "import sys\nfrom helpers.notebook.index import find_notebook\n"
    source += "from helpers.notebook.parameters import read_parameters\nread_parameters(find_notebook('02'))\n"
    source += "import course.run.execute, nbconvert\nfrom helpers.datasets.sources.catalogue import read_catalogue\n"
    source += "read_catalogue()\n" + f"print(*(name in sys.modules for name in ('nbformat', 'papermill', '{HEAVY}')))"
    assert python(source).split() == ["True", "True", "False"]


def test_the_formats_that_schemas_ask_for_are_checked():
    assert "iri" not in import_jsonschema().FormatChecker().checkers or HEAVY in sys.modules
    (fault,) = faults({"day": "2026-02-30"}, {"properties": {"day": {"format": "date", "expected": "a day"}}})
    assert fault.text == "day: expected a day, found '2026-02-30'"
