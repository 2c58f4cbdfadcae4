"""Chaos drills for JWT Pizza, as a Chaos Toolkit extension."""
