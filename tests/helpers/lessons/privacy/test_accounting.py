"""The accountant is asked the right question: known values, monotone, and one step is the Gaussian mechanism."""

import pytest

from helpers.lessons.privacy import accounting, mechanisms


def test_one_step_of_everybody_is_the_gaussian_mechanism():
    sd = mechanisms.gauss_scale(1.0, 1e-5)
    assert sd == pytest.approx(3.73, abs=0.01), "Balle and Wang's figure for ε = 1, δ = 1e-5"
    assert accounting.epsilon_of(sd, 1.0, 1) == pytest.approx(1.0, abs=0.01)


def test_more_noise_and_fewer_steps_and_rarer_draws_spend_less():
    spent = accounting.epsilon_of(1.5, 0.1, 50)
    assert accounting.epsilon_of(3.0, 0.1, 50) < spent < accounting.epsilon_of(1.0, 0.1, 50)
    assert accounting.epsilon_of(1.5, 0.1, 20) < spent
    assert accounting.epsilon_of(1.5, 0.05, 50) < spent


@pytest.mark.parametrize("epsilon", [1.0, 8.0])
def test_the_noise_found_spends_what_was_allowed_and_hardly_less(epsilon):
    noise = accounting.noise_for(epsilon, 0.1, 30)
    assert epsilon - 0.1 < accounting.epsilon_of(noise, 0.1, 30) <= epsilon
