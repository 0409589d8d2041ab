"""Views of a molecule: the same for every spelling, and padded so that nothing of the padding counts."""

import numpy as np
import pytest
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from helpers.lessons.drug_discovery import views
from helpers.lessons.drug_discovery.writer import tokens_of

SMILES = ["CCO", "OCC", "Cc1ccccc1O", "O=C(O)CCl", "CC[N+](C)(C)C", "CP"]


@pytest.fixture(scope="module")
def molecules():
    return views.read(SMILES)


def test_a_line_that_is_no_molecule_is_refused_by_its_number():
    with pytest.raises(ValueError, match="line 1"):
        views.read(["CCO", "C(C)(C)(C)(C)C"])


def test_two_spellings_have_one_fingerprint_and_the_same_descriptors(molecules):
    prints, facts = views.fingerprints(molecules), views.descriptors(molecules)
    np.testing.assert_array_equal(prints[0], prints[1])
    assert facts.iloc[0].tolist() == pytest.approx(facts.iloc[1].tolist())
    assert facts.loc[2, "aromatic share"] == 6 / 8


def test_similarities_are_rdkits(molecules):
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=views.RADIUS, fpSize=views.BITS)
    bits = [generator.GetFingerprint(one) for one in molecules]
    prints = views.fingerprints(molecules)
    right = [[DataStructs.TanimotoSimilarity(a, b) for b in bits] for a in bits]
    np.testing.assert_allclose(views.similarities(prints, prints), right, atol=1e-6)
    assert views.similarities(np.zeros((1, 4)), np.zeros((1, 4))) == 0


def test_graphs_hold_atoms_bonds_and_padding(molecules):
    graphs = views.graphs(molecules)
    assert graphs.atoms.shape[:2] == graphs.bonds.shape[:2] == (len(SMILES), 8)
    assert graphs.atoms[:, :, views.REAL].sum(axis=1).tolist() == [one.GetNumAtoms() for one in molecules]
    assert graphs.bonds[0].sum() == 4
    assert (graphs.bonds == graphs.bonds.transpose(0, 2, 1)).all()
    assert graphs.atoms[0, 3:].sum() == graphs.bonds[0, 3:].sum() == 0
    elements = len(views.ELEMENTS) + 1
    assert (graphs.atoms[..., :elements].sum(axis=2) == graphs.atoms[..., views.REAL]).all()
    assert graphs.atoms[5, 1, elements - 1] == 1, "phosphorus is another element"
    assert graphs.atoms[4, :, -2].sum() == 1, "one charge"
    assert [part.shape[0] for part in graphs.rows(np.array([0, 2]))] == [2, 2]


def test_the_largest_hydrogen_count_shares_a_feature():
    (atoms,) = views.graphs([Chem.MolFromSmiles("C")]).atoms
    assert atoms[0, len(views.ELEMENTS) + 1 + 3] == 1


def spelled(molecules, numbers):
    """The lines that the numbers of tokens stand for, (n, several) of text."""
    drawn = {text for one in molecules for text in (Chem.MolToSmiles(one), *Chem.MolToRandomSmilesVect(one, 50, 1))}
    alphabet = ["", *sorted({token for text in drawn for token in tokens_of(text)})]
    return [["".join(alphabet[k] for k in row) for row in rows] for rows in numbers]


def test_every_spelling_reads_back_to_its_molecule(molecules):
    numbers = views.spellings(molecules)
    assert numbers.shape[:2] == (len(SMILES), 8)
    for one, lines in zip(molecules, spelled(molecules, numbers), strict=True):
        assert lines[0] == Chem.MolToSmiles(one)
        assert {Chem.CanonSmiles(line) for line in lines} == {Chem.MolToSmiles(one)}
    assert len(set(spelled(molecules, numbers)[2])) > 3, "cresol can be written in many ways"


def test_spellings_are_padded_in_front_and_the_same_in_each_call(molecules):
    numbers = views.spellings(molecules)
    np.testing.assert_array_equal(views.spellings(molecules), numbers)
    written = numbers > 0
    assert (np.diff(written.astype(int), axis=2) >= 0).all(), "once a line begins, it goes on"
    assert written[..., 0].any(), "the longest has no padding"


def test_one_spelling_is_rdkits_own(molecules):
    lines = [Chem.MolToSmiles(one) for one in molecules]
    numbers = views.spellings(molecules, several=1)
    assert numbers.shape == (len(SMILES), 1, max(len(tokens_of(line)) for line in lines))
    assert [int((row > 0).sum()) for row in numbers[:, 0]] == [len(tokens_of(line)) for line in lines]


@pytest.mark.parametrize("several", [0, -1])
def test_no_spelling_is_refused(molecules, several):
    with pytest.raises(ValueError, match="several: expected 1 or more"):
        views.spellings(molecules, several=several)
