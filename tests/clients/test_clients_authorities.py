"""What connections over TLS offer, before any certificate is shown."""

import ssl

import pytest

from chaos_pizza.clients.authorities import trusting_authorities


def test_http_1_1_is_what_is_offered_to_be_spoken_and_every_certificate_is_checked():
    # A new one: httpx says so itself of one that it has been given.
    context, sent = trusting_authorities.__wrapped__(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="shop.example").do_handshake()
    assert b"\x00\x09\x08http/1.1" in sent.read()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_all_connections_share_what_took_long_to_read():
    assert trusting_authorities() is trusting_authorities()
