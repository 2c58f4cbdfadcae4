"""Drills told to a CI system: JUnit XML, a step summary in Markdown, annotations; and budgets set for one run."""
