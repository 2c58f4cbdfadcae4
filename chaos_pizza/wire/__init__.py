"""What is said on the wire to the shop and the factory, as pure functions: requests out, answers read. No I/O.

The asyncio traffic, a single probe and a foreign load engine all build their purchases and judge the answers here.
"""
