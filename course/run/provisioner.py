"""Where jupyter_client gets a kernel's process from, when it is to be a fork of one that has imported everything.

jupyter_client finds the class by its name among the entry points in pyproject.toml.
"""

from __future__ import annotations

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Instance

from course.run.warm_kernels import WarmKernels


class ForkProvisioner(LocalProvisioner):
    """Forks kernels from the process of a WarmKernels, which the kernel specification carries."""

    origin = Instance(WarmKernels)

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> KernelConnectionInfo:
        """Fork the kernel that the command would start."""
        self.process = self.origin.fork(cmd, cwd=kwargs["cwd"], env=kwargs["env"])
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs["cwd"]
        return self.connection_info
