"""Chaos drills for JWT Pizza, as a Chaos Toolkit extension."""

from typing import Any

__all__ = ["discover"]


def discover(discover_system: bool = True) -> Any:  # noqa: ARG001 - the Chaos Toolkit calls it with this argument
    """Return the activities and controls of this extension, for `chaos discover chaostoolkit-pizza`."""
    # Late: whoever imports a part of this package should not have to load the Chaos Toolkit.
    from chaoslib.discovery.discover import discover_actions, discover_activities, discover_probes  # noqa: PLC0415
    from chaoslib.discovery.discover import initialize_discovery_result as new_discovery  # noqa: PLC0415

    from chaos_pizza.versions import tool_version  # noqa: PLC0415

    discovery = new_discovery("chaostoolkit-pizza", tool_version(), "jwt-pizza")
    discovery["activities"].extend(discover_probes("chaos_pizza.probes"))
    discovery["activities"].extend(discover_actions("chaos_pizza.actions"))
    discovery["activities"].extend(discover_activities("chaos_pizza.controls.drill", "control"))
    return discovery
