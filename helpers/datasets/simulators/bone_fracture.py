"""A femur broken in two along a plane: how much bone of either fragment the beam still meets."""

from __future__ import annotations

import numpy as np

from helpers.datasets.simulators.bone_anatomy import half_chords, less_growth_plate, shin
from helpers.datasets.simulators.simulation import Columns

# name: (least, greatest), uniform
FRACTURE = {
    "height": (3.6, 7.0),  # cm above the joint: from the widening end of the bone to its shaft
    "slope": (0.0, 1.0),  # turned into the tangent of the angle between the break and a cut straight across
    "slope_towards": (0.0, 2 * np.pi),  # radians about the bone's axis: where the break rises
    "gap": (0.0, 1.0),  # turned into cm between the fragments
    "shift": (0.0, 1.0),  # turned into cm by which the lower fragment has moved sideways
    "shift_towards": (0.0, 2 * np.pi),
    "bend": (0.0, 1.0),  # turned into radians by which the lower fragment is bent
    "bend_towards": (0.0, 2 * np.pi),
    "ragged": (0.03, 0.12),  # cm, the teeth of the broken edge
    "teeth": (0.0, 2 * np.pi),  # radians, where they stand
}
STEEPEST = 1.7  # tangent: 60 degrees, a long oblique break
FLATTEST_IN_DEPTH = 0.1  # tangent: no break lies exactly in the beam's direction
ZONE_CM = 0.2  # the fracture zone is at least this wide


def turned(fracture: Columns, turn, gap_cm, shift_cm, bend_radians) -> Columns:
    """The fracture as this view sees it.

    A break, a shift and a bend have a direction about the bone's axis, so each view shows a part of them: the cosine
    of the angle between that direction and the picture. One view is no view.
    turn: radians by which the leg is turned, (n, 1, 1). gap_cm, shift_cm, bend_radians: least and greatest.
    """
    slope = STEEPEST * fracture["slope"]
    towards = fracture["slope_towards"] - turn
    shift = shift_cm[0] + (shift_cm[1] - shift_cm[0]) * fracture["shift"]
    bend = bend_radians[0] + (bend_radians[1] - bend_radians[0]) * fracture["bend"]
    return {
        "height": fracture["height"],
        "slope": slope * np.cos(towards),
        "depth_slope": np.maximum(np.abs(slope * np.sin(towards)), FLATTEST_IN_DEPTH),
        "gap": gap_cm[0] + (gap_cm[1] - gap_cm[0]) * fracture["gap"],
        "shift": shift * np.cos(fracture["shift_towards"] - turn),
        "bend": bend * np.cos(fracture["bend_towards"] - turn),
        "ragged": fracture["ragged"],
        "teeth": fracture["teeth"],
    }


def above_break(u, v, body: Columns, fracture: Columns):
    """Where along the beam the plane of the break lies: w, in cm from the bone's axis.

    The plane is v = v0 + slope u + depth_slope w, with teeth. What lies beyond, at larger w, is on the shaft's side.
    """
    phase = fracture["teeth"]
    teeth = sum(
        np.cos(np.float32(rate) * u + turn * phase) / turn for turn, rate in enumerate((3.1, 8.3, 17.9), start=1)
    )
    centre = body["joint"] - fracture["height"]
    return (v - centre - fracture["slope"] * u - fracture["ragged"] * teeth) / fracture["depth_slope"]


def broken(u, v, body: Columns, fracture: Columns, cos, sin, sponge) -> tuple[np.ndarray, np.ndarray]:
    """Length of the beam inside the bone of both fragments, and inside the fracture zone.

    The upper fragment stays; the lower one is drawn away by the gap, shifted and bent, and takes the shin
    and a child's growth plate along. The
    zone is what lies between the broken surfaces, inside the outline that the bone had, marrow included.
    sponge: density of the spongy bone relative to its average.
    """
    outer, inner, spongy = half_chords(u, v, body, cos, sin)
    plane = above_break(u, v, body, fracture)
    marrow = 1 - spongy * sponge
    upper = (outer - np.clip(plane, -outer, outer)) - marrow * (inner - np.clip(plane, -inner, inner))
    wide = np.maximum(fracture["gap"], ZONE_CM)
    lower_edge = plane - (0.5 * (fracture["gap"] + wide)) / fracture["depth_slope"]
    upper_edge = plane + (0.5 * (wide - fracture["gap"])) / fracture["depth_slope"]
    zone = np.clip(upper_edge, -outer, outer) - np.clip(lower_edge, -outer, outer)

    centre = body["joint"] - fracture["height"]
    bend_cos, bend_sin = np.cos(fracture["bend"]), np.sin(fracture["bend"])
    moved_u, moved_v = u - fracture["shift"], v - fracture["gap"] - centre
    own_u = bend_cos * moved_u + bend_sin * moved_v
    own_v = bend_cos * moved_v - bend_sin * moved_u + centre
    outer, inner, spongy = half_chords(own_u, own_v, body, cos, sin)
    plane = above_break(own_u, own_v, body, fracture)
    marrow = 1 - spongy * sponge
    lower = (outer + np.clip(plane, -outer, outer)) - marrow * (inner + np.clip(plane, -inner, inner))
    lower = less_growth_plate(lower, own_u, own_v, body)
    return upper + lower + shin(own_u, own_v, body, cos, sin), zone
