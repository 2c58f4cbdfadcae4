import pytest

from chaos_pizza.serving.route_table import RouteTable

TABLE = RouteTable(
    [
        ("GET", "/", "welcome"),
        ("GET", "/api/order", "orders"),
        ("POST", "/api/order", "order"),
        ("GET", "/api/vendor/{id}", "vendor"),
        ("PUT", "/api/support/{key}/report/{code}", "report"),
        ("GET", "/.well-known/jwks.json", "keys"),
    ]
)


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/", ("welcome", {}, {})),
        ("GET", "/api/order", ("orders", {}, {})),
        ("HEAD", "/api/order", ("orders", {}, {})),
        ("POST", "/api/order", ("order", {}, {})),
        ("GET", "/api/order?page=2&page=3&empty=", ("orders", {}, {"page": "3", "empty": ""})),
        ("GET", "/api/%6Frder", ("orders", {}, {})),
        ("GET", "/api/vendor/a%20b?x=%2F+1", ("vendor", {"id": "a b"}, {"x": "/ 1"})),
        ("HEAD", "/api/vendor/7", ("vendor", {"id": "7"}, {})),
        ("PUT", "/api/support/k/report/c", ("report", {"key": "k", "code": "c"}, {})),
        ("GET", "/.well-known/jwks.json", ("keys", {}, {})),
    ],
)
def test_a_request_means_the_endpoint_of_its_method_and_path(method, target, expected):
    found = TABLE.find(method, target)
    assert (found.endpoint, dict(found.path), dict(found.query)) == expected


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PATCH", "/api/order"),
        ("HEAD", "/api/support/k/report/c"),
        ("GET", ""),
        ("GET", "*"),
        ("GET", "/api/order/"),
        ("GET", "/api/vendor/"),
        ("GET", "/api/vendor/a/b"),
        ("GET", "/api/vendor/a%2Fb"),
        ("GET", "/xwell-known/jwks.json"),
        ("GET", "//api/order"),
        ("GET", "/api/order#there"),
    ],
)
def test_anything_else_means_nothing(method, target):
    assert TABLE.find(method, target) is None
