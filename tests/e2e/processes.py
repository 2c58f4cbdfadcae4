"""The processes that a drill starts: who they are and whether they live."""

import psutil


def children_of(process, *words):
    """The ids of a process's children and theirs with any of these words in their command lines."""
    try:
        below = psutil.Process(process).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [child.pid for child in below if any(word in command_of(child) for word in words)]


def command_of(process):
    """A process's command line; empty for one that has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def watchdog_of(drill):
    """The process number of a drill's watchdog."""
    found = children_of(drill.pid, "watchdog --armed")
    assert found, "the drill has no watchdog"
    return found[0]


def is_alive(process):
    """Whether a process runs; a zombie is dead, whoever has not taken note of it."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
