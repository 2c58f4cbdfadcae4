"""Which of a service's addresses is asked, and what becomes of a name that nobody has."""

import asyncio
import gc
import socket

import pytest

from chaos_pizza.clients.door import Door

from hostile_server import says  # isort: skip


def address(port):
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def opened_at(ports, times):
    """Open so many connections to a name that has an address for each port; return to which they went."""

    async def opened():
        door = Door("http://shop.example")
        door._known, door._known_until_s = [address(port) for port in ports], float("inf")
        went = []
        for _ in range(times):
            transport = (await door.open(Kept)).transport
            went.append(transport.get_extra_info("peername")[1])
            transport.abort()
        return went, [each[4][1] for each in await door._addresses()]

    return asyncio.run(opened())


class Kept(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport


def test_the_addresses_of_a_name_take_turns(hostile):
    ports = [int(hostile(says(), raw=True).url.rpartition(":")[2]) for _ in range(3)]
    went, _ = opened_at(ports, 6)
    assert went == ports * 2


def test_they_take_turns_for_those_too_who_wait_for_the_same_look_up(hostile):
    ports = [int(hostile(says(), raw=True).url.rpartition(":")[2]) for _ in range(2)]

    class Named(Door):
        async def _asked(self):
            await asyncio.sleep(0)
            return [address(port) for port in ports]

    async def opened():
        door = Named("http://shop.example")
        transports = [kept.transport for kept in await asyncio.gather(*(door.open(Kept) for _ in range(6)))]
        went = [transport.get_extra_info("peername")[1] for transport in transports]
        for transport in transports:
            transport.abort()
        return sorted(went)

    assert asyncio.run(opened()) == sorted(ports * 3)


def test_an_address_that_lost_to_a_later_one_is_tried_last(hostile):
    first, second = (int(hostile(says(), raw=True).url.rpartition(":")[2]) for _ in range(2))
    dead = free_port()
    went, tried = opened_at([dead, first, second], 5)
    assert went == [first, first, second, first, second]
    assert tried[-1] == dead


def test_where_all_have_lost_once_none_is_last_for_good(hostile):
    alive, dead = int(hostile(says(), raw=True).url.rpartition(":")[2]), free_port()

    async def opened():
        door = Door("http://shop.example")
        door._known, door._last, door._known_until_s = [address(dead)], [address(alive)], float("inf")
        for _ in range(3):
            (await door.open(Kept)).transport.abort()
        return [each[4][1] for each in await door._addresses()]

    assert asyncio.run(opened()) == [alive, dead]


def test_a_name_that_nobody_has_is_no_news_once_all_have_given_up():
    """The system's answer comes when nobody waits for it any more."""
    untold = []

    async def give_up():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: untold.append(context["message"]))
        door = Door("http://shop.invalid")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await door.open(Kept)
        await asyncio.wait([door._asking])
        del door
        gc.collect()

    asyncio.run(give_up())
    assert untold == []
