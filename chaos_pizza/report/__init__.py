"""A drill's result as `drill.json` and as a report in the team's incident form. Pure but for shipped data."""
