"""Let rows go as their rule says: what hangs on them, their files, their earlier versions, and what was logged of them.

All of it is done in one transaction of the retention account, each table by a few statements. Foreign keys are looked at when
it commits: a row that something else still names makes all of it fail, and nothing is lost.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q

from foundation.chunks import in_chunks
from foundation.models import FileToRemove
from foundation.privacy import Action, Rule, history_of
from foundation.retention import Erasing

from .rules import followers_of, rows_of

AT_ONCE = 2_000  # ids in one statement
Context = apps.get_model("pghistory", "Context")
HISTORIES = [history for model in apps.get_models() if (history := history_of(model))]


class Going:
    """Rows that go in one transaction; `numbers` counts them by table, `files` counts files."""

    def __init__(self, erase: Erasing, *, rule: str) -> None:
        self.erase = erase
        self.rule = rule
        self.numbers: Counter[str] = Counter()
        self.files = 0

    def let_go(self, rule: Rule, keys: Sequence[Any]) -> None:
        """Delete or empty the rows with these keys, and what follows them."""
        for some in in_chunks(keys, AT_ONCE):
            for follower in followers_of(rule):
                hanging = rows_of(follower, Q(**{f"{follower.follows}__in": some})).using(self.erase.using)
                if follower.action is Action.BLANK:
                    hanging = hanging.exclude(follower.blanked) if follower.blanked else hanging.none()
                if found := list(hanging.values_list("pk", flat=True)):
                    self.let_go(follower, found)
            self._go(rule, some)

    def _go(self, rule: Rule, keys: list[Any]) -> None:
        model, using = rule.model_class, self.erase.using
        rows = model._base_manager.using(using).filter(pk__in=keys)
        self._list_files(rule, rows)
        number = rows._raw_delete(using) if rule.action is Action.DELETE else rows.update(**rule.blank_values())
        self._prove(model, number)
        self._forget_versions(model, keys)
        self._forget_log(model, keys)

    def _list_files(self, rule: Rule, rows: models.QuerySet) -> None:
        for column in rule.file_columns():
            names = [name for name in rows.values_list(column, flat=True) if name]
            FileToRemove.objects.using(self.erase.using).bulk_create(
                FileToRemove(name=name, rule=self.rule[:60]) for name in names
            )
            self.files += len(names)

    def _forget_versions(self, model: type[models.Model], keys: list[Any]) -> None:
        """Earlier versions, those included that emptying the rows has just written; and who changed them, where nothing is left."""
        history = history_of(model)
        if history is None:
            return
        versions = history._base_manager.using(self.erase.using).filter(pgh_obj_id__in=keys)
        contexts = list(versions.exclude(pgh_context=None).values_list("pgh_context_id", flat=True).distinct())
        self._prove(history, versions._raw_delete(self.erase.using))
        for some in in_chunks(contexts, AT_ONCE):
            orphans = Context.objects.using(self.erase.using).filter(pk__in=some)
            for other in HISTORIES:
                orphans = orphans.exclude(Exists(other._base_manager.filter(pgh_context=OuterRef("pk"))))
            self._prove(Context, orphans._raw_delete(self.erase.using))

    def _forget_log(self, model: type[models.Model], keys: Iterable[Any]) -> None:
        """What the back office wrote about the rows: who and when remains, what they were called goes."""
        if model._meta.auto_created:
            return  # a table between two others has no page, and no content type
        log = LogEntry.objects.using(self.erase.using).filter(
            content_type=ContentType.objects.db_manager(self.erase.using).get_for_model(model),
            object_id__in=[str(key) for key in keys],
        )
        self._prove(LogEntry, log.exclude(object_repr="", change_message="").update(object_repr="", change_message=""))

    def _prove(self, model: type[models.Model], number: int) -> None:
        if number:
            self.erase.prove(model, number, rule=self.rule)
            self.numbers[model._meta.label] += number
