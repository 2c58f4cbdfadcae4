"""Ports at which somebody else is to listen later, kept free until then."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chaos_pizza.serving.servers import HOST


@contextmanager
def reserved_port() -> Iterator[int]:
    """Give a free port of this machine; on Linux the system gives it to nobody else for as long as the `with` lasts."""
    with socket.socket() as holder:
        # Whoever sets this too, as servers do, may listen at a port that is bound but not listened at.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((HOST, 0))
        port: int = holder.getsockname()[1]
        if sys.platform != "linux":
            holder.close()  # elsewhere nobody may, so all we can do is to let go
        yield port
