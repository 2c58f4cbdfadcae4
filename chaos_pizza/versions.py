"""Which versions are at work."""

from importlib.metadata import version


def tool_version() -> str:
    """Return this package's version."""
    return version("chaostoolkit-pizza")


def toolkit_version() -> str:
    """Return the Chaos Toolkit library's version."""
    return version("chaostoolkit-lib")
