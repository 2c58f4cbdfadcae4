"""Lines as k6 1.1 writes them with `--out json`, the system tags `vu` and `iter` among them."""

import json

ENDED = "2026-11-26T00:44:05.648287621Z"
URL = "http://127.0.0.1:33355/api/order"


def metric(name, value, tags, time=ENDED, metadata=None):
    data = {"time": time, "value": value, "tags": tags}
    return json.dumps({"metric": name, "type": "Point", "data": data | ({"metadata": metadata} if metadata else {})})


def request_lines(
    *,
    status="200",
    method="POST",
    url=URL,
    time=ENDED,
    duration_ms=20.0,
    blocked_ms=0.0,
    error_code=None,
    vu="1",
    turn="0",
):
    tags = {"method": method, "status": status, "url": url} | ({"error_code": error_code} if error_code else {})
    values = {
        "http_reqs": 1,
        "http_req_duration": duration_ms,
        "http_req_blocked": blocked_ms,
        "http_req_connecting": blocked_ms / 2,
        "http_req_tls_handshaking": 0,
        "http_req_sending": 0.1,
        "http_req_waiting": duration_ms,
        "http_req_receiving": 0.2,
        "http_req_failed": int(status[0] in "045"),
    }
    return [metric(name, value, tags, time, {"vu": vu, "iter": turn}) for name, value in values.items()]


def checked(name, *, passed, vu="1", turn="0"):
    tags = {"check": name, "group": "", "scenario": "orders"}
    return metric("checks", int(passed), tags, "2026-11-26T00:44:05.7Z", {"vu": vu, "iter": turn})
