"""Exports in every known layout, written by these tests: what is read, what is left out, and who is not named."""

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from helpers.datasets import DataError, SeriesDataset, load, provenance, record_counts
from helpers.datasets.series import CARBOHYDRATE, GLUCOSE, INSULIN, TIME_OF_DAY
from helpers.datasets.sources.cgm_files.units import MG_PER_MMOL

START = datetime(2026, 1, 13, 8, 0)
MEAL, DOSE = 30, 4.5


def at(k: int, minutes: int = 5) -> datetime:
    return START + timedelta(minutes=minutes * k)


def comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


@pytest.fixture
def loaded(tmp_path):
    def write_and_load(content: str | bytes, name: str = "mine.csv") -> SeriesDataset:
        path: Path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(str(path))

    return write_and_load


def said(data: SeriesDataset, head: str) -> str:
    return dict(data.reading)[head]


def sums(data: SeriesDataset, person: str = "person 1") -> dict[str, float]:
    values = data.people[person].values
    return {name: float(values[:, data.features.index(name)].sum()) for name in data.features[1:-2]}


def clarity(first: str = "Jane", unit: str = "mg/dL", separator: str = ",", readings=None) -> str:
    """An export of Clarity: 40 readings, a calibration, a dose, a long-acting dose and a meal."""
    heading = (
        f"Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Event Subtype,Patient Info,Device Info,Source Device ID,"
        f"Glucose Value ({unit}),Insulin Value (u),Carb Value (grams),Duration (hh:mm:ss),"
        f"Glucose Rate of Change ({unit}/min),Transmitter Time (Long Integer)"
    )
    rows = [f",FirstName,,{first},,,,,,,,", ",LastName,,Secretname,,,,,,,,", ",DateOfBirth,,1970-01-01,,,,,,,,"]
    rows += [",Alert,Low,,,G7,70,,,,,", ",Device,,,G7,x,,,,,,"]
    readings = readings or [f"{100 + k}" for k in range(40)]
    rows += [f"{at(k):%Y-%m-%dT%H:%M:%S},EGV,,,,x,{value},,,,,900" for k, value in enumerate(readings)]
    rows += [f"{at(6):%Y-%m-%dT%H:%M:%S},Calibration,,,,x,99,,,,,"]
    rows += [f"{at(3):%Y-%m-%dT%H:%M:%S},Insulin,Fast-Acting,,,x,,{DOSE},,,,"]
    rows += [f"{at(3):%Y-%m-%dT%H:%M:%S},Insulin,Long-Acting,,,x,,20,,,,"]
    rows += [f"{at(2):%Y-%m-%dT%H:%M:%S},Carbs,,,,x,,,{MEAL},,,"]
    lines = [heading, *(f"{k},{row}" for k, row in enumerate(rows, start=1))]
    return "\n".join(lines).replace(",", separator) + "\n"


def test_dexcom_clarity(loaded):
    data = loaded("\ufeff" + clarity())
    assert data.features == (GLUCOSE, INSULIN, CARBOHYDRATE, *TIME_OF_DAY)
    assert data.people["person 1"].values[:, 0].tolist() == [100 + k for k in range(40)]
    assert data.people["person 1"].values[3, 1:3].tolist() == [DOSE, 0]
    assert data.people["person 1"].values[2, 1:3].tolist() == [0, MEAL]
    assert (said(data, "layout"), said(data, "unit")) == ("Dexcom Clarity or Studio (commas, UTF-8)", "mg/dL")
    assert said(data, "step") == "a reading every 5 minutes"
    assert said(data, "left out") == "1 calibrations; 1 doses of long-acting insulin"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_dexcom_with_other_separators_and_in_mmol_with_decimal_commas(loaded, separator):
    readings = [comma(5 + k / 10).replace(",", "<") for k in range(40)]
    text = clarity(unit="mmol/L", separator=separator, readings=readings)
    data = loaded(text.replace("<", ","), "mine.txt")
    expected = [MG_PER_MMOL * (5 + k / 10) for k in range(40)]
    np.testing.assert_allclose(data.people["person 1"].values[:, 0], expected, rtol=1e-6)
    assert said(data, "unit") == "mmol/L"


def test_the_words_of_a_sensor_at_its_limit_are_kept_as_the_limit(loaded):
    data = loaded(clarity(readings=["100", "Low", "low", "High", "120", "110", "105"]))
    assert data.people["person 1"].values[:, 0].tolist() == [100, 40, 40, 400, 120, 110, 105]
    notes = " ".join(data.notes)
    assert "2 readings are at the sensor's lower limit of 40 mg/dL" in notes
    assert "1 readings are at the sensor's upper limit of 400 mg/dL" in notes


def test_two_people_in_one_file_stay_apart(loaded):
    data = loaded(clarity("Jane") + clarity("Bob", readings=[str(200 + k) for k in range(40)]))
    assert list(data.people) == ["person 1", "person 2"]
    assert record_counts(data)["mean (mg/dL)"].tolist() == [119.5, 219.5]
    assert sums(data, "person 2") == {INSULIN: DOSE, CARBOHYDRATE: MEAL}
    twice = loaded(clarity("Jane") + clarity("Jane"))
    assert list(twice.people) == ["person 1"]


def test_a_column_of_people_that_somebody_added_keeps_them_apart(loaded):
    heading, *rows = clarity().splitlines()
    two = [f"{who},{row}" for who in ("Jane", "Bob") for row in rows if ",EGV," in row]
    data = loaded("\n".join([f"id,{heading}", *two]) + "\n")
    assert list(data.people) == ["person 1", "person 2"]
    assert record_counts(data)["readings"].tolist() == [40, 40]


def test_nobody_is_named(loaded):
    data = loaded(clarity(), "Clarity_Export_Secretname_Jane.csv")
    assert "Secretname" not in provenance(data) + str(data.reading) + data.name
    assert "Jane" not in provenance(data) + str(data.notes) + data.title


def test_dexcom_studio_of_older_receivers(loaded):
    heading = "PatientInfoField\tPatientInfoValue\tGlucoseInternalTime\tGlucoseDisplayTime\tGlucoseValue"
    rows = [f"{'Name' if k == 0 else ''}\tSecretname\tx\t{at(k):%Y-%m-%d %H:%M:%S}\t{100 + k}" for k in range(20)]
    data = loaded("\n".join([heading, *rows]) + "\n", "mine.tsv")
    assert data.people["person 1"].values[:, 0].tolist() == [100 + k for k in range(20)]


def libreview(unit: str, form: str, readings: list[str]) -> str:
    columns = (
        f"Device,Serial Number,Device Timestamp,Record Type,Historic Glucose {unit},Scan Glucose {unit},"
        "Non-numeric Rapid-Acting Insulin,Rapid-Acting Insulin (units),Non-numeric Food,Carbohydrates (grams),"
        "Carbohydrates (servings),Non-numeric Long-Acting Insulin,Long-Acting Insulin Value (units),Notes,"
        f"Strip Glucose {unit}"
    )
    title = 'Glucose Data,Generated on,"14-01-2026 09:26 UTC",Generated by,Jane Secretname'
    device = "FreeStyle LibreLink,SERIAL"
    rows = [f'{device},{at(k, 15).strftime(form)},0,"{value}",,,,,,,,,,' for k, value in enumerate(readings)]
    now = at(3, 15).strftime(form)
    rows += [f'{device},{now},1,,"{readings[0]}",,,,,,,,,', f"{device},{now},4,,,,{DOSE},,,,,,,"]
    rows += [f"{device},{now},5,,,,,,{MEAL},2,,,,", f"{device},{now},4,,,,,,,,,18,,"]
    rows += [f'{device},{now},2,,,,,,,,,,,"{readings[0]}"']
    return "\n".join([title, columns, *rows]) + "\n"


@pytest.mark.parametrize("form", ["%d-%m-%Y %H:%M", "%m-%d-%Y %I:%M %p", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M"])
def test_libreview_in_mmol_whatever_its_dates(loaded, form):
    data = loaded(libreview("mmol/L", form, [comma(5 + k / 10) for k in range(60)]))
    record = data.people["person 1"]
    assert data.step_minutes == 15
    assert str(record.time[0]) == "2026-01-13T08:00:00"
    assert str(record.time[-1]) == "2026-01-13T22:45:00"
    np.testing.assert_allclose(record.values[:, 0], [MG_PER_MMOL * (5 + k / 10) for k in range(60)], rtol=1e-6)
    assert sums(data) == {INSULIN: DOSE, CARBOHYDRATE: MEAL}
    assert said(data, "left out") == "1 doses of long-acting insulin; 1 readings of a blood glucose meter; 1 scans"


GERMAN = {
    "Device Timestamp": "Gerätezeitstempel",
    "Record Type": "Aufzeichnungstyp",
    "Historic Glucose": "Glukosewert-Verlauf",
    "Scan Glucose": "Glukose-Scan",
    "Non-numeric Rapid-Acting Insulin": "Nicht numerisches schnellwirkendes Insulin",
    "Rapid-Acting Insulin (units)": "Schnellwirkendes Insulin (Einheiten)",
    "Carbohydrates (grams)": "Kohlenhydrate (Gramm)",
    "Carbohydrates (servings)": "Kohlenhydrate (Portionen)",
    "Non-numeric Long-Acting Insulin": "Nicht numerisches Depotinsulin",
    "Long-Acting Insulin Value (units)": "Depotinsulin (Einheiten)",
    "Strip Glucose": "Glukose-Teststreifen",
    "Glucose Data,Generated on": "Glukose-Werte,Erstellt am",
    "Generated by": "Erstellt von",
}


def test_libreview_in_german_means_the_same(loaded):
    text = libreview("mmol/L", "%d-%m-%Y %H:%M", [comma(5 + k / 10) for k in range(60)])
    english, german = loaded(text), text
    for word, translated in GERMAN.items():
        german = german.replace(word, translated)
    german = loaded(german)
    np.testing.assert_array_equal(german.people["person 1"].values, english.people["person 1"].values)
    assert german.reading == english.reading


def test_a_first_line_without_a_known_heading_is_not_repeated(loaded):
    with pytest.raises(DataError, match="line 1: expected one column id, found another first line") as refused:
        loaded("Werte,Erstellt am 14-01-2026,Erstellt von,Jane Secretname\nA,B,C,D\n1,2,3,4\n")
    assert "Secretname" not in str(refused.value)


def test_libreview_in_mg_with_its_words(loaded):
    data = loaded(libreview("mg/dL", "%d-%m-%Y %H:%M", ["LO", "HI", *(str(100 + k) for k in range(20))]))
    assert data.people["person 1"].values[:3, 0].tolist() == [40, 500, 100]


def test_the_libre_software_numbers_its_rows_and_not_its_people(loaded):
    heading = "ID\tTime\tRecord Type\tHistoric Glucose (mg/dL)\tScan Glucose (mg/dL)"
    rows = [f"{1000 + k}\t{at(k, 15):%Y/%m/%d %H:%M}\t0\t{100 + k}\t" for k in range(30)]
    data = loaded("\n".join(["Secretname", heading, *rows]) + "\n", "mine.txt")
    assert list(data.people) == ["person 1"]
    assert record_counts(data)["readings"].tolist() == [30]


def test_a_file_of_scans_alone_is_read_and_says_so(loaded):
    heading = "Device,Device Timestamp,Record Type,Historic Glucose mg/dL,Scan Glucose mg/dL"
    rows = [f"x,{at(k, 15):%Y-%m-%d %H:%M},1,,{100 + k}" for k in range(20)]
    data = loaded("\n".join([heading, *rows]) + "\n")
    assert "The file has no automatic readings; its scans were taken." in data.notes


def carelink(unit: str = "mmol/L") -> str:
    columns = (
        f"Index;Date;Time;New Device Time;BG Reading ({unit});Bolus Volume Selected (U);Bolus Volume Delivered (U);"
        f"BWZ Carb Input (grams);Sensor Calibration BG ({unit});Sensor Glucose ({unit});ISIG Value"
    )
    dashes = "-------;MiniMed 780G;{};NG1;-------"
    rows = ["Last Name;First Name;Patient ID;Start Date", '"Secretname";Jane;;13.01.2026', ";;"]
    rows += [dashes.format("Pump"), columns, "0,00000;2026/01/13;09:01:00;;6,3;;;;;;"]
    rows += ["1,00000;2026/01/13;09:02:00;;;4,5;4,5;;;;", "2,00000;2026/01/13;09:01:00;;;;;30;;;"]
    rows += [dashes.format("Sensor"), columns]
    rows += [f"{k},00000;{at(k):%Y/%m/%d;%H:%M:%S};;;;;;;{comma(5 + k / 10)};20,1" for k in range(40, 0, -1)]
    rows += ["41,00000;2026/01/13;11:20:30;;;;;;6,1;;"]
    rows += [dashes.format("Aggregated Auto Insulin Data"), columns, "9,0;2026/01/13;00:00:00;;;;22,5;;;;"]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_carelink_in_its_encodings(loaded, encoding):
    data = loaded(carelink().encode(encoding))
    values = data.people["person 1"].values
    np.testing.assert_allclose(values[:, 0], [MG_PER_MMOL * (5 + k / 10) for k in range(1, 41)], rtol=1e-6)
    assert sums(data) == {INSULIN: DOSE, CARBOHYDRATE: MEAL}, "the daily sums are no doses"
    assert said(data, "left out") == "1 calibrations; 1 readings of a blood glucose meter"


def test_a_name_in_latin_letters_of_windows_does_not_matter(loaded):
    data = loaded(carelink().replace("Secretname", "Jürgens").encode("cp1252"))
    assert record_counts(data)["readings"].tolist() == [40]
    assert "The file is not in UTF-8; it was read as Windows-1252." in data.notes


def ipro2() -> str:
    heading = "Index\tDate\tTime\tTimestamp\tSource\tBG Reading (mmol/L)\tISIG Value\tSensor Glucose (mmol/L)"
    rows = ["Medtronic Diabetes iPro Data Export File (v1.0.1)", "PATIENT INFO", "Name\tSecretname"]
    rows += [heading, "1\t13/01/16\t08:00:00\t13/01/16 08:00:00\tLog sheet\t6.1\t\t"]
    rows += [f"{k}\t{at(k):%d/%m/%y\t%H:%M:%S\t%d/%m/%y %H:%M:%S}\tGSR\t\t20\t{5 + k / 10:.1f}" for k in range(20)]
    return "\n".join(rows) + "\n"


def test_ipro2(loaded):
    data = loaded(ipro2().encode("utf-16"))
    assert record_counts(data)["readings"].tolist() == [20]
    assert str(data.people["person 1"].time[0]) == "2026-01-13T08:00:00"


def test_a_last_line_that_is_cut_off_is_left_out(loaded):
    data = loaded(ipro2().rstrip().rpartition("\t")[0].rpartition("\t")[0])
    assert record_counts(data)["readings"].tolist() == [19]
    assert any("ends in its middle" in note for note in data.notes)


def milliseconds(k: int) -> int:
    return round((at(k) - datetime(1970, 1, 1)).total_seconds() * 1000)


def entries(**more) -> list[dict]:
    return [
        {"_id": str(k), "type": "sgv", "sgv": 120 + k, "date": milliseconds(k), "dateString": f"{at(k).isoformat()}Z"}
        | more
        for k in range(30)
    ]


TREATMENTS = [
    {"eventType": "Meal Bolus", "insulin": DOSE, "carbs": MEAL, "created_at": f"{at(5).isoformat()}Z"},
    {"eventType": "Temp Basal", "insulin": None, "carbs": None, "created_at": f"{at(6).isoformat()}Z"},
]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("".join(f'"{at(k).isoformat()}.000Z",{milliseconds(k)},{120 + k},"Flat",\n' for k in range(30)), "mine.csv"),
        ("".join(f'"{at(k).isoformat()}.000Z"\t{milliseconds(k)}\t{120 + k}\t"Flat"\n' for k in range(30)), "mine.tsv"),
        (
            "_id,sgv,date,dateString,trend,direction,type\n"
            + "".join(f"{k},{120 + k},{milliseconds(k)},{at(k).isoformat()}Z,4,Flat,sgv\n" for k in range(30))
            + f"31,,{milliseconds(31)},x,,,cal\n",
            "mine.csv",
        ),
        (json.dumps([*entries(), {"type": "mbg", "mbg": 100, "date": milliseconds(3)}]), "mine.json"),
        ("\n".join(json.dumps(entry) for entry in entries()), "mine.json"),
        (json.dumps(entries(dateString="Tue Jan 13 08:00:00 CET 2026")), "mine.json"),
    ],
    ids=["no heading", "tabs", "heading", "array", "a line each", "a date in words"],
)
def test_nightscout_entries(loaded, content, name):
    data = loaded(content, name)
    assert data.people["person 1"].values[:, 0].tolist() == [120 + k for k in range(30)]
    assert str(data.people["person 1"].time[0]) == "2026-01-13T08:00:00"
    assert said(data, "clock").startswith("UTC: the file does not say what the person's clock showed")


def test_nightscout_json_with_treatments_and_the_clock_of_the_person(loaded):
    data = loaded(json.dumps({"entries": entries(utcOffset=120), "treatments": TREATMENTS}), "mine.json")
    record = data.people["person 1"]
    assert str(record.time[0]) == "2026-01-13T10:00:00"
    assert said(data, "clock") == "the person's own, at UTC+2 h"
    assert record.values[5, 1:3].tolist() == [DOSE, MEAL]
    assert sums(data) == {INSULIN: DOSE, CARBOHYDRATE: MEAL}


def test_nightscout_in_two_blocks(loaded):
    text = "# CGM ENTRIES\nDate,Time,Glucose (mg/dL),Type,Device,Trend,ID\n"
    text += "".join(
        f'"{at(k):%m/%d/%Y}","{at(k):%I:%M:%S %p}","{120 + k}","sgv","","","{k}"\n' for k in range(29, -1, -1)
    )
    text += "\n# TREATMENTS (Insulin, Carbs, Exercise)\nDate,Time,Event Type,Insulin (U),Carbs (g),Notes,ID\n"
    text += f'"{at(5):%m/%d/%Y}","{at(5):%I:%M:%S %p}","Bolus","{DOSE}","{MEAL}","","x"\n'
    data = loaded(text)
    assert data.people["person 1"].values[:, 0].tolist() == [120 + k for k in range(30)]
    assert data.people["person 1"].values[5, 1:3].tolist() == [DOSE, MEAL]


def tidepool() -> list[dict]:
    local = timedelta(hours=-8)
    rows = [
        {
            "type": "cbg",
            "id": f"a{k}",
            "units": "mmol/L",
            "value": 5.55074,
            "time": f"{at(k).isoformat()}.000Z",
            "deviceTime": (at(k) + local).isoformat(),
            "timezoneOffset": -480,
            "uploadId": "u",
        }
        for k in range(1282)
    ]
    event = {"time": f"{at(3).isoformat()}Z", "deviceTime": (at(3) + local).isoformat(), "timezoneOffset": -480}
    rows += [event | {"type": "bolus", "id": "b", "normal": DOSE}, event | {"type": "wizard", "carbInput": MEAL}]
    return [*rows, event | {"type": "smbg", "units": "mmol/L", "value": 6.1}, event | {"type": "upload"}]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_tidepool_whose_identifiers_are_those_of_rows(loaded, kind):
    if kind == "json":
        data = loaded(json.dumps(tidepool()), "mine.json")
    else:
        keys = [
            "id",
            "type",
            "time",
            "deviceTime",
            "timezoneOffset",
            "value",
            "units",
            "uploadId",
            "normal",
            "carbInput",
        ]
        rows = [",".join(str(row.get(key, "")) for key in keys) for row in tidepool()]
        data = loaded("\n".join([",".join(keys), *rows]) + "\n")
    assert list(data.people) == ["person 1"]
    assert record_counts(data)["readings"].tolist() == [1282]
    np.testing.assert_allclose(data.people["person 1"].values[:, 0], 100.0, atol=0.01)
    assert str(data.people["person 1"].time[0]) == "2026-01-13T00:00:00"
    assert sums(data) == {INSULIN: DOSE, CARBOHYDRATE: MEAL}
    assert (said(data, "unit"), said(data, "clock")) == ("mmol/L", "the person's own, at UTC-8 h")
    assert said(data, "left out") == "1 readings of a blood glucose meter"


def test_tidepool_sheet_of_continuous_readings_and_of_several_users(loaded):
    heading = "userId,Local Time,Value,Units,Device ID"
    rows = [f"{user},{at(k):%Y-%m-%d %H:%M:%S},{100 + k},mg/dL,d" for user in ("u9", "u3") for k in range(30)]
    data = loaded("\n".join([heading, *rows]) + "\n")
    assert list(data.people) == ["person 1", "person 2"]
    assert record_counts(data)["readings"].tolist() == [30, 30]


def test_xdrip(loaded):
    rows = [f"{at(k):%d.%m.%Y;%H:%M};{100 + k};;;;" for k in range(30)]
    rows += [f"{at(4):%d.%m.%Y;%H:%M};;110;;;", f"{at(4):%d.%m.%Y;%H:%M};;;{MEAL};{comma(DOSE)};lunch"]
    data = loaded("\n".join(["DAY;TIME;UDT_CGMS;BG_LEVEL;CH_GR;BOLUS;REMARK", *rows]) + "\n")
    assert data.people["person 1"].values[:, 0].tolist() == [100 + k for k in range(30)]
    assert data.people["person 1"].values[4, 1:3].tolist() == [DOSE, MEAL]
    assert said(data, "left out") == "1 readings of a blood glucose meter"
    table = "_id,timestamp,calculated_value\n" + "".join(f"{k},{milliseconds(k)},{100.5 + k}\n" for k in range(30))
    assert record_counts(loaded(table))["mean (mg/dL)"].tolist() == [115.0]


def test_a_file_that_is_compressed(loaded):
    data = loaded(gzip.compress(clarity().encode()), "mine.csv.gz")
    assert record_counts(data)["readings"].tolist() == [40]
    with pytest.raises(DataError, match="one that cannot be unpacked"):
        loaded(gzip.compress(clarity().encode())[:90], "half.csv.gz")


@pytest.mark.parametrize("name", ["book.xlsx", "book.csv", "book.xls"])
def test_a_workbook_is_refused_as_one(loaded, name):
    content = b"\xd0\xcf\x11\xe0 old" if name.endswith(".xls") else b"PK\x03\x04 new"
    with pytest.raises(DataError, match=r"Excel workbook.*save the sheet with the readings as CSV UTF-8"):
        loaded(content, name)


def test_json_of_something_else_is_refused_with_what_is_in_it(loaded):
    with pytest.raises(DataError, match="found 1 entries with pulse, at"):
        loaded('[{"pulse": 60, "at": "2026"}]', "mine.json")


def test_all_faults_of_an_export_come_in_one_refusal(loaded):
    text = clarity(readings=["100", "wrong", "1900", "110", *["120"] * 20]).replace(f",{DOSE},", ",-1,")
    text = text.replace(f"{at(7):%Y-%m-%dT%H:%M:%S}", "noon")
    with pytest.raises(DataError) as caught:
        loaded(text)
    message = str(caught.value)
    for fault in ("'noon", "'wrong'", "found 1900", "an amount, zero or more, found '-1'"):
        assert fault in message, message
    assert "Secretname" not in message


def test_an_export_without_a_reading(loaded):
    with pytest.raises(
        DataError, match="expected glucose readings in an export of Dexcom Clarity or Studio, found none"
    ):
        loaded(clarity().replace("EGV", "Egg"))
