"""The rows of ours that the tickets of a chunk name: customers, lines, topics, agents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from contact_center.models import Agent, Contact, TollFreeLine, Topic
from contact_center.past.mapping import CREATE, IGNORE, TicketsMap
from contact_center.past.tickets import Ticket, digest_of
from customers.models import ContactPoint, Customer
from foundation.files.report import RowRefused
from foundation.text import clean_line, fold

LONGEST_TOPIC, LONGEST_CODE = 120, 60


@dataclass(frozen=True, slots=True)
class Linked:
    """The ids of what a ticket names, as columns of its contact, and the agents of its events by their words."""

    columns: dict[str, Any]
    agents: dict[str, tuple[int, str]]  # id and code


class Links:
    """Finds what tickets name, and remembers it over the chunks of a file. Those topics that it created are in `new_topics`."""

    def __init__(self, mapping: TicketsMap, *, today: date):
        self.mapping, self.today = mapping, today
        self.new_topics: list[str] = []
        self.forget()

    def forget(self) -> None:
        """Read all again: a transaction that created some was undone."""
        self.new_topics = [name for name in self.new_topics if Topic.objects.filter(name=name).exists()]
        self._lines = dict(TollFreeLine.objects.values_list("code", "pk"))
        self._topics: dict[str, int] = {}
        for pk, code, name, name_en in Topic.objects.values_list("pk", "code", "name", "name_en"):
            self._topics |= {fold(text): pk for text in (name_en, name) if text} | {code: pk}
        self._agents: dict[str, tuple[int, str]] = {}
        for pk, code in Agent.objects.values_list("pk", "code"):
            self._agents |= {code.casefold(): (pk, code)}
        self._customers: dict[str, int] = {}

    def learn(self, tickets: Iterable[Ticket]) -> None:
        """Find the customers of a chunk: two statements at most, however many there are."""
        texts = {ticket.facts["customer"] for ticket in tickets if "customer" in ticket.facts}
        self._customers = {}
        if not texts:
            return
        by, upper = self.mapping.customer.by, {text.upper() for text in texts}
        wanted = Q()
        if by in ("any", "code"):
            wanted |= Q(code__in=texts | upper)
        if by in ("any", "tax_code"):
            wanted |= Q(tax_code__in=upper)
        if wanted:
            for pk, code, tax_code in Customer.objects.filter(wanted).values_list("pk", "code", "tax_code"):
                self._customers |= {text.upper(): pk for text in (code, tax_code) if text}
        if by in ("any", "email") and (addresses := {text.lower() for text in texts if "@" in text}):
            self._learn_addresses(addresses)

    def _learn_addresses(self, addresses: set[str]) -> None:
        """An address that several customers share names none of them."""
        kinds = [ContactPoint.Kind.EMAIL, ContactPoint.Kind.PEC]
        owners: dict[str, set[int]] = {}
        points = ContactPoint.objects.filter(kind__in=kinds, value__in=addresses)
        for value, customer in points.values_list("value", "customer"):
            owners.setdefault(value, set()).add(customer)
        self._customers |= {value.upper(): found.pop() for value, found in owners.items() if len(found) == 1}

    def of(self, ticket: Ticket) -> Linked:
        """What a ticket names; RowRefused for what is unknown and must not be."""
        columns = {
            "customer_id": self._asked(ticket, "customer", self._customer),
            "line_id": self._asked(ticket, "line", self._line),
            "topic_id": self._asked(ticket, "topic", self._topic),
        }
        if (channel := ticket.facts.get("channel")) is None:
            raise RowRefused(
                self.mapping.channel.column,
                _("the channel is blank"),
                _("Say in the mapping what a blank means: [channel] blank = “email” or another."),
                value="",
            )
        if channel == Contact.Channel.PHONE and columns["line_id"] is None:
            raise RowRefused(
                self.mapping.channel.column or self.mapping.ticket,
                _("a contact by telephone needs its line"),
                _("Name it in [line] of the mapping."),
                value=channel,
            )
        if channel != Contact.Channel.PHONE:
            columns["line_id"] = None
        agents = {each.agent: found for each in ticket.events if each.agent and (found := self._agent(each.agent))}
        return Linked({name: value for name, value in columns.items() if value is not None}, agents)

    def _asked(self, ticket: Ticket, name: str, find: Callable[[str], int | None]) -> int | None:
        text = ticket.facts.get(name, "")
        return find(text) if text else None

    def _customer(self, text: str) -> int | None:
        found = self._customers.get(text.upper())
        if found is None and self.mapping.customer.unknown != IGNORE:
            raise RowRefused(
                self.mapping.customer.column,
                _("there is no such customer"),
                _("Correct the cell, or set [%(section)s] unknown = “ignore”.") % {"section": "customer"},
                value=text,
            )
        return found

    def _line(self, text: str) -> int:
        if (found := self._lines.get(text)) is None:
            raise RowRefused(
                self.mapping.line.column,
                _("there is no line “%(code)s”") % {"code": text},
                _("Name it in the mapping: [line] values. The lines are %(codes)s.")
                % {"codes": ", ".join(self._lines)},
                value=text,
            )
        return found

    def _topic(self, text: str) -> int | None:
        found = self._topics.get(text) or self._topics.get(fold(text))
        if found is not None or self.mapping.topic.unknown == IGNORE:
            return found
        if self.mapping.topic.unknown != CREATE:
            raise RowRefused(
                self.mapping.topic.column,
                _("there is no topic “%(text)s”") % {"text": text},
                _('Enter the topic, list it in values, or set [topic] unknown = "create" in the mapping.'),
                value=text,
            )
        return self._create_topic(text)

    def _create_topic(self, text: str) -> int:
        """A topic of the past: nobody chooses it for a new contact."""
        name = clean_line(text)[:LONGEST_TOPIC]
        plain = slugify(name)[: LONGEST_CODE - 11]
        code = f"{plain or 'topic'}-{digest_of(fold(name)) & 0xFFFFFFFF:08x}"
        topic, created = Topic.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "area": self.mapping.topic.area,
                "valid_to": self.today - timedelta(days=1),
            },
        )
        self._topics |= {code: topic.pk, fold(name): topic.pk}
        self.new_topics += [name] * created
        return topic.pk

    def _agent(self, text: str) -> tuple[int, str] | None:
        found = self._agents.get(text.casefold())
        if found is None and self.mapping.agent.unknown != IGNORE:
            raise RowRefused(
                self.mapping.agent.column,
                _("there is no agent “%(code)s”") % {"code": text},
                _("Enter the agent, or set [agent] unknown = “ignore” in the mapping."),
                value=text,
            )
        return found
