"""A pizza shop and its factory in one process, to drill on without breaking anything real.

It imitates the HTTP surface of JWT Pizza, chaos and all, keeps everything in memory, and knows the truth about its own
chaos, so that what a drill measured can be held against what really happened. It shares no code with the clients that
drill it: they agree by the contract tests alone.
"""
