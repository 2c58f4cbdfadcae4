"""Requests are what was sent, in whatever pieces they come, and nobody's bytes make us hold more than a body."""

from hypothesis import example, given
from hypothesis import strategies as st

from chaos_pizza.serving.exchange import HttpRequest
from chaos_pizza.serving.request_reader import LARGEST_BODY, RequestReader

TOKENS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
# No blanks at the ends, which are not part of a value (RFC 9112, section 5.1), and no comma of a list's.
VALUES = st.text("abcXYZ019 /;=*\"'", max_size=20).map(str.strip)
RESERVED = {"connection", "content-length", "transfer-encoding", "upgrade", "expect", "keep-alive", "te", "trailer"}
HEADERS = st.dictionaries(TOKENS.map(lambda name: f"x-{name}"), VALUES, max_size=4)
TARGETS = st.text("abcXYZ019/%?=&-._~", max_size=20).map(lambda text: f"/{text}")


@st.composite
def requests(draw):
    """A request as it is meant, and as it goes over the wire."""
    method, target, headers = (
        draw(st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"])),
        draw(TARGETS),
        draw(HEADERS),
    )
    body = draw(st.binary(max_size=40)) if method in {"PUT", "POST"} else b""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name.title()}: {value}" for name, value in headers.items())]
    meant = {name.encode(): value.encode() for name, value in headers.items()}
    if body and draw(st.booleans()):
        cuts = sorted(draw(st.lists(st.integers(1, len(body)), max_size=3)))
        chunks = [body[since:until] for since, until in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        wire = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks if chunk) + b"0\r\n"
        wire += draw(st.sampled_from([b"", b"x-after: the body\r\n"])) + b"\r\n"
        lines, meant = [*lines, "Transfer-Encoding: chunked"], {**meant, b"transfer-encoding": b"chunked"}
    else:
        wire, length = body, str(len(body))
        lines, meant = [*lines, f"Content-Length: {length}"], {**meant, b"content-length": length.encode()}
    return HttpRequest(method, target, meant, body, False), "\r\n".join(lines).encode() + b"\r\n\r\n" + wire


def pieces_of(data, cuts):
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    return [data[since:until] for since, until in zip([0, *places], [*places, len(data)], strict=True)]


def read(pieces):
    reader = RequestReader()
    return [request for piece in pieces for request in reader.read(piece)]


@given(st.lists(requests(), max_size=4), st.lists(st.integers(0, 5000), max_size=8))
def test_requests_are_read_as_they_were_meant_however_they_are_cut(sent, cuts):
    wire = b"".join(wire for _, wire in sent)
    assert read(pieces_of(wire, cuts)) == [meant for meant, _ in sent]


@given(st.lists(requests(), min_size=1, max_size=2))
def test_requests_come_a_byte_at_a_time(sent):
    wire = b"".join(wire for _, wire in sent)
    assert read(wire[place : place + 1] for place in range(len(wire))) == [meant for meant, _ in sent]


SCRAPS = st.sampled_from(
    [
        *(
            b"GET / HTTP/1.1\r\n",
            b"POST /a HTTP/1.1\r\n",
            b"\r\n",
            b"\n",
            b"content-length: 3\r\n",
            b"content-length: -1\r\n",
        ),
        *(
            b"abc",
            b"transfer-encoding: chunked\r\n",
            b"3\r\nabc\r\n",
            b"0\r\n\r\n",
            b"zz\r\n",
            b"connection: close\r\n",
        ),
        *(b"upgrade: h2c\r\nconnection: upgrade\r\n", b"host: x\r\n", b": x\r\n", b"\x00\xff", b"GET / HTTP/1.0\r\n"),
        *(
            b"CONNECT a:1 HTTP/1.1\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"expect: 100-continue\r\n",
            b"x: \r\n y\r\n",
        ),
    ]
)


@given(st.lists(SCRAPS | st.binary(max_size=10), max_size=12).map(b"".join), st.lists(st.integers(0, 500), max_size=6))
@example(b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\nGET / HTTP/1.1\r\n\r\n", [60])
@example(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n", [40])
def test_any_bytes_mean_the_same_however_they_are_cut_and_nothing_follows_what_is_last(data, cuts):
    whole = read([data])
    assert read(pieces_of(data, cuts)) == whole
    assert all(request is not None and not request.is_last for request in whole[:-1])


def test_of_several_headers_of_one_name_the_first_counts():
    (request,) = read([b"GET / HTTP/1.1\r\nX-Who: one\r\nx-who: other\r\nx-none:\r\n\r\n"])
    assert request.headers == {b"x-who": b"one", b"x-none": b""}


def test_what_the_other_side_wants_closed_is_last():
    ask = "GET / HTTP/1.{}\r\n{}\r\n"
    heads = [(1, ""), (1, "connection: close\r\n"), (0, ""), (0, "connection: keep-alive\r\n")]
    heads += [(1, "connection: upgrade\r\nupgrade: websocket\r\n")]
    said = [read([ask.format(*head).encode()])[0].is_last for head in heads]
    assert said == [False, True, True, True, True]


def test_two_lengths_that_contradict_each_other_are_no_request():
    assert read([b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc"]) == [None]


def test_a_body_of_the_largest_size_is_kept_and_a_larger_one_is_read_to_its_end_unkept():
    def post(size):
        return b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % size + b" " * size

    largest, larger, after = read(
        pieces_of(post(LARGEST_BODY) + post(LARGEST_BODY + 1) + post(2), range(0, 3 << 20, 99_991))
    )
    assert (len(largest.body), larger.body, after.body) == (LARGEST_BODY, None, b"  ")
    assert not any(each.is_last for each in (largest, larger, after))


def test_a_body_without_end_is_given_up_and_nothing_more_is_read():
    reader = RequestReader()
    assert reader.read(b"POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n") == []
    told = [request for _ in range(20) for request in reader.read(b" " * (1 << 20))]
    assert [(each.method, each.body, each.is_last) for each in told] == [("POST", None, True)]


def test_neither_a_head_nor_what_follows_a_body_may_go_on_for_ever():
    for beginning in (
        b"GET /",
        b"GET / HTTP/1.1\r\nx: ",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ",
    ):
        reader = RequestReader()
        told = [each for piece in (beginning, *[b"y" * 10_000] * 2000) for each in reader.read(piece)]
        assert told == [None]


def test_a_sender_that_wants_to_be_asked_first_is_known_until_its_body_comes():
    reader = RequestReader()
    reader.read(b"POST / HTTP/1.1\r\nexpect: 100-Continue\r\ncontent-length: 2\r\n\r\n")
    assert reader.wants_to_be_asked
    (request,) = reader.read(b"{}")
    assert request.body == b"{}"
    assert not reader.wants_to_be_asked
