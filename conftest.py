"""What every test of the project gets: the private servers, an empty cache at the start of each test, the same examples."""

from hypothesis import settings

pytest_plugins = ["vittoria_care.embedded.pytest_plugin"]

# A property test draws the same examples in every run, so that a red run is about the change it is a run of. To look
# for new ones: `make test PYTEST_ARGS=--hypothesis-profile=default`.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")
