"""The pictures of a drill as Vega-Lite specifications with their data. Pure: `chaos_pizza.charting` draws them."""
