import socket
import sys

import pytest

from chaos_pizza.sandbox.reserved_port import reserved_port
from chaos_pizza.serving.servers import bind


def test_whoever_it_is_kept_for_can_listen_there_again_and_again():
    with reserved_port() as port:
        for _ in range(2):
            with bind(port, "--port") as listener, socket.create_connection(listener.getsockname(), 5):
                assert listener.getsockname()[1] == port


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a port be kept for somebody else")
def test_until_then_nobody_listens_there_and_nobody_is_given_it():
    with reserved_port() as port:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 5)
        with socket.socket() as careless, pytest.raises(OSError, match="in use"):
            careless.bind(("127.0.0.1", port))


def test_two_are_never_the_same():
    with reserved_port() as one, reserved_port() as other:
        assert one != other
