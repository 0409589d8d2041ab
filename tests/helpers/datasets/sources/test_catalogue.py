"""The catalogue: complete, without contradiction, and refused with entry and field named where it is not."""

import copy
import hashlib
import re
from pathlib import Path

import pytest
import yaml

from helpers.base.paths import ROOT
from helpers.datasets import DataError, dataset_names
from helpers.datasets.sources.catalogue import (
    CATALOGUE,
    names_of_kind,
    read_catalogue,
    remote_files,
    set_and_size,
    sized_name,
)

SHARED = ROOT.parent / "shared" / "data"
MITDB_100 = sorted((SHARED / "mitdb").glob("100.*"))  # none on a machine without the folder beside the checkout
SIZES = [28, 64, 128, 224]

# images in all, channels, classes and disease class: typed from the benchmark's publication (Yang et al., Scientific
# Data 10:41, 2023, table 2) and the classes' names; the organ sets as they are since version 2.2.4
FACTS = {
    "pneumoniamnist": (5856, 1, 2, "pneumonia"),
    "breastmnist": (780, 1, 2, "malignant"),
    "chestmnist": (112120, 1, 2, "any finding"),
    "octmnist": (109309, 1, 4, "choroidal neovascularisation"),
    "retinamnist": (1600, 3, 5, "proliferative"),
    "dermamnist": (10015, 3, 7, "melanoma"),
    "bloodmnist": (17092, 3, 8, "immature granulocyte"),
    "pathmnist": (107180, 3, 9, "colorectal adenocarcinoma epithelium"),
    "tissuemnist": (236386, 1, 8, "leukocyte"),
    "organamnist": (58830, 1, 11, "liver"),
    "organcmnist": (23583, 1, 11, "liver"),
    "organsmnist": (25211, 1, 11, "liver"),
}
MD5_OF_28 = {  # of six sets, as the project's notes have them from another reading of the same source
    "pneumoniamnist": "28209eda62fecd6e6a2d98b1501bb15f",
    "breastmnist": "750601b1f35ba3300ea97c75c52ff8f6",
    "bloodmnist": "7053d0359d879ad8a5505303e11de1dc",
    "organamnist": "68e3f8846a6bd62f0c9bf841c0d9eacc",
    "dermamnist": "0744692d530f8e62ec473284d019b0c7",
    "pathmnist": "a8b06965200029087d5bd730944a56c1",
}


def test_the_catalogue_has_the_twelve_sets_and_two_of_physionet():
    assert names_of_kind("medmnist") == list(FACTS)
    assert names_of_kind("physionet") == ["mitdb", "big-ideas"]


@pytest.mark.parametrize("name", FACTS)
def test_counts_classes_and_disease(name):
    entry = read_catalogue()[name]
    images, channels, classes, disease = FACTS[name]
    assert sum(entry["rows"].values()) == images
    assert entry["channels"] == channels
    assert len(entry["classes"]) == classes
    assert entry["classes"][entry["disease_class"]] == disease
    assert list(entry["md5"]) == SIZES
    assert entry["licence"] == ("CC BY-NC 4.0" if name == "dermamnist" else "CC BY 4.0")
    assert name in dataset_names()


@pytest.mark.parametrize(("name", "known"), MD5_OF_28.items())
def test_hashes_agree_with_a_second_reading(name, known):
    assert read_catalogue()[name]["md5"][28] == known


@pytest.mark.parametrize("name", ["bloodmnist", "tissuemnist", "organamnist", "organcmnist", "organsmnist"])
def test_a_set_without_a_disease_says_that_a_class_stands_in(name):
    note = read_catalogue()[name]["disease_note"]
    assert note.startswith("No class is a disease")
    assert re.search("stands? in", note)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("dermamnist", "commercial"),
        ("dermamnist", "several splits"),
        ("breastmnist", "Class 0 is malignant"),
        ("breastmnist", "duplicates"),
        ("pathmnist", "Colour alone"),
        ("organamnist", r"2\.2\.4"),
        ("organsmnist", r"2\.2\.4"),
        ("pneumoniamnist", "eight validation images are exact copies"),
        ("chestmnist", "Reduced by the course from fourteen labels"),
        ("mitdb", "201 and 202 are of one person"),
    ],
)
def test_known_faults_are_told(name, fault):
    assert any(re.search(fault, text) for text in read_catalogue()[name]["faults"])


def test_only_chestmnist_is_reduced():
    reduced = [name for name, entry in read_catalogue().items() if "reduction" in entry]
    assert reduced == ["chestmnist"]
    assert len(read_catalogue()["chestmnist"]["findings"]) == 14


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("size", SIZES)
def test_the_file_of_a_set_at_a_size(name, size):
    (file,) = remote_files(sized_name(name, size))
    suffix = "" if size == 28 else f"_{size}"
    assert file.name == f"{name}{suffix}.npz"
    assert file.addresses[0] == f"https://zenodo.org/records/10519652/files/{name}{suffix}.npz?download=1"
    assert len(file.addresses) == (2 if size == 28 and not name.startswith("organ") else 1)
    assert file.known_hash == f"md5:{read_catalogue()[name]['md5'][size]}"
    images, channels, *_ = FACTS[name]
    assert images * channels * size * size < file.largest < 1.02 * images * channels * size * size + 2_000_000


@pytest.mark.parametrize("name", ["pneumonia", "pneumoniamnist-", "pneumoniamnist-28", "bloodmnist_64", "mitdb-64", ""])
def test_a_name_that_means_no_images(name):
    assert set_and_size(name) is None


def test_files_of_an_unknown_set():
    with pytest.raises(ValueError, match=r"dataset: expected a name of the catalogue .*found 'pneumonia'"):
        remote_files("pneumonia")


def test_mit_bih_has_forty_eight_records_of_three_files():
    files = remote_files("mitdb")
    names = [Path(file.name) for file in files]
    assert {path.parent.name for path in names} == {"mitdb"}
    assert len({path.stem for path in names}) == 48
    assert [path.suffix for path in names] == [".atr", ".dat", ".hea"] * 48
    assert files[1].addresses == (
        "https://physionet.org/files/mitdb/1.0.0/100.dat",
        "https://physionet-open.s3.amazonaws.com/mitdb/1.0.0/100.dat",
    )


def test_big_ideas_has_sixteen_people():
    names = [file.name for file in remote_files("big-ideas")]
    people = [f"{k:03d}" for k in range(1, 17)]
    wanted = [f"big-ideas/{p}/{kind}_{p}.csv" for p in people for kind in ("Dexcom", "Food_Log")]
    assert names == [*wanted, "big-ideas/Demographics.csv"]


def test_no_two_files_have_the_same_hash():
    hashes = [file.known_hash for name in ("mitdb", "big-ideas") for file in remote_files(name)]
    assert len(set(hashes)) == len(hashes) == 144 + 33


@pytest.mark.parametrize("path", MITDB_100, ids=lambda path: path.name)
def test_record_100_is_recognised(path):
    """The header at hand has a comment and a blank line more than the published one; without them it is the same."""
    content = path.read_bytes()
    if path.suffix == ".hea":
        content = content.replace(b"# unnecessary comment\n", b"").replace(b"\n\r\n", b"\r\n")
    (known,) = (file.known_hash for file in remote_files("mitdb") if file.name == f"mitdb/{path.name}")
    assert known == "sha256:" + hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def entries() -> dict:
    return yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))


def spoil(entries: dict, name: str, *path, value) -> dict:
    """The entries with the field at `path` of one of them set, or taken out where value is None."""
    spoilt = copy.deepcopy(entries)
    place = spoilt[name]
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return spoilt


WRONG = {
    "unknown kind": (("kind",), "movie", "a kind among medmnist, physionet, files, found 'movie'"),
    "no kind": (("kind",), None, "a kind among"),
    "no licence": (("licence",), None, "found no licence"),
    "empty licence": (("licence",), "", "licence as str, not empty"),
    "no faults": (("faults",), [], "faults as list, not empty"),
    "a fault that YAML took apart": (("faults", 0), {"a": "b"}, "faults that are sentences"),
    "misspelt field": (("license",), "MIT", "kind, title, about, licence"),
    "number for a title": (("title",), 7, "title as str"),
    "yes for a disease class": (("disease_class",), True, "disease_class as int"),
    "disease class too high": (("disease_class",), 2, "a disease_class from 0 to 1, found 2"),
    "disease class below zero": (("disease_class",), -1, "a disease_class from 0 to 1, found -1"),
    "unknown task": (("task",), "regression", "a task among"),
    "multi-label without findings": (("task",), "multi-label", "findings and a reduction in a multi-label set"),
    "findings of one label": (("findings",), ["a"], "findings and a reduction in a multi-label set"),
    "two channels": (("channels",), 2, "1 or 3 channels"),
    "one class": (("classes",), ["ill"], "two or more classes"),
    "a class twice": (("classes",), ["ill", "ill"], "two or more classes with different names"),
    "a class that YAML took for no": (("classes",), [False, "ill"], "two or more classes"),
    "a split too few": (("rows", "test"), None, "rows of train, validation and test"),
    "no row": (("rows", "test"), 0, "rows of train, validation and test"),
    "short hash": (("md5", 64), "8f4eceb4", "MD5 hashes of 32"),
    "hash of letters": (("md5", 28), "Z" * 32, "MD5 hashes of 32"),
    "a hash twice": (
        ("md5", 64),
        "28209eda62fecd6e6a2d98b1501bb15f",
        "an MD5 of its own, found that of pneumoniamnist",
    ),
    "smallest size missing": (("md5", 28), None, "md5 by size, 28 first"),
    "http": (("addresses",), ["http://a.org/{file}"], "addresses that begin with https"),
    "no place for the file": (("addresses",), ["https://a.org/x.npz"], "have {file} in them"),
    "mirror of no size": (("mirrors",), {32: ["https://a.org/{file}"]}, "mirrors of a size it has, found 32"),
    "mirror without a file": (("mirrors",), {28: ["https://a.org/"]}, "mirrors that begin with https"),
    "short fingerprint": (("fingerprints", 28, "test"), "76775cc8", "fingerprints of 64"),
    "fingerprints of two splits": (("fingerprints", 28, "test"), None, "found no test"),
}


@pytest.mark.parametrize(("path", "value", "fault"), WRONG.values(), ids=WRONG)
def test_a_wrong_entry_is_refused_by_name(tmp_path, entries, path, value, fault):
    file = tmp_path / "catalogue.yml"
    file.write_text(yaml.safe_dump(spoil(entries, "pneumoniamnist", *path, value=value), sort_keys=False))
    with pytest.raises(DataError) as caught:
        read_catalogue(file)
    assert str(caught.value).startswith("catalogue.yml, pneumoniamnist: expected ")
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("0" * 63 + "  100.dat", "a SHA-256, two spaces and a name"),
        ("0" * 64 + " 100.dat", "a SHA-256, two spaces and a name"),
        ("0" * 64 + "  ../100.dat", "a SHA-256, two spaces and a name"),
        ("0" * 64 + "  a/../../b", "a SHA-256, two spaces and a name"),
        ("0" * 64 + "  /etc/passwd", "a SHA-256, two spaces and a name"),
        (f"{'0' * 64}  100.dat\n{'1' * 64}  100.dat", "each file once"),
        (None, "a file of checksums"),
    ],
)
def test_wrong_checksums_are_refused(tmp_path, entries, lines, fault):
    (tmp_path / "sums").mkdir()
    if lines:
        (tmp_path / "sums" / "mitdb").write_text(lines)
    entry = entries["mitdb"] | {"checksums": str(tmp_path / "sums" / "mitdb")}
    file = tmp_path / "catalogue.yml"
    file.write_text(yaml.safe_dump({"mitdb": entry}))
    with pytest.raises(DataError, match=fault):
        read_catalogue(file)


WRONG_FILES = {
    "no address and nobody to ask": (("addresses",), None, "addresses, or what to obtain and where, found neither"),
    "http": (("addresses",), ["http://a.org/x"], "addresses that begin with https"),
    "one address for two files": (("addresses",), ["https://a.org/x"], "{file} in each address"),
    "short hash": (("sha256", "Pima.te.csv"), "00", "SHA-256 hashes of 64"),
    "a way out of the folder": (("folder",), "../x", "folder as one word"),
    "disease class too high": (("disease_class",), 2, "a disease_class from 0 to 1, found 2"),
    "no reason": (("left_out", "type"), "", "should be non-empty"),
}


@pytest.mark.parametrize(("path", "value", "fault"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_entry_of_listed_files_is_refused_by_name(tmp_path, entries, path, value, fault):
    file = tmp_path / "catalogue.yml"
    file.write_text(yaml.safe_dump({"pima": spoil(entries, "pima", *path, value=value)["pima"]}, sort_keys=False))
    with pytest.raises(DataError) as caught:
        read_catalogue(file)
    assert str(caught.value).startswith("catalogue.yml, pima: expected ")
    assert fault in str(caught.value)


def test_listed_files_lie_in_their_folder():
    files = remote_files("pima")
    assert [file.name for file in files] == ["tables/Pima.tr2.csv", "tables/Pima.te.csv"]
    assert files[1].addresses == ("https://vincentarelbundock.github.io/Rdatasets/csv/MASS/Pima.te.csv",)
    assert files[1].known_hash.startswith("sha256:b00bf654")
