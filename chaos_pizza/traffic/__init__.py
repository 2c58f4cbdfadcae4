"""The drill's own purchases: planned, made, and looked back on."""
