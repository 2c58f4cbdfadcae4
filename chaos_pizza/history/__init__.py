"""The history: a row for every drill and every imported incident, in SQLite or a database that a team shares."""
