"""A drill's progress: what is news, and what was told before."""

from chaos_pizza.console.progress import news_key


def test_calm_that_is_proven_once_more_is_no_news():
    once, twice = (f"calm verified{times} by the factory's own word and a pizza" for times in ("", " twice"))
    assert news_key(once) == news_key(twice)
    assert news_key("calm not verified: it can't be reached") != news_key(once)


def test_an_instant_whose_source_got_better_is_no_news():
    assert news_key("fault on: fail (injection)") == news_key("fault on: fail (factory startDate)")
    assert news_key("fault proven (by x)") != news_key("fault proven (by y)")
