"""A DICOM file with names in its header and burnt into its pixels: where they hide, and what takes them out."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from copy import deepcopy

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid
from scipy.ndimage import median_filter

from helpers.datasets.simulators.chest import render_patient

SAMPLE = "CT_small.dcm"  # which pydicom ships for its tests: a header as a scanner wrote it, its name made up
NAME, WRITTEN = "Doe^Jane", "DOE JANE 1CT1"  # in the header, and burnt into the picture with the patient's number
AT = (4, 4)  # row and column where it is burnt in
MARGIN = 3  # pixels around found letters that are blanked too
STROKE = 6  # letters are brighter than what lies so many pixels around, and as bright as nothing else
KEEP = (  # what a training needs of a header, and nothing else: the list is this course's choice
    "SOPClassUID",
    "Modality",
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelSpacing",
    "RescaleIntercept",
    "RescaleSlope",
    "SliceThickness",
    "KVP",
    "PixelData",
)


def sample_scan(*, seed: int) -> Dataset:
    """pydicom's CT_small.dcm with the name Doe^Jane, and with a simulated radiograph in the place of its picture.

    The radiograph, 128 × 128, has the name and the number burnt into its upper left corner. All other elements are
    those of the sample, private ones included. Taught in notebooks/09_privacy.ipynb, section 1.3.
    """
    scan = dcmread(get_testdata_file(SAMPLE))
    scan.PatientName = NAME
    picture, _ = render_patient(1, label=0, size=scan.Rows, seed=seed)
    letters = rendered(WRITTEN)
    corner = picture[AT[0] :, AT[1] :][: letters.shape[0], : letters.shape[1]]
    corner[letters] = 255
    scan.PixelData = picture.astype(np.int16).tobytes()
    return scan


def rendered(text: str) -> np.ndarray:
    """The letters of a text as pixels, True where there is ink: bool (height, width), cut to the ink."""
    font = ImageFont.load_default_imagefont()
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    canvas = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(canvas).text((-left, -top), text, fill=255, font=font)
    ink = np.asarray(canvas) > 127
    rows, columns = ink.any(axis=1), ink.any(axis=0)
    return ink[
        rows.argmax() : len(rows) - rows[::-1].argmax(), columns.argmax() : len(columns) - columns[::-1].argmax()
    ]


def as_bytes(scan: Dataset) -> bytes:
    """The file that a scan becomes when it is saved."""
    buffer = io.BytesIO()
    scan.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def read_back(file: bytes) -> Dataset:
    """What a reader finds in the bytes of a saved file."""
    return dcmread(io.BytesIO(file))


def places_of(scan: Dataset, *texts: str) -> list[str]:
    """The elements, also inside sequences and private ones, whose value holds one of the texts, whatever its case."""
    found = []
    for path, value in _values(scan):
        if any(text.lower() in str(value).lower() for text in texts):
            found.append(path)
    return found


def _values(scan: Dataset, inside: str = "") -> Iterator[tuple[str, object]]:
    """Every element's path and value, pixels left out."""
    for element in scan:
        path = f"{inside}{element.name}"
        if element.VR == "SQ":
            for item in element.value:
                yield from _values(item, f"{path} / ")
        elif element.keyword != "PixelData":
            yield path, element.value


def traces_of(scan: Dataset, *texts: str) -> dict[str, bytes]:
    """The bytes that each element whose value holds one of the texts puts into the file, by the element's path.

    Numbers stand in a file as binary, where nobody finds their digits: whole ones of 32 bits, others of 64.
    Taught in notebooks/09_privacy.ipynb, section 1.3.
    """
    found = {}
    for path, value in _values(scan):
        if any(text.lower() in str(value).lower() for text in texts):
            layout = {int: "<i", float: "<d"}.get(type(value))
            found[path] = struct.pack(layout, value) if layout else str(value).encode()
    return found


def only_kept(scan: Dataset) -> Dataset:
    """A new scan with the elements of KEEP and new identifiers: what is not on the list does not come along.

    The new identifiers are random, and lead back to nothing. Taught in notebooks/09_privacy.ipynb, section 1.3.
    """
    kept = Dataset()
    for keyword in KEEP:
        if keyword in scan:
            kept.add(deepcopy(scan[keyword]))
    kept.SOPInstanceUID = generate_uid()
    kept.PatientIdentityRemoved, kept.DeidentificationMethod = "YES", "elements on an allow-list alone"
    kept.file_meta = type(scan.file_meta)()
    kept.file_meta.TransferSyntaxUID = scan.file_meta.TransferSyntaxUID
    kept.file_meta.MediaStorageSOPClassUID = kept.SOPClassUID
    kept.file_meta.MediaStorageSOPInstanceUID = kept.SOPInstanceUID
    return kept


def find_text(picture: np.ndarray) -> tuple[int, int, int, int] | None:
    """The box (top, bottom, left, right) around pixels as bright as nothing else and brighter than what lies around.

    picture: (height, width). None where there are none. It finds letters of one full white, no faint or dark ones.
    Taught in notebooks/09_privacy.ipynb, section 1.3.
    """
    around = median_filter(picture.astype(float), 2 * STROKE + 1)
    ink = (picture == picture.max()) & (picture > around + 0.25 * (picture.max() - picture.min()))
    if ink.sum() < 2 * STROKE:
        return None
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    height, length = picture.shape
    return (
        max(0, int(rows[0]) - MARGIN),
        min(height, int(rows[-1]) + 1 + MARGIN),
        max(0, int(columns[0]) - MARGIN),
        min(length, int(columns[-1]) + 1 + MARGIN),
    )


def blanked(scan: Dataset, box: tuple[int, int, int, int]) -> Dataset:
    """The scan with the pixels in the box (top, bottom, left, right) set to its darkest value. Changes the scan."""
    picture = scan.pixel_array.copy()
    top, bottom, left, right = box
    picture[top:bottom, left:right] = picture.min()
    scan.PixelData = picture.tobytes()
    return scan


def likeness_of_text(picture: np.ndarray, text: str) -> float:
    """How alike the most similar place of a picture and the text's letters are: the greatest correlation, -1 to 1.

    Taught in notebooks/09_privacy.ipynb, section 1.3.
    """
    ink = rendered(text).astype(float)
    ink = (ink - ink.mean()) / np.linalg.norm(ink - ink.mean())
    places = sliding_window_view(picture.astype(float), ink.shape)
    centred = places - places.mean(axis=(2, 3), keepdims=True)
    size = np.sqrt((centred**2).sum(axis=(2, 3)))
    return float(((centred * ink).sum(axis=(2, 3)) / np.maximum(size, 1e-9)).max())
