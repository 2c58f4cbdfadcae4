"""The shop and the factory over HTTP."""
