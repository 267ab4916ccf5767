#!/bin/sh
# Stop the private servers and remove all that was made on this machine. A `.venv` that is a link loses the link only.
set -u
cd "$(dirname -- "$0")/.." || exit 2
python=""
for name in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$name && break; fi
done
if [ -n "$python" ]; then
    "$python" -I vittoria_care/embedded/servers.py clean || exit $?
elif [ -e var ]; then
    echo "No Python is left to stop the private servers with: install Python 3.11 or later and try again." >&2
    exit 2
fi
if [ -L .venv ]; then rm -f .venv; else rm -rf .venv; fi
rm -rf var .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis htmlcov .coverage
find . -name __pycache__ -type d -prune -exec rm -rf {} +
find locale -name '*.mo' -delete 2>/dev/null
exit 0
