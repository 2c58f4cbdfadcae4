import socket

import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.servers import bind, url_of


def test_answers_are_not_held_back_to_be_sent_together():
    # asyncio turns that off for sockets that say they are TCP, and for no others.
    with bind(0, "--shop-port") as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_sandbox_listens_to_this_machine_alone():
    with bind(0, "--shop-port") as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_taken_port_names_the_option_to_change():
    with bind(0, "--shop-port") as listener, pytest.raises(UsageError, match="choose another with --factory-port"):
        bind(listener.getsockname()[1], "--factory-port")
