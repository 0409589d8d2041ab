"""The rivals train the same network by the same step; who is not installed has a row that says so."""

import numpy as np
import pytest

from bench import training
from bench.training import build, compiled_epoch, data
from helpers.models.training import set_seed


@pytest.mark.parametrize("network", ["CNN", "LSTM"])
def test_the_bare_loop_takes_the_steps_of_keras(network):
    x, y = data(network, 16)
    found = []
    for train in (
        lambda model: compiled_epoch(model, x, y, 8)(),
        lambda model: [model.train_on_batch(x[rows], y[rows]) for rows in (slice(0, 8), slice(8, 16))],
    ):
        set_seed(1)
        model = build(network)
        before = model.get_weights()
        train(model)
        found.append(model.get_weights())
    for start, bare, keras in zip(before, *found, strict=True):
        np.testing.assert_allclose(bare, keras, atol=1e-6)
        assert np.abs(keras - start).max() > 1e-4


@pytest.mark.parametrize("network", ["CNN", "LSTM"])
def test_the_network_in_pytorch_answers_as_the_course_s_does(network):
    torch = pytest.importorskip("torch")
    model, other, (x, _) = build(network), training.torch_network(network), data(network, 8)
    given = [torch.tensor(weights) for weights in model.get_weights()]
    with torch.no_grad():
        if network == "CNN":
            convolutions = [part for part in other if isinstance(part, torch.nn.Conv2d)]
            for layer, kernel, bias in zip(convolutions, given[0:4:2], given[1:4:2], strict=True):
                layer.weight.copy_(kernel.permute(3, 2, 0, 1))
                layer.bias.copy_(bias)
            dense = given[4].reshape(5, 5, 64, -1).permute(2, 0, 1, 3).reshape(1600, -1)  # channels first
            other[-1].weight.copy_(dense.T)
            other[-1].bias.copy_(given[5])
            theirs = torch.softmax(other(torch.tensor(x).permute(0, 3, 1, 2) / 255), dim=1)
        else:
            for layer, (kernel, recurrent, bias) in zip(
                (other.lstm_1, other.lstm_2), (given[:3], given[3:6]), strict=True
            ):
                layer.weight_ih_l0.copy_(kernel.T)
                layer.weight_hh_l0.copy_(recurrent.T)
                layer.bias_ih_l0.copy_(bias)
                layer.bias_hh_l0.zero_()
            other.forecast.weight.copy_(given[6].T)
            other.forecast.bias.copy_(given[7])
            theirs = other(torch.tensor(x))[:, None]
    np.testing.assert_allclose(theirs.numpy(), model.predict(x, verbose=0), atol=1e-5)


@pytest.mark.thorough
@pytest.mark.parametrize("network", ["CNN", "LSTM"])
@pytest.mark.parametrize("rival", [training.course_fit, training.keras_fit, training.bare_loop])
def test_an_epoch_of_each_is_timed(network, rival):
    assert rival(network, 16, 8)() > 0


def test_the_rows_tell_paces_and_their_ratios_round_by_round():
    seconds = {training.COURSE: (2.0, 4.0), training.FLOOR: (1.0, 1.0)}
    rows = {row.what: row for row in training._rows("CNN, batches of 8", "images/s", 8, seconds)}
    assert rows["CNN, batches of 8: the course's fit"].values == (4, 2)
    assert rows["CNN, batches of 8: the course's fit against bare compiled loop"].values == (0.5, 0.25)
    assert rows["CNN, batches of 8: PyTorch"].values == ()
    assert rows["CNN, batches of 8: PyTorch"].note == "not installed"


@pytest.mark.thorough
def test_all_take_turns_in_processes_of_their_own():
    rows = list(training.measure(cases=(("CNN", 16, 8),), repeats=2))
    paces = [row for row in rows if row.unit == "images/s" and row.note != "not installed"]
    assert len(paces) >= 4
    assert all(len(row.values) == 2 and min(row.values) > 0 for row in paces)
