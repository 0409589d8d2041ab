"""Points of the figures of heartbeats stand where their numbers are, with bars where they have intervals."""

from helpers import plots
from helpers.evaluation import Interval

SENTENCE = "A sentence for those who cannot see the figure."


def test_a_pair_of_intervals_has_a_bar_each_way_and_a_pair_of_numbers_none():
    ours = Interval(0.9, 0.7, 1.0), Interval(0.6, 0.5, 0.8)
    figure = plots.beat_curve_figure({"V": {}}, {"V": {"published": (0.8, 0.7), "ours": ours}}, alt=SENTENCE).figure
    drawn = [(list(line.get_xdata()), list(line.get_ydata())) for line in figure.axes[0].lines]
    assert drawn == [([0.8], [0.7]), ([0.7, 1.0], [0.6, 0.6]), ([0.9, 0.9], [0.5, 0.8]), ([0.9], [0.6])]
