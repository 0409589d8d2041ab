"""Notebook 07: maps and tables of reasons, and what they are worth, one module per section."""

from helpers.lessons.interpretability.attribution import ClassScore, Maps, integrated_gradients, without_network
from helpers.lessons.interpretability.columns import shapley_values
from helpers.lessons.interpretability.localisation import account, beside_the_body, energy, overlap, scoreboard
