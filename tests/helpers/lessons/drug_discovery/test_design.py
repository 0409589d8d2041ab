"""The best are new and different; the opinions come from different molecules; rules look at structures."""

import numpy as np
import pytest

from helpers.datasets.molecules import MoleculeSplit
from helpers.datasets.simulators.chemistry.molecules import true_solubility
from helpers.lessons.drug_discovery import design, writer

LINES = ["CCO", "CCCO", "CCN", "CCCN", "c1ccccc1", "Cc1ccccc1", "CC(=O)O", "CCC(=O)O"]
ALPHABET = writer.Alphabet.of(LINES, 20)


def size(smiles):
    return np.array([float(len(one)) for one in smiles])


def test_the_best_are_new_different_and_can_be_spelled():
    lines = ["OCCC", "CCCO", "CCCCO", "CCCCCO", "OCC", "CCCCCCI", "C1CC", None]
    found = design.best(["CC"], lines, size, alphabet=ALPHABET, learned=["C(C)O"], keep=3)
    assert found == ["CCCCCO", "CCCCO", "CCCO"]
    assert design.best([], ["C1CC"], size, alphabet=ALPHABET, learned=LINES, keep=3) == []


def test_the_opinions_come_from_different_molecules():
    names = np.array(LINES)
    split = MoleculeSplit(names, np.arange(8.0), names, names)
    guide, judge, unseen = design.two_opinions(split, seed=1)
    assert len(unseen) == 4
    first, second = guide(LINES), judge(LINES)
    assert (first != second).any()
    again = design.two_opinions(split, seed=1)[0](LINES)
    assert (first == again).all()


def test_what_is_examined():
    opinions = {"guide": size, "judge": lambda smiles: size(smiles) + 1}
    said = design.examine(["CCO", "CCCO"], ["CCO", "OCC", "CCN", "C1CC"], opinions)
    assert said["guide"] == 3.5
    assert said["judge"] == 4.5
    assert said["valid"] == 0.75
    assert 0 < said["diverse"] < 1
    nothing = design.examine([], ["C1CC"], opinions)
    assert np.isnan(nothing["guide"])
    assert nothing["valid"] == 0


def test_the_rule_of_new_molecules_is_the_simulators_for_a_mean_ring_system():
    greasy, wet = design.rule_of_new(["CCCCCCCCc1ccccc1", "OCC(O)CO"])
    assert greasy < wet
    packing = np.full(1, 2.0)
    assert true_solubility(np.array(["CCO"]), np.zeros(1, int), packing) - 2 == pytest.approx(
        design.rule_of_new(["CCO"])
    )


def test_a_strange_skeleton_is_harder_to_make_than_aspirin():
    aspirin, cage = "CC(=O)Oc1ccccc1C(=O)O", "C1C2CC3C1C1C3C2C2C1OC2"
    assert 1 <= design.synthetic_accessibility(aspirin) < 2.5 < design.synthetic_accessibility(cage) <= 10


def test_alerts_name_the_group():
    assert design.alerts("c1ccccc1C") == []
    assert any("nitro" in name.lower() for name in design.alerts("c1ccccc1[N+](=O)[O-]"))
    with pytest.raises(ValueError, match="RDKit cannot read line 0"):
        design.alerts("C1CC")


def test_a_dossier_has_a_row_per_molecule():
    opinions = {"guide": size, "judge": size}
    sheet = design.dossier(["CCO", "c1ccccc1[N+](=O)[O-]"], opinions)
    assert list(sheet.index) == ["CCO", "c1ccccc1[N+](=O)[O-]"]
    assert sheet["atoms"].tolist() == [3, 9]
    assert design.dossier([], opinions).shape == (0, 5)
    assert sheet["alerts"].tolist()[0] == 0 < sheet["alerts"].tolist()[1]


def test_the_table_of_fragments_is_a_dict():
    table = design._Table([[0.5, 7, 2**32 - 1], [-1.0, 3], [2.0, 7]])
    assert [table.get(key, -4) for key in (7, 3, 2**32 - 1, 0, 5, 2**31)] == [2.0, -1.0, 0.5, -4, -4, -4]
