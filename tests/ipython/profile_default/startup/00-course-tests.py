"""What every kernel that the tests start begins with: no way out to the network, no warning from our own code."""


def prepare_kernel():
    import warnings

    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"])
    warnings.filterwarnings("error", module=r"helpers(\.|$)")


prepare_kernel()
del prepare_kernel
