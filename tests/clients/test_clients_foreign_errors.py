"""What is wrong with a service's TLS, from the errors of the libraries below."""

import ssl

import pytest

from chaos_pizza.clients.foreign_errors import tls_complaint


def distrust(message):
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = message
    return error


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("certificate has expired", " (certificate has expired)"),
        (
            "Hostname mismatch, certificate is not valid for 'shop.example'.",
            " (Hostname mismatch, certificate is not valid for 'shop.example')",
        ),
        ("", ""),
        ("two\nlines", ""),
        ("<b>loud</b>", ""),
        ("long " * 100, ""),
    ],
)
def test_what_openssl_says_of_a_certificate_is_told_if_it_is_short_and_harmless(message, told):
    assert tls_complaint(distrust(message)) == f"shows a certificate that can't be trusted{told}"


def test_the_cause_of_an_error_counts_as_well():
    wrapped = OSError("carried over")
    wrapped.__cause__ = OSError("carried over by another")
    wrapped.__cause__.__context__ = distrust("certificate has expired")
    assert "has expired" in (tls_complaint(wrapped) or "")


@pytest.mark.parametrize("error", [OSError(), ConnectionResetError(), ssl.SSLEOFError(8, "EOF"), ValueError()])
def test_what_says_nothing_of_tls_is_no_complaint_about_it(error):
    assert tls_complaint(error) is None
