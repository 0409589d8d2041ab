"""Recordings of hearts and brains, cut into what a model is given: beats of MIT-BIH, segments of the Bonn set."""
