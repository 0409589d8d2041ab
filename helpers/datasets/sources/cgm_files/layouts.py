"""The layouts that are known: exports of Dexcom, Abbott, Medtronic, Nightscout, Tidepool and xDrip.

Headings are those of public sample exports and of the open-source programs that write or read them.
"""

from __future__ import annotations

from dataclasses import replace

from helpers.datasets.sources.cgm_files.layout import Block, Layout, Way
from helpers.datasets.sources.cgm_files.values import LIMITS_OF_LIBRE, LIMITS_OF_MOST

_METER = "readings of a blood glucose meter"
_CALIBRATION = "calibrations"
_SLOW_OR_FAST = ("eventsubtype", "ereignisunterart")

CLARITY = Layout(
    name="Dexcom Clarity or Studio",
    limits=LIMITS_OF_MOST,
    blocks=(
        Block(
            known_by=(("timestamp", "zeitstempel"), ("eventtype", "ereignisart"), ("glucosevalue", "glukosewert")),
            times=(Way((("timestamp", "zeitstempel"),)),),
            glucose=("glucosevalue", "glukosewert"),
            kind=("eventtype", "ereignisart"),
            readings=("egv",),
            kinds_aside={"calibration": _CALIBRATION, "kalibrierung": _CALIBRATION},
            insulin=("insulinvalue", "insulinwert"),
            carbohydrate=("carbvalue", "kohlenhwert"),
            subkind=_SLOW_OR_FAST,
            names=("firstname", "lastname", "patientidentifier", "dateofbirth", "vorname", "nachname", "geburtsdatum"),
            value=("patientinfo", "patienteninfo"),
        ),
    ),
)
OLD_STUDIO = Layout(
    name="Dexcom Studio of older receivers",
    limits=LIMITS_OF_MOST,
    unit="mg/dL",
    blocks=(
        Block(
            known_by=(("glucosedisplaytime",), ("glucosevalue",)),
            times=(Way((("glucosedisplaytime",),)),),
            glucose=("glucosevalue",),
            aside={_METER: ("metervalue",)},
        ),
    ),
)
_LIBRE = Block(
    known_by=(
        ("devicetimestamp", "metertimestamp", "gertezeitstempel"),
        ("historicglucose", "glukosewertverlauf"),
    ),
    times=(Way((("devicetimestamp", "metertimestamp", "gertezeitstempel", "time"),)),),
    glucose=("historicglucose", "glukosewertverlauf"),
    instead=("scanglucose", "glukosescan"),
    instead_called="scans",
    aside={_METER: ("stripglucose", "glukoseteststreifen")},
    insulin=("rapidactinginsulin", "rapidactinginsulinvalue", "schnellwirkendesinsulin"),
    slow=("longactinginsulin", "longactinginsulinvalue", "depotinsulin"),
    carbohydrate=("carbohydratesgrams", "kohlenhydrategramm"),
)
LIBREVIEW = Layout(
    name="LibreView or FreeStyle Libre",
    limits=LIMITS_OF_LIBRE,
    blocks=(_LIBRE, replace(_LIBRE, known_by=(("time",), ("recordtype",), ("historicglucose",)))),
)
CARELINK = Layout(
    name="Medtronic CareLink or iPro2",
    limits=LIMITS_OF_MOST,
    skip="aggregated",
    blocks=(
        Block(
            known_by=(("index",), ("date", "timestamp"), ("sensorglucose",)),
            times=(Way((("date",), ("time",))), Way((("timestamp",),))),
            glucose=("sensorglucose",),
            aside={_METER: ("bgreading",), _CALIBRATION: ("sensorcalibrationbg",)},
            insulin=("bolusvolumedelivered",),
            carbohydrate=("bwzcarbinputgrams", "carbinputgrams", "bwzcarbinput"),
        ),
    ),
)
NIGHTSCOUT = Layout(
    name="Nightscout",
    limits=LIMITS_OF_MOST,
    unit="mg/dL",
    blocks=(
        Block(
            known_by=(("sgv",), ("datestring", "date", "systime", "createdat")),
            times=(
                Way((("datestring",),), offset=("utcoffset",)),
                Way((("date",),), offset=("utcoffset",)),
                Way((("datestring",),)),
                Way((("date",),)),
                Way((("systime", "createdat"),)),
            ),
            glucose=("sgv",),
            kind=("type",),
            readings=("sgv", ""),
            kinds_aside={"mbg": _METER, "cal": _CALIBRATION},
        ),
        Block(  # what programs that export a Nightscout's entries and treatments into one text write
            known_by=(("date",), ("time",), ("glucose",), ("trend", "type")),
            times=(Way((("date",), ("time",))),),
            glucose=("glucose",),
            kind=("type",),
            readings=("sgv", ""),
            kinds_aside={"mbg": _METER, "cal": _CALIBRATION},
        ),
        Block(
            known_by=(("date",), ("time",), ("insulin",), ("carbs",)),
            times=(Way((("date",), ("time",))),),
            insulin=("insulin",),
            carbohydrate=("carbs",),
        ),
        Block(
            known_by=(("createdat", "timestamp"), ("eventtype", "insulin", "carbs")),
            times=(
                Way((("createdat",),), offset=("utcoffset",)),
                Way((("createdat",),)),
                Way((("timestamp",),)),
            ),
            insulin=("insulin",),
            carbohydrate=("carbs",),
        ),
        Block(
            known_by=(("mbg",), ("datestring", "date")),
            times=(Way((("datestring", "date"),)),),
            aside={_METER: ("mbg",)},
        ),
    ),
)
_TIDEPOOL_TIMES = (
    Way((("time",),), offset=("timezoneoffset",)),
    Way((("localtime",),)),
    Way((("devicetime",),)),
    Way((("time",),)),
)
_TIDEPOOL_TYPE = ("type", "datatype", "tidepooldatatype")
_TIDEPOOL_INSULIN = ("normal",)
_TIDEPOOL_CARBS = ("carbinput", "nutritioncarbohydratenet")
TIDEPOOL = Layout(
    name="Tidepool",
    limits=LIMITS_OF_MOST,
    blocks=(
        Block(
            known_by=(
                _TIDEPOOL_TYPE,
                ("value",),
                ("time", "devicetime", "localtime"),
                ("units", "uploadid", "deviceid", "timezoneoffset"),
            ),
            times=_TIDEPOOL_TIMES,
            glucose=("value",),
            unit=("units",),
            kind=_TIDEPOOL_TYPE,
            readings=("cbg",),
            kinds_aside={"smbg": _METER},
            insulin=_TIDEPOOL_INSULIN,
            carbohydrate=_TIDEPOOL_CARBS,
        ),
        Block(  # a sheet of continuous readings alone
            known_by=(("localtime", "devicetime"), ("value",), ("units",)),
            times=_TIDEPOOL_TIMES,
            glucose=("value",),
            unit=("units",),
        ),
        Block(
            known_by=(_TIDEPOOL_TYPE, ("time", "devicetime", "localtime"), _TIDEPOOL_INSULIN + _TIDEPOOL_CARBS),
            times=_TIDEPOOL_TIMES,
            insulin=_TIDEPOOL_INSULIN,
            carbohydrate=_TIDEPOOL_CARBS,
        ),
    ),
)
XDRIP = Layout(
    name="xDrip",
    limits=LIMITS_OF_MOST,
    blocks=(
        Block(  # the export for SiDiary
            known_by=(("day",), ("time",), ("udtcgms",)),
            times=(Way((("day",), ("time",))),),
            glucose=("udtcgms",),
            aside={_METER: ("bglevel",)},
            insulin=("bolus",),
            carbohydrate=("chgr",),
        ),
        Block(  # the table of readings of its data base
            known_by=(("timestamp",), ("calculatedvalue",)),
            times=(Way((("timestamp",),)),),
            glucose=("calculatedvalue",),
        ),
    ),
)
LAYOUTS = (CLARITY, OLD_STUDIO, LIBREVIEW, CARELINK, XDRIP, NIGHTSCOUT, TIDEPOOL)
