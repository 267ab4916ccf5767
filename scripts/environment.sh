#!/bin/sh
# Make .venv complete: find the newest suitable Python and hand over to environment.py, which does the rest.
set -u
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 2
root=${here%/scripts}

# The packaged Redis server exists up to Python 3.12: a newer one comes first only where the machine has a Redis of its own,
# and otherwise gets a stand-in in Python.
if command -v redis-server >/dev/null 2>&1 || command -v valkey-server >/dev/null 2>&1 || [ -n "${REDIS_URL:-}" ]; then
    names="python3.14 python3.13 python3.12 python3.11 python3 python"
else
    names="python3.12 python3.11 python3 python3.14 python3.13 python"
fi

if [ -x "$root/.venv/bin/python" ] && [ -e "$root/.venv/.installed" ] && "$root/.venv/bin/python" -c '' 2>/dev/null; then
    exec "$root/.venv/bin/python" -I "$here/environment.py"
fi
found=""
for name in ${PYTHON:-} $names; do  # PYTHON: another one than we would choose
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$name" -I "$here/environment.py"
    fi
    [ -n "$found" ] || found=$("$name" -c 'import platform; print(platform.python_version())' 2>/dev/null) || found=""
done
if [ -n "$found" ]; then
    echo "Python 3.11 or later is needed and the newest found here is $found: install a newer one and try again." >&2
else
    echo "Python 3.11 or later is needed and none was found on the PATH: install it and try again." >&2
fi
exit 2
