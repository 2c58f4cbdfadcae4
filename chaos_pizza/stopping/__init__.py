"""When a drill has to stop: what was seen, held against what its experiment allows. Pure."""
