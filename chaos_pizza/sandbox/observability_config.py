"""How the sandbox's Prometheus and Alertmanager are set up: their configuration files and their command lines."""

from typing import Any

import yaml

from chaos_pizza.serving.servers import HOST

SHOP_JOB = "shop"
"""Prometheus's job for the shop's own metrics."""
MONITOR_JOB = "synthetic-monitor"
"""Prometheus's job for what the purchases of a drill count."""

INTERVAL = "1s"
"""How often everything is scraped, and rules without an interval of their own are evaluated."""
GROUP_WAIT = "1s"
"""How long a first notification waits for more of its group."""
_GROUP_INTERVAL = "5s"
_REPEAT_INTERVAL = "1h"
_RETENTION = "1d"
_RECEIVER = "drill"


def prometheus_config(*, shop_address: str, monitor_port: int, alertmanager_port: int, rules_name: str) -> str:
    """Return Prometheus's configuration in YAML; the rules are in a file of that name beside it."""
    return _yaml(
        {
            "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
            "rule_files": [rules_name],
            "alerting": {"alertmanagers": [{"static_configs": [_targets(_here(alertmanager_port))]}]},
            "scrape_configs": [
                {"job_name": SHOP_JOB, "static_configs": [_targets(shop_address)]},
                {"job_name": MONITOR_JOB, "static_configs": [_targets(_here(monitor_port))]},
            ],
        }
    )


def alertmanager_config(*, webhook_port: int) -> str:
    """Return Alertmanager's configuration in YAML: whatever fires or ends is posted to that port of this machine."""
    return _yaml(
        {
            "route": {
                "receiver": _RECEIVER,
                "group_by": ["alertname"],
                "group_wait": GROUP_WAIT,
                "group_interval": _GROUP_INTERVAL,
                "repeat_interval": _REPEAT_INTERVAL,
            },
            "receivers": [
                {
                    "name": _RECEIVER,
                    "webhook_configs": [{"url": f"http://{_here(webhook_port)}/", "send_resolved": True}],
                }
            ],
        }
    )


def prometheus_command(program: str, config_name: str, port: int) -> list[str]:
    """Return the command that runs Prometheus at a port, its data beside its configuration."""
    return [
        program,
        f"--config.file={config_name}",
        "--storage.tsdb.path=data",
        f"--storage.tsdb.retention.time={_RETENTION}",
        *_serving(port),
    ]


def alertmanager_command(program: str, config_name: str, port: int) -> list[str]:
    """Return the command that runs Alertmanager at a port, its data beside its configuration, without any peers."""
    return [
        program,
        f"--config.file={config_name}",
        "--storage.path=data",
        "--cluster.listen-address=",
        *_serving(port),
    ]


def _serving(port: int) -> list[str]:
    # The external address makes the links in alerts and notifications lead here, whatever the machine is called.
    return [
        f"--web.listen-address={_here(port)}",
        f"--web.external-url=http://{_here(port)}/",
        "--log.level=warn",
    ]


def _targets(address: str) -> dict[str, list[str]]:
    return {"targets": [address]}


def _here(port: int) -> str:
    return f"{HOST}:{port}"


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False)
