"""What every test of the project gets: the private servers, an empty cache at the start of each test, the same examples."""

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

pytest_plugins = ["vittoria_care.embedded.pytest_plugin", "testbed.depending"]

# A property test draws the same examples in every run, so that a red run is about the change it is a run of. To look
# for new ones: `make test PYTEST_ARGS=--hypothesis-profile=default`.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Draw no example from the texts and numbers of the sources, unless another profile looks for new examples.

    By itself Hypothesis reads every module that is imported for them: an example would change with any line of the project
    and with the choice of tests, and the reading cost each worker of a fresh clone nine seconds.
    """
    if config.getoption("hypothesis_profile") is None:
        providers._get_local_constants = lambda: providers._local_constants
