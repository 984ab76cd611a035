"""What a network costs, counted by hand."""

import pytest

from station.vision.cost import cost
from tests.vision.small_onnx import model, node

SHAPE = (1, 3, 8, 10)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "small.onnx"


def test_a_convolution_costs_its_kernel_for_every_output(path):
    path.write_bytes(model([node("Conv", ["in", "w"], "out")], {"w": (4, 3, 3, 3)}, SHAPE, {}))
    outputs = 4 * 6 * 8
    assert cost(path, SHAPE).multiply_adds == outputs * 3 * 3 * 3
    assert cost(path, SHAPE).bytes_moved == 4 * (3 * 8 * 10 + 4 * 3 * 3 * 3 + outputs)


def test_an_activation_function_moves_nothing_of_its_own(path):
    plain, activated = [node("Conv", ["in", "w"], "out")], [node("Conv", ["in", "w"], "c"), node("Relu", ["c"], "out")]
    costs = []
    for nodes in (plain, activated):
        path.write_bytes(model(nodes, {"w": (4, 3, 3, 3)}, SHAPE, {}))
        costs.append(cost(path, SHAPE))
    assert costs[0] == costs[1]


def test_a_transposed_convolution_costs_its_kernel_for_every_input(path):
    path.write_bytes(model([node("ConvTranspose", ["in", "w"], "out")], {"w": (3, 4, 2, 2)}, SHAPE, {}))
    assert cost(path, SHAPE).multiply_adds == 3 * 8 * 10 * 4 * 2 * 2


def test_a_product_costs_every_row_with_every_column(path):
    path.write_bytes(model([node("MatMul", ["in", "w"], "out")], {"w": (10, 5)}, SHAPE, {}))
    assert cost(path, SHAPE).multiply_adds == 3 * 8 * 10 * 5
    assert cost(path, SHAPE).bytes_moved == 4 * (3 * 8 * 10 + 10 * 5 + 3 * 8 * 5)
