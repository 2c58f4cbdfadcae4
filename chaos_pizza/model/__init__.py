"""The frozen records that everything else speaks in. Pure: no clock, no files, no network."""
