"""An answer read in pieces: the same as the standard library's reader makes of it whole."""

import http.client
import io
import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chaos_pizza.clients.answer_reading import LARGEST_ANSWER
from chaos_pizza.clients.incoming_answer import BrokenOffError, CompressedError, IncomingAnswer, TooLargeError

BODIES = st.binary(max_size=60)
NAMES = st.sampled_from(["Content-Type", "content-type", "Date", "X-Powered-By", "Set-Cookie"])
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)
CONTINUE = b"HTTP/1.1 100 Continue\r\nDate: never\r\n\r\n"


def framed(status, headers, body, framing):
    """An answer as bytes; without a `framing` it is as long as the connection lasts."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers)]
    if framing == "length":
        lines.append(f"Content-Length: {len(body)}")
    if framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Bytes:
    """Bytes that the standard library takes for a socket."""

    def __init__(self, raw):
        self.raw = raw

    def makefile(self, _):
        return io.BytesIO(self.raw)


def by_the_standard_library(raw):
    answer = http.client.HTTPResponse(Bytes(raw))
    answer.begin()
    return answer.status, answer.headers["Content-Type"], answer.headers["Date"], answer.read()


def fed(incoming, raw, cuts=()):
    """Feed it in pieces; return whether it told that the answer was complete with the last, and never before."""
    bounds = [0, *sorted({min(cut, len(raw)) for cut in cuts} - {0, len(raw)}), len(raw)]
    told = [incoming.feed(memoryview(raw[begin:end])) for begin, end in itertools.pairwise(bounds)]
    assert not any(told[:-1])
    return told[-1]


def read(incoming):
    return incoming.status, incoming.content_type, incoming.date, incoming.body()


@given(
    st.sampled_from([200, 201, 302, 404, 500]),
    st.lists(st.tuples(NAMES, VALUES), max_size=4, unique_by=lambda header: header[0].lower()),
    BODIES,
    st.sampled_from(["length", "chunked", None]),
    st.integers(0, 2),
    st.lists(st.integers(1, 300), max_size=6),
)
@example(200, [("Date", "now")], b"{}", "length", 1, list(range(300)))
@example(200, [], b"some of a body", "chunked", 0, list(range(300)))
def test_in_whatever_pieces_an_answer_comes_it_is_what_it_is_whole(status, headers, body, framing, continues, cuts):
    raw = framed(status, headers, body, framing)
    incoming = IncomingAnswer()
    for _ in range(2 if framing else 1):
        incoming.begin()
        assert fed(incoming, CONTINUE * continues + raw, cuts) is bool(framing)
        assert incoming.end()
        assert incoming.can_follow is bool(framing)
        wanted_status, content_type, date, wanted_body = by_the_standard_library(raw)
        assert read(incoming) == (wanted_status, content_type or "", date, wanted_body)


@given(st.integers(0, 200))
def test_an_answer_that_is_cut_off_is_not_complete(kept):
    raw = framed(200, [("Date", "now")], b"0123456789" * 5, "length")
    incoming = IncomingAnswer()
    incoming.begin()
    incoming.feed(memoryview(raw[: min(kept, len(raw) - 1)]))
    assert not incoming.end()


@given(st.binary(max_size=200))
def test_whatever_comes_it_is_an_answer_or_broken_off(raw):
    incoming = IncomingAnswer()
    incoming.begin()
    try:
        incoming.feed(memoryview(raw))
    except BrokenOffError:
        assert not incoming.can_follow


@pytest.mark.parametrize("more", [framed(500, [], b"of somebody else", "length"), b"HTTP/1.1", b"garbage\r\n\r\n"])
def test_what_nobody_asked_for_changes_nothing_and_ends_the_connection(more):
    incoming = IncomingAnswer()
    incoming.begin()
    assert incoming.feed(memoryview(framed(200, [], b"{}", "length") + more))
    assert (incoming.status, incoming.body()) == (200, b"{}")
    assert not incoming.can_follow


@pytest.mark.parametrize("header", [("Connection", "close"), ("Upgrade", "h2c")])
def test_a_connection_that_is_to_end_or_to_change_is_not_asked_again(header):
    incoming = IncomingAnswer()
    incoming.begin()
    headers = [header, *([("Connection", "upgrade")] if header[0] == "Upgrade" else [])]
    assert incoming.feed(memoryview(framed(200, headers, b"{}", "length")))
    assert incoming.body() == b"{}"
    assert incoming.can_follow is (header[0] == "Upgrade"), "an upgrade that was not switched to is none"


def test_a_switch_of_protocols_is_broken_off():
    incoming = IncomingAnswer()
    incoming.begin()
    with pytest.raises(BrokenOffError):
        incoming.feed(memoryview(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"))


def test_a_head_without_end_and_a_body_beyond_the_largest_are_given_up():
    endless, large = IncomingAnswer(), IncomingAnswer()
    endless.begin()
    endless.feed(memoryview(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 65_000))
    with pytest.raises(BrokenOffError):
        endless.feed(memoryview(b"x" * 1000))
    large.begin()
    large.feed(memoryview(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * LARGEST_ANSWER))
    with pytest.raises(TooLargeError):
        large.feed(memoryview(b"x"))


@pytest.mark.parametrize(
    ("head", "piece"),
    [(b"1\r\n1\r\n0\r\nX: ", b"a" * 1000), (b"1\r\n1\r\n0\r\n", b"X: y\r\n" * 200), (b"1;", b"a" * 1000)],
    ids=["a trailer without end", "trailers without end", "a chunk's extension without end"],
)
def test_what_is_no_body_is_bounded_after_the_head_too(head, piece):
    incoming = IncomingAnswer()
    incoming.begin()
    incoming.feed(memoryview(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + head))
    for _ in range(64 * 1024 // len(piece) - 1):
        assert not incoming.feed(memoryview(piece))
    with pytest.raises(BrokenOffError):
        incoming.feed(memoryview(piece * 3))


def test_a_large_body_in_many_chunks_with_a_trailer_is_read_whole():
    incoming, chunk = IncomingAnswer(), b"c350\r\n" + b"x" * 50_000 + b"\r\n"
    incoming.begin()
    incoming.feed(memoryview(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
    for _ in range(20):
        assert not incoming.feed(memoryview(chunk))
    assert incoming.feed(memoryview(b"0\r\nX: " + b"y" * 8000 + b"\r\n\r\n"))
    assert incoming.body() == b"x" * LARGEST_ANSWER


@pytest.mark.parametrize(
    "odd",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 1\n\n1",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 1\r\n\r\n1",
        b"HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 1\r\n\r\n1",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1  \r\n1\r\n0\r\n\r\n",
    ],
    ids=["lines end by a line feed", "a header of two lines", "a control character", "spaces after a chunk's size"],
)
def test_what_httpx_reads_is_an_answer_here_too(odd):
    incoming = IncomingAnswer()
    incoming.begin()
    assert incoming.feed(memoryview(odd))
    assert (incoming.status, incoming.body(), incoming.can_follow) == (200, b"1", True)


@pytest.mark.parametrize(
    "lengths", [b"Content-Length: 1\r\nContent-Length: 2", b"Transfer-Encoding: chunked\r\nContent-Length: 1"]
)
def test_an_answer_of_two_lengths_is_none(lengths):
    incoming = IncomingAnswer()
    incoming.begin()
    with pytest.raises(BrokenOffError):
        incoming.feed(memoryview(b"HTTP/1.1 200 OK\r\n" + lengths + b"\r\n\r\n1\r\n1\r\n0\r\n\r\n"))


def test_an_answer_that_says_its_length_oddly_is_not_complete_before_that():
    incoming = IncomingAnswer()
    incoming.begin()
    assert not incoming.feed(memoryview(b"HTTP/1.1 200 OK\r\nContent-Length : 9\r\n\r\nhalf"))
    assert not incoming.end()


@pytest.mark.parametrize(
    ("header", "keep_alive_s"),
    [
        ("timeout=5", 5),
        ("max=100, Timeout = 72", 72),
        ('timeout="2"', 2),
        ("timeout=" + "9" * 5000, 999_999_999),
        ("timeout=soon", None),
        ("max=5", None),
        ("", None),
    ],
)
def test_how_long_a_service_says_that_it_keeps_a_connection(header, keep_alive_s):
    incoming = IncomingAnswer()
    incoming.begin()
    assert incoming.feed(memoryview(framed(200, [("Keep-Alive", header)], b"{}", "length")))
    assert incoming.keep_alive_s == keep_alive_s
    incoming.begin()
    assert incoming.feed(memoryview(framed(200, [], b"{}", "length")))
    assert incoming.keep_alive_s is None


def test_what_is_compressed_is_not_read():
    incoming = IncomingAnswer()
    incoming.begin()
    incoming.feed(memoryview(framed(200, [("Content-Encoding", "gzip")], b"\x1f\x8b", "length")))
    with pytest.raises(CompressedError):
        incoming.body()
