"""Small made-up files in the layouts of the downloaded tables, and where real copies are, if they are at hand."""

import os
from pathlib import Path

from helpers.base.paths import ROOT

SHARED = Path(os.environ.get("COURSE_DATA_DIR") or ROOT.parent / "shared" / "data")
HERE = [SHARED] if (SHARED / "tables").is_dir() else []  # parametrize over it: no copy, no test


def saved_heart(folder: Path) -> dict[str, Path]:
    """Four hospitals of 20 people, half of them ill; the first row of each has a gap, the Swiss no cholesterol."""
    paths = {}
    for number, (site, cholesterol) in enumerate(
        {"cleveland": 233, "hungarian": 180, "switzerland": 0, "va": 260}.items()
    ):
        lines = [
            f"{40 + row + number},{row % 2},{1 + row % 4},{120 + row},{cholesterol},0,1,150,0,{row / 10},2,"
            f"{'?' if row == 0 else row % 4},3,{row % 2 * (1 + row % 4)}"
            for row in range(20)
        ]
        paths[f"processed.{site}.data"] = folder / f"processed.{site}.data"
        paths[f"processed.{site}.data"].write_text("\n".join(lines) + "\n")
    return paths


def saved_flchain(folder: Path, rows: int = 40) -> Path:
    lines = ["rownames,age,sex,sample.yr,kappa,lambda,flc.grp,creatinine,mgus,futime,death,chapter"]
    for row in range(rows):
        dead = row % 4 == 0
        lines.append(
            f"{row + 1},{50 + row},{'FM'[row % 2]},1996,{1 + row / 10},{2 + row / 7},3,{'' if row == 1 else 0.9},0,"
            f"{100 * row},{int(dead)},{'Circulatory' if dead else ''}"
        )
    path = folder / "flchain.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def saved_pima(folder: Path) -> dict[str, Path]:
    head = "rownames,npreg,glu,bp,skin,bmi,ped,age,type"
    paths = {name: folder / name for name in ("Pima.tr2.csv", "Pima.te.csv")}
    for name, path in paths.items():
        lines = [
            f"{row + 1},{row % 5},{90 + row},70,{'' if row % 4 == 3 and 'tr2' in name else 20 + row},{25 + row / 4},"
            f"0.5,{21 + row},{'Yes' if row % 8 > 4 else 'No'}"
            for row in range(40)
        ]
        path.write_text("\n".join([head, *lines]) + "\n")
    return paths
