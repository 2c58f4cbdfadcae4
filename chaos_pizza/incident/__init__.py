"""A hand-written incident report, understood as far as it can be, without a word that it does not say."""
