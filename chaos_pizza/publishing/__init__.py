"""The team's own tools, told of a drill after it: Grafana, Slack, a webhook, OpenTelemetry, Prometheus.

`settings` is what `chaos-pizza.yaml` says under `publish`, `account` what is told. One module a tool builds what that
tool is sent, without sending anything; `sender` sends, `run` tells all of them at once, and `process` does so in a
process of its own, which is gone after ten seconds whatever a server does.
"""
