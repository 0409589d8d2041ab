"""Figures of brain waves: what is drawn lies where it belongs, with units and names."""

import numpy as np
import pandas as pd

from helpers import plots

SENTENCE = "A sentence for those who cannot see the figure."


def test_each_state_has_its_trace_and_its_spectrum():
    signals = {"quiet": np.zeros(256), "loud": np.sin(np.arange(256))}
    spectra = {name: (np.arange(1, 60.0), np.ones(59)) for name in signals}
    figure = plots.eeg_figure(signals, 256.0, spectra, alt=SENTENCE).figure
    assert len(figure.axes) == 4
    assert figure.axes[-2].get_xlabel() == "seconds"
    assert figure.axes[0].get_ylim() == figure.axes[2].get_ylim(), "one scale"
    assert max(figure.axes[1].lines[0].get_xdata()) <= 40


def test_the_light_is_drawn_with_the_seizures_of_its_time():
    time = np.datetime64("2026-01-05", "s") + np.arange(100) * np.timedelta64(300, "s")
    light = np.arange(100) < 20
    figure = plots.light_figure(time, np.linspace(0, 1, 100), 0.4, light, time[[50]] - [0, 10**6], alt=SENTENCE).figure
    vertical = [line for line in figure.axes[0].lines if len(set(line.get_xdata())) == 1]
    assert len(vertical) == 1, "one seizure is before the first look"
    assert figure.axes[0].get_ylabel() == "stated risk"


def test_chance_is_the_diagonal_and_the_choice_is_ringed():
    curve = pd.DataFrame({"time in warning": [0.1, 0.4], "sensitivity": [0.3, 0.6]}, index=[0.8, 0.5])
    panel = plots.worth_figure({"model": curve}, {"model": 0.5}, alt=SENTENCE).figure.axes[0]
    assert panel.lines[0].get_xdata()[1] == panel.lines[0].get_ydata()[1] == 1
    assert (panel.lines[2].get_xdata()[0], panel.lines[2].get_ydata()[0]) == (0.4, 0.6)


def test_bars_and_risk_have_an_axis_each():
    table = pd.DataFrame({"seizures": np.full(24, 1 / 24), "risk": 0.3}, index=range(-12, 12))
    figure = plots.clock_figure({"one": table, "two": table}, alt=SENTENCE).figure
    assert len(figure.axes) == 4
    assert {round(bar.get_height(), 3) for bar in figure.axes[0].patches} == {0.042}
