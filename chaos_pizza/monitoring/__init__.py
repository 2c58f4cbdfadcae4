"""The team's alerting systems, pure: requests out, answers read, changes told from one look to the next."""
