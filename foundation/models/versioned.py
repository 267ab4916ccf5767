"""Rows that two people may be writing to at once."""

from django.db import models


class Versioned(models.Model):
    """A row that counts its changes: what was written on a page that showed another version is refused."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
