"""Registers the pages of the back office that are about no customer."""

from foundation.api import office  # noqa: F401
