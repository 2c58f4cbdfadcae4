"""A server that plays an alerting system, and the client that looks at it."""

import asyncio

from small_alerting import NOON, HandClock

from chaos_pizza.clients.alerting import alerting_systems
from chaos_pizza.clients.http import http_client
from chaos_pizza.drill.alerts import dated_changes
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.event import Recorded
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor


def seconds(at):
    return (at - NOON).total_seconds()


class Scene:
    """Looks at one system at chosen seconds of the drill's clock; `looks` holds what each look brought."""

    def __init__(self, kind, *, ahead_s=0.0):
        self.clock = HandClock()
        self.server = kind(self.clock, ahead_s)
        self.looks = []

    def play(self, *steps, url=None, token=None, **settings):
        """Take each step: a second to look at, or a deed to do. Return what the last look brought."""
        name = type(self.server).__name__.removeprefix("Small").lower()
        plain = {"shop_url": "http://shop", "factory_url": "http://factory", "vendor_key": "key-0123"}
        chosen = {f"{name}_url": url or self.server.url, f"{name}_token": token or self.server.token}
        target = Target.of_fields("t", {**plain, **chosen})
        detection = DetectionSettings(**{"alerts": ("slow",), **settings})

        async def played():
            async with http_client() as client:
                redactor = Redactor(target.secrets())
                (system,) = alerting_systems(target, detection, client, self.clock, redactor)
                for step in steps:
                    if callable(step):
                        step()
                        continue
                    self.clock.second = step
                    try:
                        self.looks.append(await system.look())
                    except Exception as error:  # noqa: BLE001 - the test asks for it
                        self.looks.append(error)

        asyncio.run(played())
        if isinstance(self.looks[-1], Exception):
            raise self.looks[-1]
        return self.looks[-1]

    def told(self, kind):
        """Return every event of a kind, in order."""
        looks = [look for look in self.looks if not isinstance(look, Exception)]
        return [event for look in looks for event in look.events if isinstance(event, kind)]

    def dated(self):
        """Return every change of an alert's state as a drill's judge dates it: the state, and from when to when."""
        looks = [look for look in self.looks if not isinstance(look, Exception)]
        events = [event for look in looks for event in (*look.clocks, *look.events)]
        places = {}
        for place, event in enumerate(events):
            places.setdefault(type(event), []).append(place)
        records = [Recorded(number, NOON, event) for number, event in enumerate(events)]
        observations = Observations(None, NOON, NOON, records, places, None, None)
        return [
            (dated.change.state, seconds(dated.when.earliest), seconds(dated.when.latest))
            for dated in dated_changes(observations)
        ]
