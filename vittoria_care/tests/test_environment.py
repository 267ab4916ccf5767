"""`scripts/environment.py`: when the environment is installed, and when it is left alone."""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import sys

import pytest

from vittoria_care.embedded import servers


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """The script over an environment that is this very one, stamped, with a lock of one package that is there."""
    spec = importlib.util.spec_from_file_location("environment", servers.ROOT / "scripts" / "environment.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.LOCK = tmp_path / "requirements.lock"
    script.VENV, script.PYTHON = tmp_path / ".venv", sys.executable
    script.SEEN = script.VENV / ".seen"
    script.STAMP, script.BEGUN = script.VENV / ".installed", script.VENV / ".installing"
    script.VENV.mkdir()
    script.installed = []
    monkeypatch.setattr(script, "install", lambda digest: script.installed.append(digest) or 0)
    lock(script, f"Django=={importlib.metadata.version('django')}\n")
    return script


def lock(script, text):
    script.LOCK.write_text(text)
    script.STAMP.write_text(hashlib.sha256(text.encode()).hexdigest())


def test_a_complete_environment_is_left_alone(environment):
    assert environment.main() == 0
    assert environment.installed == []


def test_packages_are_looked_through_again_only_when_their_folder_has_changed(environment, monkeypatch):
    folder = environment.VENV / "lib" / "python3.12" / "site-packages"
    folder.mkdir(parents=True)
    looked = []
    monkeypatch.setattr(environment, "lacking", lambda: looked.append(True) or [])

    environment.main()
    environment.main()
    assert looked == [True]

    (folder / "something").mkdir()
    os.utime(folder, ns=(1, 1))
    environment.main()
    assert looked == [True, True]


@pytest.mark.parametrize("line", ["Django==1.0\n", "no-such-package==1.0\n"])
def test_a_package_that_has_gone_or_changed_is_installed_again(environment, line):
    lock(environment, line)
    assert environment.lacking() == [line.strip()]
    assert environment.main() == 0
    assert len(environment.installed) == 1


def test_a_package_whose_folder_was_deleted_makes_the_environment_again(environment, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder, about = tmp_path / "halfgone", tmp_path / "halfgone-1.0.dist-info"
    folder.mkdir()
    about.mkdir()
    (folder / "__init__.py").touch()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: halfgone\nVersion: 1.0\n")
    (about / "RECORD").write_text("halfgone/__init__.py,sha256=47DEQpj8HBSa,0\nhalfgone-1.0.dist-info/RECORD,,\n")
    lock(environment, "halfgone==1.0\n")
    assert environment.main() == 0
    assert environment.installed == []
    shutil.rmtree(folder)
    assert environment.main() == 0
    assert len(environment.installed) == 1
    assert environment.BEGUN.exists(), "pip alone would find it installed"


def test_a_package_for_other_machines_is_not_missed(environment):
    lock(environment, 'no-such-package==1.0; sys_platform == "plan9"\n')
    assert environment.main() == 0
    assert environment.installed == []


def test_an_interrupted_installation_is_done_again(environment):
    environment.BEGUN.touch()
    assert environment.main() == 0
    assert len(environment.installed) == 1


def test_the_hashes_of_the_lock_are_no_packages(environment):
    lock(
        environment,
        f"Django=={importlib.metadata.version('django')} \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n",
    )
    assert environment.main() == 0
    assert environment.installed == []
