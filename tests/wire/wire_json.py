"""Whatever JSON a hostile service may send, with the keys that readers look for sprinkled in."""

from hypothesis import strategies as st

KEYS = [
    *("id", "user", "token", "roles", "role", "name", "email", "title", "price", "franchises", "stores"),
    *("chaos", "type", "startDate", "initiatedDate", "fixDate", "message", "jwt", "followLinkToEndChaos", "reportUrl"),
    *("keys", "kty", "n", "e", "k", "kid", "alg", "use", "key_ops"),
]
DATES = ["2026-11-23T19:57:21.117Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-23", "soon"]
TEXTS = st.text(max_size=8) | st.sampled_from([*DATES, "RSA", "oct", "EC", "AQAB", "fail", "none", "\ud800", "a\nb"])
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), float("nan"), float("inf")])
HOSTILE = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner),
    max_leaves=12,
)


def shaped(**known):
    """Return a strategy for an object that is nearly right: each of its keys there or not, right or hostile."""
    return st.fixed_dictionaries({}, optional={key: HOSTILE | right for key, right in known.items()})
