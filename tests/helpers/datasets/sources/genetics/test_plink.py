"""PLINK's .bed is read bit by bit, and what is no such file is refused by name."""

import numpy as np
import pytest

from helpers.datasets.errors import DataError
from helpers.datasets.sources.genetics.plink import MAGIC, read_plink

COPIES = np.array([[2, 0, 1], [1, -1, 0], [0, 2, 2], [-1, 1, 1], [2, 2, 0]])  # five people, three places
BITS = {2: 0b00, -1: 0b01, 1: 0b10, 0: 0b11}


def written(folder, copies=COPIES, content=None):
    people, places = copies.shape
    packed = bytearray(MAGIC)
    for place in range(places):
        for first in range(0, people, 4):
            packed.append(sum(BITS[copy] << 2 * k for k, copy in enumerate(copies[first : first + 4, place])))
    path = folder / "mine.bed"
    path.write_bytes(bytes(packed) if content is None else content)
    bim = "".join(f"{1 + k}\trs{k}\t0\t{100 * (k + 1)}\tA\tG\n" for k in range(places))
    path.with_suffix(".bim").write_text(bim, encoding="utf-8")
    path.with_suffix(".fam").write_text("".join(f"f{k} p{k} 0 0 1 -9\n" for k in range(people)), encoding="utf-8")
    return path


def test_every_genotype_comes_back_the_missing_ones_too(tmp_path):
    found = read_plink(written(tmp_path))
    np.testing.assert_array_equal(found.copies, COPIES)
    assert found.samples["sample"].tolist() == ["p0", "p1", "p2", "p3", "p4"]
    assert found.places["position"].tolist() == [100, 200, 300]
    assert found.places.loc[0, ["chromosome", "counted", "other"]].tolist() == ["1", "A", "G"]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "an empty file"), (b"\x6c\x1b\x00" + b"\0" * 6, "6c 1b 00"), (MAGIC + b"\0" * 5, "9 bytes")],
)
def test_a_file_that_is_none_is_refused(tmp_path, content, told):
    with pytest.raises(DataError, match=told):
        read_plink(written(tmp_path, content=content))


def test_a_table_that_is_absent_or_short_is_named(tmp_path):
    path = written(tmp_path)
    path.with_suffix(".fam").write_text("p0 p1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"mine\.fam"):
        read_plink(path)
    path.with_suffix(".bim").unlink()
    with pytest.raises(DataError, match=r"mine\.bim"):
        read_plink(path)
