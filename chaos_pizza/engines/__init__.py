"""Engines that buy outside of the drill's own process: Locust's workers, and a team's k6 script."""
