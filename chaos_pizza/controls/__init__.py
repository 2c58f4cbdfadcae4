"""The Chaos Toolkit controls of this extension."""
