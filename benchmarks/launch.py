"""Run a command and print, as a last line of JSON, the seconds it took and its peak memory; exit with its code.

A process counts the memory of its parent as its own first peak, until it has grown past it. This launcher is
small, so what it reports is the command's.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    began = time.monotonic()
    pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    measured = {"seconds": time.monotonic() - began, "peak_mb": usage.ru_maxrss * 1024 / 1e6}
    print("\n" + json.dumps(measured), flush=True)
    sys.exit(os.waitstatus_to_exitcode(status) & 255)
