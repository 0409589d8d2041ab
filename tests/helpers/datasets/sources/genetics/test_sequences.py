"""Sequences and matrices: letters, cases and places as in the file; copies, overlaps and faults are refused."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sample_tables import HERE, SHARED

from helpers.datasets import DataError, load, provenance
from helpers.datasets.sequences import one_hot, reverse_complement
from helpers.datasets.sources.genetics.sequences import read_ctcf, read_fasta, read_jaspar
from helpers.plots import dataset_figure

FASTA = ">chr1:10-16\nACGT\nnA\n>chr1:16-22\nacgtGG\n>chr2:10-16 a comment\nTTTTTT\n"
MATRICES = "# made up\n>MA1.1_MA1.1.ONE\n1.0\t2.0\t3.0\t4.0\n0\t0\t0\t5\n\n>MA2.1_MA2.1.TWO::THREE\n1 1 1 1.5\n"


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "some.fa"
    path.write_text(FASTA)
    return path


@pytest.fixture
def matrices(tmp_path):
    path = tmp_path / "some.pfm"
    path.write_text(MATRICES)
    return path


def test_letters_cases_and_places(fasta):
    data = read_ctcf(fasta)
    assert data.letters.tolist() == ["ACGTNA", "ACGTGG", "TTTTTT"]
    assert data.repeats.tolist() == [[False] * 4 + [True, False], [True] * 4 + [False] * 2, [False] * 6]
    assert data.places.to_numpy().tolist() == [["chr1", 10, 16], ["chr1", 16, 22], ["chr2", 10, 16]]
    assert data.inputs.shape == (3, 6, 4)
    assert data.inputs.dtype == np.float32
    assert data.inputs[0].argmax(axis=1).tolist() == [0, 1, 2, 3, 0, 0]
    assert data.inputs.sum(axis=2).tolist() == [[1, 1, 1, 1, 0, 1], [1] * 6, [1] * 6]
    assert data.summary().loc["chr1"].tolist() == pytest.approx([2, (2 / 6 + 4 / 6) / 2, 5 / 12])
    assert "nobody's own" in provenance(data)


def test_what_is_no_sequence_has_no_numbers():
    with pytest.raises(ValueError, match=r"letters: expected sequences of one length, got lengths \[2, 3\]"):
        one_hot(np.array(["AC", "ACG"]))
    with pytest.raises(ValueError, match="letters: expected A, C, G, T or N, got 'X'"):
        one_hot(np.array(["AX"]))


FASTA_FAULTS = {
    "no name": ("ACGT\n", "some.fa: expected a first line that begins with >, found 'ACGT'"),
    "a strange letter": (">chr1:0-4\nACXT\n", "letters A, C, G, T or N in line 2, found 'X'"),
    "an empty sequence": (">chr1:0-4\n>chr1:4-8\nACGT\n", "a sequence for each name, found none for chr1:0-4"),
    "nothing": ("", "a sequence for each name, found no name"),
    "another length than its place": (">chr1:0-5\nACGT\n", "a name such as chr1:100-300 of a sequence of 4 bases"),
    "no place": (">peak1\nACGT\n", "found 'peak1'"),
    "two lengths": (">chr1:0-4\nACGT\n>chr1:8-11\nACG\n", "sequences of one length, found 3, 4"),
    "the same again": (">chr1:0-4\nACGG\n>chr2:0-4\nACGG\n", "each sequence once, whichever strand, found row 1 again"),
    "its other strand": (">chr1:0-4\nACGG\n>chr2:0-4\nCCGT\n", "found row 1 again that of row 0"),
    "an overlap": (">chr1:5-9\nACGG\n>chr1:2-6\nTTTA\n", "sequences that do not overlap, found two that do at chr1:5"),
}


@pytest.mark.parametrize(("text", "fault"), FASTA_FAULTS.values(), ids=FASTA_FAULTS)
def test_a_faulty_file_of_sequences_is_refused(fasta, text, fault):
    fasta.write_text(text)
    with pytest.raises(DataError) as caught:
        read_ctcf(fasta)
    assert fault in str(caught.value)


def test_the_other_strand():
    assert reverse_complement("AACCGGTN") == "NACCGGTT"
    assert reverse_complement(reverse_complement("ACGTTG")) == "ACGTTG"


def test_matrices_by_id(matrices):
    data = read_jaspar(matrices)
    one = data.motif("MA1.1")
    assert (one.id, one.name) == ("MA1.1", "ONE")
    assert one.counts.tolist() == [[1, 2, 3, 4], [0, 0, 0, 5]]
    assert one.frequencies.tolist() == [[0.1, 0.2, 0.3, 0.4], [0, 0, 0, 1]]
    assert data.motif("MA2.1").name == "TWO::THREE"
    assert data.summary()["matrices"].to_dict() == {1: 1, 2: 1}
    with pytest.raises(ValueError, match=r"id: expected one of 2 such as MA1\.1, got 'MA2'; did you mean MA2\.1\?"):
        data.motif("MA2")


MATRIX_FAULTS = {
    "three counts": (">MA1.1_x\n1 2 3\n", "four counts in line 2"),
    "a word": (">MA1.1_x\n1 2 3 x\n", "four counts in line 2"),
    "no head": ("1 2 3 4\n", "below a line that begins with >"),
    "an id twice": (">MA1.1_x\n1 2 3 4\n>MA1.1_y\n1 2 3 4\n", "an id of its own in line 3"),
    "an empty matrix": (">MA1.1_x\n>MA2.1_y\n1 2 3 4\n", "counts of MA1.1 of shape (width, 4)"),
    "a negative count": (">MA1.1_x\n1 2 3 -4\n", "none below 0"),
    "a place without a letter": (">MA1.1_x\n0 0 0 0\n", "a letter at each place of MA1.1"),
    "nothing": ("# nothing\n", "at least one matrix, found none"),
}


@pytest.mark.parametrize(("text", "fault"), MATRIX_FAULTS.values(), ids=MATRIX_FAULTS)
def test_a_faulty_file_of_matrices_is_refused(matrices, text, fault):
    matrices.write_text(text)
    with pytest.raises(DataError) as caught:
        read_jaspar(matrices)
    assert fault in str(caught.value)


def test_bytes_that_are_no_text_are_refused(fasta):
    fasta.write_bytes(b">chr1:0-4\n\xff\n")
    with pytest.raises(DataError, match="text in UTF-8"):
        read_fasta(fasta)


def test_the_contract_keeps_parts_together(fasta):
    data = read_ctcf(fasta)
    with pytest.raises(DataError, match="ctcf: expected repeats as bool of shape"):
        replace(data, places=data.places.iloc[:2])
    with pytest.raises(ValueError, match="read-only"):
        data.letters[0] = "A"


def test_both_are_drawn(fasta, matrices):
    assert dataset_figure(read_ctcf(fasta)).alt.startswith("how often each letter stands at each place of CTCF")
    assert dataset_figure(read_jaspar(matrices)).alt.startswith("2 matrices of JASPAR")


# the real files; counts from grep and awk, and from the text itself


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(SHARED))
    monkeypatch.setenv("COURSE_OFFLINE", "1")


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_real_ctcf_sites(real, folder):
    data = load("ctcf")
    text = (folder / "genetics" / "ctcf_gm12878_top500.fa").read_text()
    letters = re.sub(r">.*\n|\n", "", text)
    assert data.inputs.shape == (500, 200, 4)
    assert "".join(data.letters) == letters.upper()
    assert data.inputs.sum(axis=(0, 1)).tolist() == [Counter(letters.upper())[letter] for letter in "ACGT"]
    assert data.inputs.sum(axis=(0, 1)).tolist() == [19_888, 29_525, 29_475, 21_112]
    assert data.repeats.sum() == 6_891
    assert data.summary()["sequences"].to_dict()["chr1"] == 55
    assert (data.places["end"] - data.places["start"] == 200).all()


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_real_matrix_of_ctcf(real, folder):
    data = load("jaspar")
    assert len(data.motifs) == 1997
    assert sum(len(motif.counts) for motif in data.motifs.values()) == 24_962
    ctcf = data.motif("MA0139.1")
    assert ctcf.name == "CTCF"
    assert ctcf.counts.shape == (19, 4)
    assert ctcf.counts[0].tolist() == [87, 291, 76, 459]
    assert "".join("ACGT"[row.argmax()] for row in ctcf.counts) == "TGGCCACCAGGGGGCGCTA"
    assert pd.Series(ctcf.counts.sum(axis=1)).between(908, 913).all()


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_matrix_finds_the_sites(real, folder):
    """The best match in the real sequences is far better than in the same letters in disorder, on either strand."""
    frequencies = (load("jaspar").motif("MA0139.1").counts + 1) / 917
    score = np.log2(frequencies / 0.25)

    def best(letters: np.ndarray) -> np.ndarray:
        strands = [one_hot(letters), one_hot(np.array([reverse_complement(one) for one in letters]))]
        windows = [np.lib.stride_tricks.sliding_window_view(one, 19, axis=1) for one in strands]
        return np.max([np.einsum("npcw,wc->np", window, score).max(axis=1) for window in windows], axis=0)

    data = load("ctcf")
    rng = np.random.default_rng(1)
    shuffled = np.array(["".join(rng.permutation(list(one))) for one in data.letters])
    assert np.median(best(data.letters)) > 15
    assert (best(data.letters) > np.quantile(best(shuffled), 0.95)).mean() > 0.9
