"""Each variant of a published score is used the right way round, or counted with the reason why not."""

import gzip
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from helpers.datasets.errors import DataError
from helpers.lessons.genomics import ancestry, own_genomes, scoring_files

PLACES = pd.DataFrame(
    {"chromosome": ["1", "1", "2", "2"], "position": [10, 20, 30, 40], "counted": list("AGAC"), "other": list("GATT")}
)
HEAD = "#genome_build=GRCh37\n"
COLUMNS = "chr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\n"


def saved(folder, rows, head=HEAD, columns=COLUMNS, name="score.txt"):
    text = head + columns + "".join("\t".join(map(str, row)) + "\n" for row in rows)
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize(
    ("effect", "other", "what", "swapped"),
    [
        ("A", "G", "as it is", False),
        ("G", "A", "letters swapped", True),
        ("T", "C", "other strand", False),
        ("C", "T", "other strand, letters swapped", True),
        ("A", "T", "ambiguous: A/T or C/G", False),
        ("A", "C", "other letters: another variant, or another build", False),
        ("A", "", "no other letter stated", False),
        ("AT", "G", "more than one letter", False),
    ],
)
def test_letters_against_a_place_of_a_and_g(effect, other, what, swapped):
    assert scoring_files.judge(effect, other, "A", "G") == (what, swapped)


def test_nothing_drops_out_in_silence(tmp_path):
    rows = [
        (1, 10, "A", "G", 0.5),
        (1, 20, "A", "G", 1.0),
        (2, 30, "A", "T", 2),
        (3, 1, "A", "G", 1),
        (1, 10, "A", "G", 1),
    ]
    score, build = scoring_files.read_scoring_file(saved(tmp_path, [*rows, (1, "", "A", "G", 1)], name="s.txt.gz"))
    matched = scoring_files.match(score, PLACES)
    assert build == "GRCh37"
    assert Counter(matched["what"]) == {
        "as it is": 1,
        "letters swapped": 1,
        "ambiguous: A/T or C/G": 1,
        "not among the genotypes": 1,
        "place twice in the score": 1,
        "no position in this build": 1,
    }
    copies = np.array([[2, 0, 0, 0], [1, 2, 0, 0], [-1, 1, 2, 2]])
    person, missing = scoring_files.apply(score, matched, copies)
    np.testing.assert_allclose(person, [0.5 * 2 + 2, 0.5 + 0, 0.5 * 1.5 + 1])
    assert missing == 1


def test_harmonised_positions_go_first_and_bring_their_build(tmp_path):
    columns = (
        "chr_name\tchr_position\teffect_allele\thm_inferOtherAllele\teffect_weight\thm_chr\thm_pos\tis_recessive\n"
    )
    rows = [(1, 9, "a", "g", 0.5, 1, 10, "False"), (1, 9, "A", "G", 0.5, 1, 20, "True")]
    path = saved(tmp_path, rows, head="#genome_build=NR\n#HmPOS_build=GRCh38\n", columns=columns)
    score, build = scoring_files.read_scoring_file(path)
    assert (build, score.loc[0, "position"], score.loc[0, "effect"]) == ("GRCh38", 10, "A")
    assert scoring_files.match(score, PLACES)["what"].tolist() == ["as it is", "weight is not per copy"]


@pytest.mark.parametrize(
    ("columns", "rows", "told"),
    [
        ("rsID\teffect_allele\teffect_weight\n", [("rs1", "A", 1)], "chr_name"),
        (COLUMNS, [(1, 1, "A", "G", "?")], "'\\?'"),
    ],
)
def test_a_file_that_is_no_score_is_refused(tmp_path, columns, rows, told):
    with pytest.raises(DataError, match=told):
        scoring_files.read_scoring_file(saved(tmp_path, rows, columns=columns))


def test_the_made_up_file_holds_every_fault():
    groups = ancestry.simulate_groups(seed=1)
    path, copies, places = own_genomes.for_scoring(groups, "simulated", seed=1)
    score, build = scoring_files.read_scoring_file(path)
    what = set(scoring_files.match(score, places)["what"])
    assert set(scoring_files.USED) < what
    assert len(what) >= 9
    assert (copies == own_genomes.NOT_CALLED).mean() == pytest.approx(0.01, abs=0.001)
    assert build == "GRCh37"


def vcf(folder, people=60, name="mine.vcf"):
    fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    rng = np.random.default_rng(1)
    lines = ["##fileformat=VCFv4.3", "\t".join([*fixed, *(f"p{k}" for k in range(people))])]
    for place in range(30):
        calls = ["./." if k == place else f"{rng.integers(2)}/{rng.integers(2)}" for k in range(people)]
        lines.append("\t".join(["chr1", str(place + 1), ".", "A", "G", ".", ".", ".", "GT", *calls]))
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_of_ones_own_says_how_many_calls_are_missing(tmp_path):
    data = own_genomes.load_genomes(str(vcf(tmp_path)))
    assert data.genotypes.shape == (60, 30)
    assert data.notes[0].startswith("30 calls are missing")
    _, copies, places = own_genomes.for_scoring(data, str(tmp_path / "mine.vcf"), seed=1)
    assert (copies == -1).sum() == 30
    assert places["chromosome"].unique().tolist() == ["1"]


def test_a_panel_beside_the_file_names_the_groups(tmp_path):
    path = vcf(tmp_path)
    rows = "".join(f"p{k} GBR {'EUR' if k % 2 else 'AFR'} male\n" for k in range(60))
    path.with_suffix(".panel").write_text("sample pop super_pop gender\n" + rows, encoding="utf-8")
    assert sorted(own_genomes.load_genomes(str(path)).people["super_population"].unique()) == ["AFR", "EUR"]


def test_too_few_people_and_other_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="50 people"):
        own_genomes.load_genomes(str(vcf(tmp_path, people=5)))
    other = tmp_path / "mine.gen"
    other.write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=r"\.vcf"):
        own_genomes.load_genomes(str(other))
