"""A file of one's own: what cannot be used is set aside, counted and named, and nothing else is."""

import numpy as np
import pytest

from helpers.datasets import DataError
from helpers.datasets.sources.molecules.own import clean, read_own_molecules

PLAIN = ["C" * n + end for n in range(1, 26) for end in ("O", "N", "Cl")]


def saved(folder, rows):
    path = folder / "mine.csv"
    path.write_text("\n".join(["name,smiles,target", *(f"x,{smiles},{value}" for smiles, value in rows)]) + "\n")
    return path


def test_each_fault_is_counted_by_its_name():
    smiles = np.array(["CCO", "OCC", "c1ccccc1", "C1=CC=CC=C1", "C(C)(C)(C)(C)C", "CC(=O)[O-].[Na+]", "CCN", "CCC", ""])
    target = np.array([1.0, 1.2, 2.0, 5.0, 0.0, 1.0, np.nan, 3.0, 1.0])
    kept, values, aside = clean(smiles, target)
    assert kept.tolist() == [0, 7]
    assert values == pytest.approx([1.1, 3.0])
    assert {why: rows for why, rows in aside.items() if rows} == {
        "unreadable": [4, 8],
        "without a value": [6],
        "salts and mixtures": [5],
        "contradicted": [2, 3],
        "repeated": [1],
    }


@pytest.mark.parametrize(("one", "other"), [("Oc1ccccn1", "O=c1cccc[nH]1"), ("Cc1c[nH]cn1", "Cc1cnc[nH]1")])
def test_tautomers_are_one_molecule(one, other):
    kept, _, aside = clean(np.array([one, other, "CCO"]), np.array([1.0, 1.0, 1.0]))
    assert kept.tolist() == [0, 2]
    assert aside["repeated"] == [1]


def test_an_acid_and_its_charged_form_are_one_molecule():
    kept, values, aside = clean(np.array(["CC(=O)O", "CC(=O)[O-]", "CCO"]), np.array([1.0, 1.4, 1.0]))
    assert kept.tolist() == [0, 2]
    assert values[0] == pytest.approx(1.2)
    assert aside["repeated"] == [1]


def test_classes_and_tenfold_differences_contradict_each_other():
    _, _, aside = clean(np.array(["CCO", "OCC", "CCC", "C(C)C"]), np.array([0.0, 1.0, 3.0, 3.9]))
    assert (aside["contradicted"], aside["repeated"]) == ([0, 1], [3])


def test_a_file_becomes_a_data_set_with_notes_that_name_lines(tmp_path):
    rows = [(text, number / 10) for number, text in enumerate(PLAIN)]
    data = read_own_molecules(saved(tmp_path, [*rows, ("C.C", 1.0), ("nonsense", 1.0)]), seed=3)
    assert sum(len(rows) for _, rows in data.splits()) == len(PLAIN)
    assert any("unreadable: 1" in note and f"line {len(PLAIN) + 3}" in note for note in data.notes)
    assert any("salts and mixtures: 1" in note for note in data.notes)


def test_text_that_is_no_number_is_counted_and_lines_are_those_of_the_file(tmp_path):
    odd = [("CCOC", ""), ("CCSC", "n/a"), ("CCNC", "> 5"), ("CCCNCC", "inf")]
    path = saved(tmp_path, [*((text, number / 10) for number, text in enumerate(PLAIN)), *odd])
    path.write_text(path.read_text().replace("x,CO,0.0\n", "x,CO,0.0\n\n"))  # an empty line moves the others
    data = read_own_molecules(path)
    first = len(PLAIN) + 3
    assert any(
        f"without a value: 4 (no number in the column target; line {first}, {first + 1}," in one for one in data.notes
    )


def test_a_file_of_moleculenet_is_known_by_its_columns(tmp_path):
    path = tmp_path / "BBBP.csv"
    path.write_text("\n".join(["BBBP,smiles", *(f"{k % 2},{text}" for k, text in enumerate(PLAIN))]) + "\n")
    data = read_own_molecules(path)
    assert (data.name, data.class_names) == ("bbbp", ("stays out", "crosses"))


def test_a_file_of_one_value_or_with_other_names_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match=r"mine\.csv: expected values that differ, found 1 75 times"):
        read_own_molecules(saved(tmp_path, [(text, 1.0) for text in PLAIN]))
    (tmp_path / "other.csv").write_text("SMILES,exp\nCCO,2\n")
    with pytest.raises(DataError, match=r"a column smiles, found the columns SMILES, exp\. Name the column with"):
        read_own_molecules(tmp_path / "other.csv")


def test_what_is_no_such_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="a file"):
        read_own_molecules(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="at least 60"):
        read_own_molecules(saved(tmp_path, [("CCO", 1.0)]))
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="a column smiles"):
        read_own_molecules(tmp_path / "other.csv")
