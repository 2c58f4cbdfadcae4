"""Why a drill was stopped, in words."""

from chaos_pizza.stopping import reasons
from chaos_pizza.stopping.strikes import Strikes


def test_every_reason_reads_well():
    assert reasons.by_hand("lunch") == "stopped by hand: lunch"
    assert reasons.by_hand("") == reasons.by_hand(" \n") == "stopped by hand"
    assert reasons.file_there("STOP") == "the file STOP is there"
    assert reasons.alert_fires("revenue-down") == "alert revenue-down fires, which must not"
    assert reasons.failing_too_long(61, 60) == "purchases have failed for 61 s, longer than the 60 s allowed"
    assert reasons.failing_too_long(60.01, 60) == "purchases have failed for 60.1 s, longer than the 60 s allowed"
    assert reasons.real_purchases_failed(3, 2) == "3 purchases of real diners failed, more than the 2 allowed"
    assert reasons.real_purchases_failed(1, 0) == "1 purchase of a real diner failed, more than the 0 allowed"
    assert reasons.url_fails("http://a/b", "503") == "http://a/b stopped answering 2xx (503)"
    unknown = "whether purchases of real diners fail is unknown, since nobody answers"
    assert reasons.real_purchases_unknown("nobody answers") == unknown


def test_only_misses_in_a_row_are_too_many():
    strikes = Strikes(3)
    assert [strikes.miss(), strikes.miss()] == [False, False]
    strikes.hit()
    assert [strikes.miss(), strikes.miss(), strikes.miss()] == [False, False, True]
