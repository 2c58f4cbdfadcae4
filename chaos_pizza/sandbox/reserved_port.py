"""Ports that others are to listen at, kept for them from the choice on."""

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chaos_pizza.errors import UsageError
from chaos_pizza.serving.servers import HOST


@contextmanager
def reserved_port(port: int, option: str) -> Iterator[int]:
    """Give a port of this machine, any free one for 0, at which another process is to listen; kept where that is known.

    `UsageError`, naming the option to choose another by, where somebody listens there already or it can't be had.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as holder:
        try:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind((HOST, port))
        except OSError as error:
            reason = "is already in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
            raise UsageError(f"port {port} {reason}; choose another with {option}") from error
        number: int = holder.getsockname()[1]
        if sys.platform != "linux":
            # Only Linux lets somebody else listen at a port that is bound here, if nobody listens at it.
            holder.close()
        yield number
