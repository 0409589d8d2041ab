"""`course data`: what it prints of every set, what it fetches, finds and draws, and its exit codes."""

import hashlib
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image
from sample_archives import SQUARE, arrays, saved
from sample_tables import saved_flchain

from course.cli import main
from course.data import files, verify
from helpers.base.paths import ROOT
from helpers.datasets import LOADERS, load
from helpers.datasets.sources import listed
from helpers.datasets.sources.catalogue import RemoteFile, read_catalogue
from helpers.datasets.sources.download import file_hash
from helpers.datasets.tables import load_wisconsin

REAL_COPIES = sorted((ROOT.parent / "shared" / "data").glob("pneumoniamnist.npz"))  # none without that folder


@pytest.fixture(autouse=True)
def offline(tmp_path, monkeypatch) -> Path:
    """A machine without a network and with nothing in its cache, which is returned; the folder of work is empty."""
    for variable in ("COURSE_DATA_DIR", "COURSE_DATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "cache"


def course(*arguments: str):
    result = CliRunner().invoke(main, ["data", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def refused(code: int, *arguments: str) -> str:
    """What a command that must end with this exit code says; one sentence or two, no traceback."""
    result = course(*arguments)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def original(offline, monkeypatch) -> Path:
    """An archive in the cache that is the original of breastmnist as far as the commands know."""
    path = saved(offline / "breastmnist.npz", SQUARE)
    known = f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}"
    made_up = [RemoteFile(path.name, ("https://example.org/breastmnist.npz",), known, 10_000)]
    for module in (files, verify):
        monkeypatch.setattr(module, "remote_files", lambda name: made_up)
    monkeypatch.setattr(verify, "load", lambda name: load(str(path)))
    return path


# list


def test_the_list_has_every_set_with_its_facts():
    lines = course("list").output.splitlines()
    assert lines[0].split() == ["name", "task", "size", "licence", "origin", "here", "download"]
    assert [line.split()[0] for line in lines[1:]] == [*LOADERS, *read_catalogue()]
    chest, *_ = [line for line in lines if line.startswith("chest ")]
    assert chest.split("  ")[-1].strip() == "built in"
    assert "simulated" in chest
    pneumonia, *_ = [line for line in lines if line.startswith("pneumoniamnist ")]
    for part in ("normal / pneumonia", "5,856 images", "CC BY 4.0", "real", " no ", "at most 6 MB"):
        assert part in pneumonia
    derma, *_ = [line for line in lines if line.startswith("dermamnist ")]
    assert "CC BY-NC 4.0" in derma


def test_the_list_for_programs():
    rows = json.loads(course("list", "--json").output)
    assert [row["name"] for row in rows] == [*LOADERS, *read_catalogue()]
    for row in rows:
        assert {"title", "task", "size", "licence", "origin", "here", "download", "loads", "citation"} <= set(row)
        assert (row["download"] is None) == (row["here"] == "built in" or "obtain" in read_catalogue()[row["name"]])
    by_name = {row["name"]: row for row in rows}
    assert by_name["wisconsin"]["origin"] == "real"
    assert by_name["pneumoniamnist"]["faults"] == read_catalogue()["pneumoniamnist"]["faults"]
    assert by_name["chest"]["loads"]
    assert by_name["mitdb"]["loads"]


def test_the_list_tells_what_is_in_the_cache(offline):
    (offline / "bloodmnist.npz").write_bytes(b"something")
    (offline / "mitdb").mkdir()
    (offline / "mitdb" / "100.dat").write_bytes(b"something")
    here = {row["name"]: row["here"] for row in json.loads(course("list", "--json").output)}
    assert here["bloodmnist"] == "yes"
    assert here["mitdb"] == "1 of 144 files"
    assert here["breastmnist"] == "no"


# fetch


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ([], ["--all-core"]),
        (["chest", "--all-core"], ["--all-core"]),
        (["pneumoniamist"], ["pneumoniamist: no such data set", "did you mean pneumoniamnist?"]),
        (["chest", "nothing"], ["nothing: no such data set"]),
        (["bloodmnist-100"], ["bloodmnist-100: no such data set"]),
    ],
)
def test_a_fetch_that_makes_no_sense(arguments, parts):
    output = refused(2, "fetch", *arguments)
    assert all(part in output for part in parts)
    assert "built in" not in output


def test_nothing_is_fetched_of_what_is_built_in():
    assert course("fetch", "wisconsin").output == "wisconsin: built in, nothing to fetch\n"


def test_one_that_cannot_be_fetched_does_not_stop_the_others():
    result = course("fetch", "bloodmnist", "chest", "pneumoniamnist-64")
    assert result.exit_code == 1
    assert result.stdout == "chest: built in, nothing to fetch\n"
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == [" bloodmnist.npz", " pneumoniamnist_64.npz"]
    assert "COURSE_OFFLINE forbids downloads" in result.stderr


def test_what_is_here_is_verified_and_not_downloaded_again(original):
    assert course("fetch", "breastmnist").output == f"breastmnist: verified, {original}\n"
    original.write_bytes(original.read_bytes()[:-1])
    assert "a damaged copy" in refused(1, "fetch", "breastmnist")


def test_the_core_sets_are_those_that_notebooks_name(monkeypatch):
    assert files.core_names()[0] == "chest"
    assert "pneumoniamnist" in files.core_names()
    monkeypatch.setattr(files, "core_names", lambda: ["wisconsin", "chest"])
    assert [line.split(":")[0] for line in course("fetch", "--all-core").output.splitlines()] == ["wisconsin", "chest"]


# verify


def test_a_file_of_ones_own_is_counted_and_called_unknown(tmp_path):
    output = course("verify", str(saved(tmp_path / "mine.npz"))).output
    assert output.startswith("mine.npz: mine.npz (real patients)\n")
    assert output.splitlines()[2].split() == ["train", "3", "3", "6", "6"]
    assert "copies    no image is an exact copy across splits" in output
    assert "near      no image is a near copy across splits" in output
    assert "file      unknown to the catalogue, nothing to compare with (MD5 " in output


def test_planted_copies_are_reported_and_do_not_fail(tmp_path):
    content = arrays()
    content["val_images"][0] = content["train_images"][2]
    content["test_images"][3] = content["train_images"][5] // 2 + 100
    result = course("verify", str(saved(tmp_path / "mine.npz", content)))
    assert result.exit_code == 0
    assert "copies    1 validation image is an exact copy of a training image\n" in result.output
    assert "near      1 test image is a near copy of a training image\n" in result.output
    assert "test 3 and train 5: 0.0" in result.output


def test_a_pair_with_two_labels_is_named_and_the_list_of_pairs_ends():
    pairs = [("test", k, "train", k, k > 0, k / 1000) for k in range(14)]
    table = pd.DataFrame(pairs, columns=["split", "row", "of", "of_row", "same_label", "distance"])
    lines = list(verify._pairs(table))
    assert lines[0].endswith("test 0 and train 0: 0.000, the labels differ")
    assert lines[1].endswith("test 1 and train 1: 0.001")
    assert len(lines) == 11
    assert lines[-1].endswith("and 4 more")


def test_a_file_that_only_bears_the_name_of_an_original(tmp_path):
    output = course("verify", str(saved(tmp_path / "pneumoniamnist.npz"))).output
    assert "file      differs from the original of pneumoniamnist in content: MD5 " in output
    assert f"instead of {read_catalogue()['pneumoniamnist']['md5'][28]}" in output


def test_an_original_in_the_cache_is_called_that(original):
    result = course("verify", "breastmnist")
    assert result.exit_code == 0
    assert "file      same as the original (MD5 " in result.output


def test_another_file_under_an_originals_name_in_the_cache_fails(offline):
    saved(offline / "bloodmnist.npz")
    output = refused(1, "verify", "bloodmnist")
    assert "expected the original, whose MD5 is 7053d0359d879ad8a5505303e11de1dc, found a file whose MD5 is " in output


def test_recordings_are_held_to_their_hashes(offline, monkeypatch):
    (offline / "mitdb").mkdir()
    (offline / "mitdb" / "1.dat").write_bytes(b"signal")
    names = {"1.dat": hashlib.sha256(b"signal").hexdigest(), "2.dat": "0" * 64}
    recordings = [RemoteFile(f"mitdb/{name}", ("https://example.org",), f"sha256:{h}", 10) for name, h in names.items()]
    for module in (files, verify):
        monkeypatch.setattr(module, "remote_files", lambda name: recordings)
    result = course("verify", "mitdb")
    assert result.exit_code == 0
    assert "file      1 of 2 files are here, each the same as the original" in result.output
    (offline / "mitdb" / "1.dat").write_bytes(b"sigmal")
    assert "1.dat: expected the original, whose SHA256 is " in refused(1, "verify", "mitdb")


def test_a_corrupt_file_fails(tmp_path):
    path = saved(tmp_path / "mine.npz")
    path.write_bytes(path.read_bytes()[:300])
    output = refused(1, "verify", str(path))
    assert output.startswith("Error: mine.npz: expected ")
    assert len(output.strip().splitlines()) == 1


def test_shared_patients_fail(monkeypatch):
    def overlapping(*, seed=1):
        data = load_wisconsin(seed=seed)
        return replace(data, test=data.validation)

    monkeypatch.setitem(LOADERS, "wisconsin", overlapping)
    output = refused(1, "verify", "wisconsin")
    assert "no patient in both validation and test, found 114 shared" in output


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["bloodmnist"], "bloodmnist is not on this machine. course data fetch bloodmnist downloads it."),
        (["bloodmnist-224"], "course data fetch bloodmnist-224"),
        (["absent.npz"], "absent.npz: no such file"),
        (["folder/absent"], "folder/absent: no such file"),
        (["wisconsim"], "did you mean wisconsin?"),
    ],
)
def test_a_verification_of_nothing(arguments, part):
    assert part in refused(2, "verify", *arguments)


def test_without_a_name_all_that_is_here_is_verified(offline, monkeypatch):
    monkeypatch.setattr(files, "LOADERS", {"wisconsin": None, "diabetes": None})
    saved(offline / "bloodmnist.npz")
    result = course("verify")
    assert result.exit_code == 1  # because of bloodmnist; the others were verified all the same
    assert [line.split(":")[0] for line in result.stdout.split("\n\n")[:2]] == ["wisconsin", "diabetes"]
    assert "bloodmnist.npz: expected the original" in result.stderr


def test_a_table_is_verified_with_its_notes():
    output = course("verify", "diabetes").output
    assert output.splitlines()[1].split() == ["lowest", "mean", "highest", "rows", "patients"]
    assert "patients  no patient is in two splits" in output
    assert "copies    no row is an exact copy across splits" in output
    assert "near" not in output
    assert "file      built in, nothing to compare with" in output
    assert "mind      scikit-learn's default features are standardised over all rows" in output


def test_recordings_are_counted_by_person():
    lines = course("verify", "glucose").output.splitlines()
    assert lines[0] == "glucose: Simulated glucose records of people with type 1 diabetes (simulated)"
    assert len(lines) >= 1 + 1 + 12 + 1  # title, heads, people, file


def test_a_table_of_the_catalogue_is_fetched_verified_and_shown_with_its_gaps(tmp_path, monkeypatch):
    path = saved_flchain(tmp_path)
    made_up = [
        RemoteFile("tables/flchain.csv", ("https://example.org",), f"sha256:{file_hash(path, 'sha256')}", 10_000)
    ]
    for module in (files, verify, listed):
        monkeypatch.setattr(module, "remote_files", lambda name: made_up)
    (tmp_path / "originals" / "tables").mkdir(parents=True)
    path.rename(tmp_path / "originals" / "tables" / "flchain.csv")
    assert "COURSE_OFFLINE forbids downloads" in refused(1, "fetch", "flchain")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "originals"))
    assert course("fetch", "flchain").output.startswith("flchain: verified, ")
    lines = course("verify", "flchain").output.splitlines()
    assert lines[2].split() == ["train", "18", "6", "24", "24"]
    for line in (
        "missing   1 of 40 rows lack creatinine",
        "left out  chapter: cause of death, known of the dead alone",
        f"file      same as the original (SHA256 {made_up[0].known_hash.removeprefix('sha256:')})",
    ):
        assert line in lines
    assert course("show", "flchain").output.startswith("flchain.png: how often each value occurs, by death")


def test_a_set_that_nobody_offers_says_where_to_ask(monkeypatch):
    lonely = [RemoteFile("lonely.csv", (), f"sha256:{'0' * 64}", 10)]
    monkeypatch.setattr(listed, "remote_files", lambda name: lonely)
    monkeypatch.setattr(listed, "read_catalogue", lambda: {"pbc": {"obtain": "Ask its authors."}})
    said = refused(1, "fetch", "pbc")
    assert "Error: lonely.csv: expected the file on this machine, because it has no address" in said
    assert "found none. Ask its authors." in said


@pytest.mark.parametrize("path", REAL_COPIES, ids=lambda path: path.name)
def test_the_real_set_is_verified_with_its_eight_copies(path):
    result = course("verify", str(path))
    assert result.exit_code == 0
    lines = [line.split() for line in result.output.splitlines()]
    assert ["train", "1214", "3494", "4708", "4708"] in lines
    assert ["validation", "135", "389", "524", "524"] in lines
    assert ["test", "234", "390", "624", "624"] in lines
    for said in (
        "copies    8 validation images are exact copies of training images",
        "near      no image is a near copy across splits",
        "file      same as the original of pneumoniamnist (MD5 28209eda62fecd6e6a2d98b1501bb15f)",
        "mind      The files do not say which images show the same child.",
    ):
        assert said in result.output


# show


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return picture.size


def test_a_contact_sheet_has_a_row_of_images_for_each_class(tmp_path):
    content = arrays((3,), classes=3)
    result = course("show", str(saved(tmp_path / "mine.npz", content)))
    assert result.exit_code == 0
    assert result.output == "mine.png: up to 6 training images of each class of mine.npz\n"
    width, height = size_of(Path("mine.png"))
    assert 1.2 < width / height < 2.2


@pytest.mark.parametrize("name", ["wisconsin", "diabetes", "glucose"])
def test_tables_and_recordings_are_drawn(name, tmp_path):
    out = tmp_path / "here.PNG"
    assert str(out) in course("show", name, "--out", str(out), "--seed", "3").output
    assert size_of(out)[0] > 600


@pytest.mark.parametrize(
    ("code", "arguments", "part"),
    [
        (2, ["wisconsin", "--out", "x.jpg"], "--out: expected a name that ends with .png, found x.jpg."),
        (2, ["absent.npz"], "absent.npz: no such file"),
        (2, ["cheste"], "did you mean chest?"),
        (1, ["mitdb"], "mitdb/101.atr: expected the file on this machine"),
        (2, [], "Missing argument"),
        (1, ["bloodmnist"], "COURSE_OFFLINE forbids downloads"),
        (1, ["diabetes", "--out", "absent/x.png"], "absent/x.png cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_shown(code, arguments, part):
    assert part in refused(code, "show", *arguments)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("arguments", [["list"], ["verify"], ["verify", "pneumoniamnist"], ["fetch", "mitdb"]])
def test_a_folder_of_originals_that_does_not_exist_is_told_in_a_sentence(arguments, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", "/absent/folder")
    assert "Error: COURSE_DATA_DIR: expected a folder of originals" in refused(1, *arguments)


def test_help_answers_at_once_and_loads_nothing_heavy():
    probe = (
        "import sys; from click.testing import CliRunner; from course.cli import main\n"
        "assert CliRunner().invoke(main, ['data', 'verify', '--help']).exit_code == 0\n"
        "print(*({'tensorflow', 'keras', 'numpy', 'pandas', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    start = time.perf_counter()
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
    assert time.perf_counter() - start < 2


def test_no_command_loads_tensorflow():
    probe = (
        "import sys; from click.testing import CliRunner; from course.cli import main\n"
        "for arguments in (['list'], ['verify', 'diabetes'], ['show', 'diabetes']):\n"
        "    assert CliRunner().invoke(main, ['data', *arguments]).exit_code == 0\n"
        "print(*({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
