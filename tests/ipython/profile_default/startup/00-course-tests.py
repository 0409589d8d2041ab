"""What every kernel that the tests start begins with: no way out to the network, no warning from our own code.

nbval runs cells without keeping their sources; the notebooks read theirs from `In`, so they are kept here.
"""


def prepare_kernel():
    import warnings

    import pytest_socket
    from IPython import get_ipython

    shell = get_ipython()

    def keep_source(info):
        if not info.store_history:
            shell.user_ns["In"].append(info.raw_cell)

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"])
    warnings.filterwarnings("error", module=r"helpers(\.|$)")
    shell.events.register("pre_run_cell", keep_source)


prepare_kernel()
del prepare_kernel
