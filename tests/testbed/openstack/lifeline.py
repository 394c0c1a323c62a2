"""Ends a service when whoever started the testbed is gone, however it went.

The starter holds the writing end of a pipe, and no other process does; `up` hands the reading end on to the services
as file descriptor $TESTBED_LIFELINE. The kernel closes the writing end when the starter dies, be it of SIGKILL and
together with every shell in between, and then each service sees the end of the pipe. The first that sees it has
`down --purge` end all and delete the folder; the others end by themselves.
"""
import _thread
import os
import signal

HERE = os.path.dirname(os.path.abspath(__file__))


def hold():
    """Begins to watch, in a thread of the operating system: call it before threads are made green."""
    if 'TESTBED_LIFELINE' in os.environ:
        _thread.start_new_thread(watch, (int(os.environ['TESTBED_LIFELINE']), os.read, os.posix_spawn))


def watch(lifeline, read, spawn):
    while read(lifeline, 4096):
        pass  # whatever is said, it lives
    try:
        os.mkdir(os.path.join(os.environ['TESTBED_DIR'], 'run', 'ending'))
        null = os.open(os.devnull, os.O_RDWR)
        spawn('/bin/bash', ['bash', os.path.join(HERE, 'down'), '--purge'], os.environ, setsid=True,
              file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)])
    except OSError:
        pass  # another was first, or has deleted the folder already
    os.kill(os.getpid(), signal.SIGKILL)
