"""How the Prometheus and the Alertmanager beside a sandbox are set up."""

from typing import Any

import yaml

MONITOR_JOB = "synthetic-monitor"
"""The job under which a drill's own purchases are scraped; the shop's is `shop`."""
_INTERVAL = "1s"


def prometheus_config(shop: str, monitor: str, alertmanager: str, rules_file: str) -> str:
    """Return Prometheus's configuration: shop and monitor are scraped, and rules evaluated, every second.

    The addresses are given as `host:port`.
    """
    return _text(
        {
            "global": {"scrape_interval": _INTERVAL, "scrape_timeout": _INTERVAL, "evaluation_interval": _INTERVAL},
            "rule_files": [rules_file],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
            "scrape_configs": [
                {"job_name": "shop", "static_configs": [{"targets": [shop]}]},
                {"job_name": MONITOR_JOB, "static_configs": [{"targets": [monitor]}]},
            ],
        }
    )


def alertmanager_config(webhook_url: str, group_wait_s: int) -> str:
    """Return Alertmanager's configuration: every alert to one webhook, after waiting `group_wait_s` for company."""
    return _text(
        {
            "route": {
                "receiver": "drill",
                "group_by": ["alertname", "job"],
                "group_wait": f"{group_wait_s}s",
                "group_interval": "5s",
                "repeat_interval": "1h",
            },
            "receivers": [{"name": "drill", "webhook_configs": [{"url": webhook_url, "send_resolved": True}]}],
        }
    )


def _text(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False)
