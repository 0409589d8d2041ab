"""Genotypes: the rarer letter counted, relatives left out or found, chromosome X as it is, and faults named by line."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from sample_tables import HERE, SHARED

from helpers.datasets import DataError, load, provenance
from helpers.datasets.genotypes import families, kinship, related_pairs
from helpers.datasets.simulators.genotypes import simulate_genotypes
from helpers.datasets.sources.genetics.thousand_genomes import PANEL, VARIANTS, read_thousand_genomes
from helpers.plots import dataset_figure

FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
PEOPLE = [("A1", "YRI", "AFR", "female"), ("A2", "GBR", "EUR", "male"), ("A3", "GBR", "EUR", "female")]


def saved(folder: Path, rows, people=PEOPLE, extra=("C1",)) -> tuple[Path, Path]:
    """A VCF with these rows (chromosome, position, letters, genotypes) and a panel; `extra` are relatives."""
    samples = [*extra, *(name for name, *_ in people)]
    lines = ["##fileformat=VCFv4.3", "\t".join([FIXED, *samples])]
    for chromosome, position, letters, *genotypes in rows:
        lines.append("\t".join([chromosome, str(position), ".", *letters, ".", ".", ".", "GT", *genotypes]))
    variants, panel = folder / "some.vcf.gz", folder / "some.panel"
    variants.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    panel.write_text("sample\tpop\tsuper_pop\tgender\t\t\n" + "".join("\t".join(one) + "\n" for one in people))
    return variants, panel


ROWS = [
    ("1", 100, "AG", "1|1", "0|0", "0|1", "1/0"),
    ("2", 200, "CT", "0|0", "1|1", "1|1", "0|1"),
    ("X", 300, "AC", "0|0", "1|1", "1", "0|1"),
    ("X", 400, "GT", "0|0", "0|0", "1", "0|0"),
]


def test_copies_of_the_rarer_letter_of_the_people_of_the_panel(tmp_path):
    data = read_thousand_genomes(*saved(tmp_path, ROWS))
    assert data.people.index.tolist() == ["A1", "A2", "A3"]
    assert data.relatives_left_out == 1
    assert data.genotypes.T.tolist() == [[0, 1, 1], [0, 0, 1], [0, 0, 1], [0, 1, 0]]
    assert data.places["counted"].tolist() == ["G", "C", "A", "T"]  # in the second and third the reference is rarer
    assert data.places["frequency"].tolist() == pytest.approx([2 / 6, 1 / 6, 1 / 5, 1 / 5])
    assert data.autosomes.tolist() == [True, True, False, False]
    assert data.people["sex"].tolist() == ["F", "M", "F"]
    assert data.summary().loc["EUR"].tolist() == [2, 1, 1]
    assert "origin    real people" in provenance(data)


def test_relatives_that_the_panel_names_behind_the_unrelated_are_left_out(tmp_path):
    variants, panel = saved(tmp_path, ROWS)
    data = read_thousand_genomes(variants, panel, unrelated=2)
    assert data.people.index.tolist() == ["A1", "A2"]
    assert data.relatives_left_out == 2


FAULTS = {
    "a missing genotype": (("1|1", "0|0", "0|1"), ("./.", "0|0", "0|1"), "genotypes such as 0|1 in line 3, found ./."),
    "a third letter": (("1|1", "0|0", "0|1"), ("0|2", "0|0", "0|1"), "genotypes such as 0|1 in line 3, found 0|2"),
}


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS.values(), ids=FAULTS)
def test_genotypes_that_cannot_be_counted_are_refused_with_their_line(tmp_path, old, new, fault):
    variants, panel = saved(tmp_path, ROWS)
    text = gzip.decompress(variants.read_bytes()).decode().replace("\t".join(old), "\t".join(new), 1)
    variants.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(DataError) as caught:
        read_thousand_genomes(variants, panel)
    assert str(caught.value).startswith("some.vcf.gz: expected ")
    assert fault in str(caught.value)


DAMAGE = {
    "half a file": (lambda content: content[: len(content) // 2], "a whole file of variants"),
    "text": (lambda content: b"once upon a time", "a whole file of variants"),
    "nothing": (lambda content: gzip.compress(b""), "at least one sample and one place"),
    "a table": (lambda content: gzip.compress(b"a\tb\n"), "the columns #CHROM POS"),
    "a column short": (
        lambda content: gzip.compress(gzip.decompress(content)[:-5] + b"\n"),
        "13 columns in line 6, found 12",
    ),
    "two alternatives": (
        lambda content: gzip.compress(gzip.decompress(content).replace(b"\tA\tG\t", b"\tA\tG,T\t")),
        "one alternative and genotypes (GT) in line 3",
    ),
}


@pytest.mark.parametrize(("damage", "fault"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_of_variants_is_refused(tmp_path, damage, fault):
    variants, panel = saved(tmp_path, ROWS)
    variants.write_bytes(damage(variants.read_bytes()))
    with pytest.raises(DataError) as caught:
        read_thousand_genomes(variants, panel)
    assert fault in str(caught.value)


def test_a_panel_of_others_or_of_no_form_is_refused(tmp_path):
    variants, panel = saved(tmp_path, ROWS)
    whole = panel.read_text()
    panel.write_text(whole + "Z9\tGBR\tEUR\tmale\n")
    with pytest.raises(DataError, match=r"expected all 4 people of some.panel, found 1 absent, for example Z9"):
        read_thousand_genomes(variants, panel)
    panel.write_text(whole.replace("female", "f", 1))
    with pytest.raises(DataError, match=r"some.panel: expected a sample, .* in line 2, found A1 YRI AFR f"):
        read_thousand_genomes(variants, panel)
    panel.write_text("name pop\n")
    with pytest.raises(DataError, match=r"some.panel: expected the columns sample pop super_pop gender in line 1"):
        read_thousand_genomes(variants, panel)


def child_of(mother: np.ndarray, father: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.binomial(1, mother / 2) + rng.binomial(1, father / 2)


def test_kinship_of_strangers_children_siblings_and_twins():
    strangers = simulate_genotypes(40, 5000, frequencies=(0.2, 0.5), seed=3)
    mother, father = strangers[0], strangers[1]
    one, other = child_of(mother, father, 1), child_of(mother, father, 2)
    related = kinship(np.vstack([strangers, one, other, one]))
    expected = {(0, 1): 0, (0, 40): 0.25, (1, 41): 0.25, (40, 41): 0.25, (40, 42): 0.5, (5, 40): 0, (7, 7): 0.5}
    for (a, b), value in expected.items():
        assert related[a, b] == pytest.approx(value, abs=0.035), (a, b)
    np.testing.assert_allclose(related, related.T)
    with pytest.raises(ValueError, match="genotypes: expected at least one place with one copy"):
        kinship(np.zeros((2, 3), int))


def test_a_planted_child_is_found_and_kept_with_its_parents(tmp_path):
    strangers = simulate_genotypes(6, 3000, frequencies=(0.3, 0.5), seed=5)
    everybody = np.vstack([strangers, child_of(strangers[1], strangers[4], 1)])
    people = [(f"P{row}", "GBR", "EUR", "female") for row in range(7)]
    rows = [
        ("1", place, "AG", *(("0|0", "0|1", "1|1")[one] for one in column)) for place, column in enumerate(everybody.T)
    ]
    data = read_thousand_genomes(*saved(tmp_path, rows, people, extra=()))
    pairs = {frozenset((pair.one, pair.other)) for pair in related_pairs(data).itertuples()}
    assert pairs == {frozenset(("P1", "P6")), frozenset(("P4", "P6"))}
    assert families(data).tolist() == [0, 1, 2, 3, 1, 5, 1]


# the real files; counts from awk and from a reading of the file line by line


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(SHARED))
    monkeypatch.setenv("COURSE_OFFLINE", "1")


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_real_variants(real, folder):
    data = load("thousand_genomes")
    assert data.genotypes.shape == (2504, 1004)
    assert data.genotypes.dtype == simulate_genotypes(2, 2).dtype
    assert data.relatives_left_out == 698
    assert data.summary()["people"].to_dict() == {"AFR": 661, "AMR": 347, "EAS": 504, "EUR": 503, "SAS": 489}
    assert data.people["population"].nunique() == 26
    assert (data.people["sex"] == "F").sum() == 1271
    assert data.autosomes.sum() == 968
    assert data.places["frequency"].max() <= 0.5
    men = (data.people["sex"] == "M").to_numpy()
    assert data.genotypes[np.ix_(men, ~data.autosomes)].max() == 1
    with gzip.open(folder / "genetics" / VARIANTS, "rt") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("##")]
    head, place = lines[0], lines[600]
    panel = [line.split()[0] for line in (folder / "genetics" / PANEL).read_text().splitlines()[1:2505]]
    letters = [place[head.index(name)].count("1") for name in panel]
    rarer = letters if sum(letters) <= 2504 else [2 - one for one in letters]
    assert data.genotypes[:, 599].tolist() == rarer
    pairs = related_pairs(data)
    assert len(pairs) == 12
    assert {"NA20891", "NA20900"} in [{pair.one, pair.other} for pair in pairs.itertuples()]
    assert len(np.unique(families(data))) == 2504 - 12


@pytest.mark.parametrize("folder", HERE, ids=str)
def test_the_people_are_drawn_by_where_they_come_from(real, folder):
    alt = dataset_figure(load("thousand_genomes")).alt
    assert alt.startswith("2,504 people of 1000 Genomes")
    assert "by two principal components, in groups: AFR, AMR, EAS, EUR, SAS" in alt
