"""Whether a drill may be held at all: on this target, and at this time. Pure: no host is asked or looked up."""
