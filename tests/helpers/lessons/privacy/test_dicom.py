"""Names go out of a DICOM file's header, its sequences, its private elements and its pixels, and a search sees it."""

import io

import numpy as np
import pytest
from pydicom import dcmread

from helpers.lessons.privacy import dicom


@pytest.fixture(scope="module")
def scan():
    return dicom.sample_scan(seed=1)


@pytest.fixture(scope="module")
def cleaned(scan):
    clean = dicom.only_kept(scan)
    return dicom.blanked(clean, dicom.find_text(scan.pixel_array))


def test_the_sample_holds_the_number_where_nobody_looks(scan):
    places = dicom.places_of(scan, "1CT1", "ABCD")
    assert "Patient ID" in places
    assert "Study ID" in places
    assert sum("Sequence / Patient ID" in place for place in places) == 2
    assert "[Image actual date]" in dicom.places_of(scan, "862399669"), "30 April 1997 in seconds, a private element"


def test_deleting_the_name_alone_leaves_the_rest(scan):
    copy = dcmread(io.BytesIO(dicom.as_bytes(scan)))
    del copy.PatientName
    assert dicom.places_of(copy, "Doe") == []
    assert len(dicom.places_of(copy, "1CT1", "ABCD", "1997")) > 5


def test_nothing_of_the_person_is_in_the_cleaned_file(cleaned):
    raw = dicom.as_bytes(cleaned)
    for text in ("Doe", "1CT1", "1234ABCD", "JFK", "19970430", "20040119", "862399669", "GEMS"):
        assert text.encode() not in raw, text
    back = dcmread(io.BytesIO(raw))
    assert not any(element.tag.is_private for element in back.iterall())
    assert back.PatientIdentityRemoved == "YES"


def test_the_picture_survives_outside_the_box(scan, cleaned):
    top, bottom, left, right = dicom.find_text(scan.pixel_array)
    outside = np.ones(scan.pixel_array.shape, bool)
    outside[top:bottom, left:right] = False
    assert (cleaned.pixel_array[outside] == scan.pixel_array[outside]).all()
    assert outside.mean() > 0.9


def test_the_letters_are_found_and_gone(scan, cleaned):
    assert dicom.likeness_of_text(scan.pixel_array, dicom.WRITTEN) > 0.8
    assert dicom.likeness_of_text(cleaned.pixel_array, dicom.WRITTEN) < 0.45
    top, bottom, left, right = dicom.find_text(scan.pixel_array)
    height, width = dicom.rendered(dicom.WRITTEN).shape
    assert (top, left) <= dicom.AT
    assert bottom >= dicom.AT[0] + height
    assert right >= dicom.AT[1] + width


def test_an_even_picture_has_no_text():
    assert dicom.find_text(np.full((40, 40), 7)) is None
    assert dicom.find_text(np.arange(1600).reshape(40, 40)) is None


def test_new_identifiers_are_new_each_time(scan):
    assert dicom.only_kept(scan).SOPInstanceUID != dicom.only_kept(scan).SOPInstanceUID


def test_the_search_finds_every_trace_in_the_file_as_it_was_also_binary_ones(scan, cleaned):
    traces = dicom.traces_of(scan, "1CT1", "1234ABCD", "JFK", "19970430", "862399669", "GEMS")
    assert "[Image actual date]" in traces
    assert traces["[Image actual date]"] == (862399669).to_bytes(4, "little")
    before, after = dicom.as_bytes(scan), dicom.as_bytes(cleaned)
    assert all(trace in before for trace in traces.values())
    assert not any(trace in after for trace in traces.values())
    assert b"862399669" not in before, "digits are not what stands there: a search for them would be blind"
    assert dicom.places_of(dicom.read_back(after), "1CT1", "1234ABCD", "JFK", "19970430", "862399669", "GEMS") == []
