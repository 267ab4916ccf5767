"""`manage.py` itself: what it says when a command cannot even begin."""

import os
import subprocess
import sys

from vittoria_care import embedded

NOWHERE = "postgres://care:secret@127.0.0.1:1/care"  # no database server listens on port 1


def test_a_database_that_cannot_be_reached_is_told_in_one_line_with_exit_code_2():
    done = subprocess.run(
        [sys.executable, "manage.py", "figures", "--from", "2019-01-01", "--to", "2019-12-31"],
        cwd=embedded.ROOT,
        env=os.environ | {"DATABASE_URL": NOWHERE, "REDIS_URL": embedded.redis_url()},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("The database cannot be reached: ")
    assert sentence.endswith("Check DATABASE_URL.")
    assert "secret" not in sentence
