"""Clarke's grid: corners and borders of the published figure, and points just off them on either side."""

import numpy as np
import pytest

from helpers.lessons.forecasting.clarke import BORDERS, EDGE, ZONES, clarke_zones, zone_shares

# (true, forecast) in mg/dL and the zone, well inside each area of the figure.
INSIDE = [
    *[(100, 100, "A"), (50, 40, "A"), (69, 20, "A"), (300, 250, "A"), (65, 75, "A"), (500, 590, "A")],
    *[
        (100, 130, "B"),
        (150, 110, "B"),
        (200, 260, "B"),
        (300, 220, "B"),
        (80, 60, "B"),
        (100, 200, "B"),
        (230, 175, "B"),
    ],
    *[(100, 230, "C"), (200, 330, "C"), (160, 20, "C"), (175, 40, "C"), (350, 480, "C")],
    *[(40, 100, "D"), (55, 150, "D"), (66, 120, "D"), (260, 100, "D"), (390, 160, "D")],
    *[(50, 200, "E"), (69, 350, "E"), (200, 50, "E"), (380, 69, "E")],
]
# A published border, and the zones a little below and above it (or left and right of it).
ACROSS = [
    ("20 % above", (200, 239.9), "A", (200, 240.1), "B"),
    ("20 % below", (200, 159.9), "B", (200, 160.1), "A"),
    ("upper C, y + 110", (120, 229.9), "B", (120, 230.1), "C"),
    ("lower C, 7/5 (y - 130)", (160, 41.9), "C", (160, 42.1), "B"),
    ("lower C ends at 180", (179.9, 20), "C", (180.1, 20), "E"),
    ("lower C begins at 130", (129.9, 0), "B", (130.1, 0), "C"),
    ("left D, lower edge", (40, 69.9), "A", (40, 70.1), "D"),
    ("left D, upper edge", (40, 179.9), "D", (40, 180.1), "E"),
    ("left D ends at 70", (69.9, 100), "D", (70.1, 100), "B"),
    ("right D begins at 240", (239.9, 100), "B", (240.1, 100), "D"),
    ("right D, upper edge", (300, 179.9), "D", (300, 180.1), "B"),
    ("right D, lower edge", (300, 69.9), "E", (300, 70.1), "D"),
    ("lower E begins at 180", (179.9, 60), "C", (180.1, 60), "E"),
    ("upper E ends at 70", (69.9, 250), "E", (70.1, 250), "C"),
    ("both below 70", (69.9, 50), "A", (70.1, 50), "B"),
    ("A's corner at 58.33", (58.2, 70.05), "D", (58.5, 70.05), "A"),
]


@pytest.mark.parametrize(("true", "forecast", "zone"), INSIDE)
def test_points_inside_the_areas_of_the_figure(true, forecast, zone):
    assert clarke_zones([true], [forecast])[0] == zone


@pytest.mark.parametrize(("border", "one", "zone", "other", "other_zone"), ACROSS, ids=[each[0] for each in ACROSS])
def test_the_zone_changes_at_the_published_border(border, one, zone, other, other_zone):
    assert clarke_zones([one[0], other[0]], [one[1], other[1]]).tolist() == [zone, other_zone]


def test_every_drawn_border_separates_two_zones():
    """Half way along each line, a step to either side lands in different zones."""
    for (x0, y0), (x1, y1) in BORDERS:
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        length = np.hypot(x1 - x0, y1 - y0)
        dx, dy = (y1 - y0) / length, -(x1 - x0) / length
        zones = clarke_zones([x + dx, x - dx], [y + dy, y - dy])
        assert zones[0] != zones[1], ((x0, y0), (x1, y1))


def test_no_border_is_missing_from_the_drawing():
    """Where the zone changes between neighbours of a fine grid, a drawn line passes by."""
    axis = np.arange(1.0, EDGE, 3.0)
    true, forecast = (each.ravel() for each in np.meshgrid(axis, axis))
    zones = clarke_zones(true, forecast).reshape(len(axis), -1)
    rows, columns = np.nonzero(zones[:, 1:] != zones[:, :-1])
    points = np.stack([axis[columns] + 1.5, axis[rows]], axis=1)
    distances = []
    for start, end in BORDERS:
        a, b = np.array(start, float), np.array(end, float)
        share = np.clip((points - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
        distances.append(np.linalg.norm(points - a - share[:, None] * (b - a), axis=1))
    assert np.min(distances, axis=0).max() < 4


def test_shares_add_up_and_count_what_is_there():
    shares = zone_shares(np.array([100.0, 100, 40, 200]), np.array([100.0, 130, 100, 50]))
    assert shares.to_dict() == {"A": 0.25, "B": 0.25, "C": 0, "D": 0.25, "E": 0.25}
    assert list(shares.index) == list(ZONES)


@pytest.mark.parametrize(
    ("true", "forecast", "message"),
    [
        ([100, 120], [100], "forecast: expected the shape of true"),
        ([100], [np.nan], "expected finite values"),
        ([0], [100], "above 0 mg/dL"),
    ],
)
def test_impossible_pairs_are_refused(true, forecast, message):
    with pytest.raises(ValueError, match=message):
        clarke_zones(true, forecast)


def test_seventy_itself_is_not_below_seventy():
    """Zone A as the paper words it: both below 70; a forecast of 70 for a true 55 misses a low."""
    assert clarke_zones(np.array([55.0, 55.0]), np.array([69.9, 70.0])).tolist() == ["A", "D"]
