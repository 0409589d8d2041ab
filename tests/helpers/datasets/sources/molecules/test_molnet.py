"""Molecules: told apart however they are written, never in two splits, and the predicted solubility is no input."""

import builtins
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_tables import HERE, SHARED

from helpers.datasets import DataError, counts, load, provenance
from helpers.datasets.molecules import MoleculeDataset
from helpers.datasets.sources.molecules import molnet
from helpers.datasets.sources.molecules.identity import identities
from helpers.datasets.sources.molecules.molnet import read_bbbp, read_esol
from helpers.datasets.sources.molecules.splits import random_split, scaffold_split
from helpers.plots import dataset_figure

HEAD = (
    "Compound ID,ESOL predicted log solubility in mols per litre,Minimum Degree,Molecular Weight,"
    "Number of H-Bond Donors,Number of Rings,Number of Rotatable Bonds,Polar Surface Area,"
    "measured log solubility in mols per litre,smiles"
)
CHAINS = ["C" * n + "O" for n in range(1, 16)]
RINGS = ["c1ccccc1" + "C" * n for n in range(1, 6)] + ["C1CCCCC1O", "c1ccncc1C", "c1ccc2ccccc2c1", "C1CCCC1"]


def saved_esol(folder, smiles):
    lines = [f"x,9.9,1,1,1,1,1,1,{-row / 10},{text} " for row, text in enumerate(smiles)]
    path = folder / "delaney-processed.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    return path


def saved_bbbp(folder, rows):
    path = folder / "BBBP.csv"
    path.write_bytes("\r\n".join(["BBBP,smiles", *(f"{label},{smiles}" for label, smiles in rows)]).encode() + b"\r\n")
    return path


def whole(data):
    return np.concatenate([rows.smiles for _, rows in data.splits()])


def test_one_molecule_written_in_two_ways_has_one_key_and_its_mirror_image_another():
    ethanol, again, left, right, broken = identities(
        ["CCO", "OCC", "C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "C(C)(C)(C)(C)C"]
    )
    assert ethanol == again
    assert left.key != right.key
    assert broken is None


def test_the_scaffold_is_the_rings_and_what_links_them():
    biphenyl_methane, toluene, hexane = identities(["Cc1ccc(cc1)Cc1ccccc1", "Cc1ccccc1", "CCCCCC"])
    assert biphenyl_methane.scaffold == "c1ccc(Cc2ccccc2)cc1"
    assert toluene.scaffold == "c1ccccc1"
    assert hexane.scaffold == ""


def test_esol_predicts_the_measured_value_and_knows_no_forecast(tmp_path):
    data = read_esol(saved_esol(tmp_path, CHAINS + RINGS))
    assert data.target_unit == "log10(mol/L)"
    assert {row for _, rows in data.splits() for row in rows.target.tolist()} == {-row / 10 for row in range(24)}
    assert "ESOL predicted log solubility in mols per litre" in data.left_out
    assert set(whole(data)) == set(CHAINS + RINGS)  # without the blank at the end


@pytest.mark.parametrize("split", ["random", "scaffold"])
def test_the_rows_of_one_molecule_are_in_one_split(tmp_path, split):
    twice = [*CHAINS, *RINGS, *(text[::-1] for text in CHAINS)]  # OCC is CCO
    for seed in range(5):
        data = read_esol(saved_esol(tmp_path, twice), seed=seed, split=split)
        keys = [set(rows.keys) for _, rows in data.splits()]
        assert not keys[0] & keys[1] | keys[0] & keys[2] | keys[1] & keys[2]
        assert data.notes[-1] == (
            "15 rows repeat a molecule (by InChIKey); all rows of one are in one split. Of 15 molecules the rows "
            "disagree on the target."
        )


def test_a_planted_repeat_is_refused_by_name(tmp_path):
    data = read_esol(saved_esol(tmp_path, CHAINS + RINGS))
    leak = data.train.rows(np.array([0]))
    with pytest.raises(
        DataError, match="esol: expected no molecule in both train and test, found 1 shared, for example"
    ):
        replace(data, test=leak)


def test_a_scaffold_on_both_sides_of_a_scaffold_split_is_refused(tmp_path):
    data = read_esol(saved_esol(tmp_path, CHAINS + RINGS))
    with pytest.raises(DataError, match=r"esol: expected no scaffold in both train and (validation|test), found '"):
        replace(data, split="scaffold")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=12, max_size=200))
def test_a_scaffold_split_is_whole_and_shares_nothing(names):
    scaffolds = np.array(names)
    splits = scaffold_split(scaffolds)
    assert sorted(np.concatenate(list(splits.values())).tolist()) == list(range(len(names)))
    parts = [set(scaffolds[rows].tolist()) for rows in splits.values()]
    assert sum(map(len, parts)) == len(set(names))
    assert len(splits["train"]) <= 0.8 * len(names)


def test_the_commonest_scaffolds_are_for_training():
    scaffolds = np.array(["a"] * 60 + ["b"] * 20 + ["c"] * 10 + ["d"] * 6 + ["e"] * 4)
    splits = scaffold_split(scaffolds)
    assert {split: set(scaffolds[rows].tolist()) for split, rows in splits.items()} == {
        "train": {"a", "b"},
        "validation": {"c"},
        "test": {"d", "e"},
    }


def test_a_random_split_is_drawn_by_seed_eight_to_one_to_one():
    keys = np.array([f"k{row % 100}" for row in range(150)])
    one, again, other = (random_split(keys, seed=seed) for seed in (1, 1, 2))
    assert [len(set(keys[rows])) for rows in one.values()] == [80, 10, 10]
    assert all((one[split] == again[split]).all() for split in one)
    assert not np.array_equal(one["test"], other["test"])


def test_bbbp_leaves_out_what_cannot_be_read_and_says_so(tmp_path):
    rows = [(row % 2, text) for row, text in enumerate(CHAINS + RINGS)] + [(1, "C(C)(C)(C)(C)C"), (0, "")]
    data = read_bbbp(saved_bbbp(tmp_path, rows))
    assert data.notes[-1] == "Left out, because RDKit cannot read them: 2 molecules."
    assert counts(data)[["stays out", "crosses", "rows", "molecules"]].sum().tolist() == [12, 12, 24, 24]
    text = provenance(data)
    assert "origin    real measurements" in text
    assert "molecules told apart by InChIKey; random split" in text


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"0,CO\r", b"2,CO\r", "one of 0, 1 as BBBP in row 1, found '2'"),
        (b"BBBP", b"p_np", "a column BBBP, found the columns p_np"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, old, new, fault):
    path = saved_bbbp(tmp_path, [(0, text) for text in CHAINS])
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(DataError, match=fault):
        read_bbbp(path)


def test_a_split_that_there_is_not(tmp_path):
    with pytest.raises(ValueError, match="split: expected one of random, scaffold, got 'time'"):
        read_esol(saved_esol(tmp_path, CHAINS), split="time")


def test_without_rdkit_a_sentence_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("rdkit"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        DataError, match=r"molecules: expected the package rdkit, found none installed. It is in requirem"
    ):
        identities(["C"])


def test_molecules_are_drawn(tmp_path):
    assert dataset_figure(read_esol(saved_esol(tmp_path, CHAINS + RINGS))).alt.startswith(
        "12 training molecules with log"
    )


# the real files; counts from pandas, and of the repeats from RDKit's InChIKeys, over the files themselves


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(SHARED))
    monkeypatch.setenv("COURSE_OFFLINE", "1")


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_real_esol(real, folder):
    data = load("esol")
    assert isinstance(data, MoleculeDataset)
    assert len(whole(data)) == 1128
    lines = (folder / "molecules" / "delaney-processed.csv").read_text().splitlines()[1:]
    measured = {line.rsplit(",", 1)[1].strip(): float(line.rsplit(",", 2)[1]) for line in lines}
    values = np.concatenate([rows.target for _, rows in data.splits()])
    assert values.sum() == pytest.approx(sum(float(line.rsplit(",", 2)[1]) for line in lines))
    assert (values.min(), values.max()) == (-11.6, 1.58)
    assert len(measured) == 1123  # five SMILES are there twice
    assert "11 rows repeat a molecule (by InChIKey)" in data.notes[-1]
    assert len({key for _, rows in data.splits() for key in rows.keys}) == 1117
    by_scaffold = molnet.load_esol(split="scaffold")
    assert [len(rows) for _, rows in by_scaffold.splits()] == [902, 113, 113]
    assert "" in by_scaffold.train.scaffolds  # the molecules without a ring, the largest group


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_real_bbbp(real, folder):
    data = load("bbbp")
    assert len(whole(data)) == 2039
    assert counts(data)["crosses"].sum() == 1567 - 7
    assert data.notes[-2:] == (
        "Left out, because RDKit cannot read them: 11 molecules.",
        "68 rows repeat a molecule (by InChIKey); all rows of one are in one split. Of 11 molecules the rows disagree "
        "on the target.",
    )
    assert len({key for _, rows in data.splits() for key in rows.keys}) == 1971
