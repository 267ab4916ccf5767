"""The three toll-free lines, the teams and the agents who answer them."""

from django.contrib.admin import display
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.validators import validate_one_line
from foundation.history import keep_history
from foundation.naming import NamedInTwoLanguages, in_language
from foundation.sorting import Folded


class TollFreeLine(NamedInTwoLanguages, models.Model):
    """A toll-free number of the company, one per type of customer. Only 800 and 803 numbers are free to the caller."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    number = models.CharField(_("number"), max_length=16, unique=True, help_text=_("E.164, such as +39800016611"))
    serves = models.CharField(_("whom it serves"), max_length=200, blank=True, validators=[validate_one_line])
    serves_en = models.CharField(
        _("whom it serves, in English"), max_length=200, blank=True, validators=[validate_one_line]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    blocks_uncoded = models.BooleanField(
        _("a call has to be coded first"),
        default=False,
        db_default=False,
        help_text=_(
            "While a call of this line has no code, the agent who answered it can be neither ready nor take the next contact"
        ),
    )
    asks_identity = models.BooleanField(
        _("callers are identified"),
        default=False,
        db_default=False,
        help_text=_("Before their data are shown at the desk, the person on the line answers questions"),
    )
    right_answers = models.PositiveSmallIntegerField(_("right answers needed"), default=2, db_default=2)
    known_number_suffices = models.BooleanField(
        _("a verified number is enough"),
        default=False,
        db_default=False,
        help_text=_(
            "Of a number that is one customer's alone and was verified; a number can be forged by whoever calls"
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("toll-free line")
        verbose_name_plural = _("toll-free lines")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^\+3980[03][0-9]{3,8}$"), name="line_is_toll_free"
            ),
            models.CheckConstraint(
                condition=models.Q(right_answers__range=(1, 5)), name="line_right_answers_are_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    @display(description=_("whom it serves"))
    def shown_serves(self) -> str:
        """Whom it serves, in the reader's language."""
        return in_language(self.serves, self.serves_en)

    @property
    def spoken_number(self) -> str:
        """The number as people write it: 800 016 611."""
        national = self.number.removeprefix("+39")
        return " ".join(national[start : start + 3] for start in range(0, len(national), 3))


class Team(NamedInTwoLanguages, models.Model):
    """A group that owns contacts: first level, or a second level with its own authority."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    level = models.PositiveSmallIntegerField(
        _("level"), choices=[(1, _("first level")), (2, _("second level"))], default=1
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["level", Folded("name")]
        constraints = [models.CheckConstraint(condition=models.Q(level__in=[1, 2]), name="team_level_is_one_or_two")]

    def __str__(self) -> str:
        return self.shown_name


class AgentQuerySet(models.QuerySet["Agent"]):
    """Questions asked about agents."""

    def of_user(self, user: User) -> "Agent | None":
        """The agent that the user answers as, with their team; None for a user who is no agent (any more)."""
        return self.filter(user=user, is_active=True).select_related("team").first()


@keep_history()
class Agent(models.Model):
    """What the contact centre knows of a person who answers. History from another system may have agents who never sign in."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[validate_one_line])
    name = models.CharField(_("name"), max_length=150, validators=[validate_one_line])
    user = models.OneToOneField(
        "customers.User", models.PROTECT, null=True, blank=True, related_name="agent", verbose_name=_("user")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="agents", verbose_name=_("team")
    )
    extension = models.CharField(_("extension"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = [Folded("name"), "code"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="agent_has_a_code"),
            models.UniqueConstraint(
                fields=["extension"],
                condition=~models.Q(extension="") & models.Q(is_active=True),
                name="one_active_agent_per_extension",
            ),
        ]

    def __str__(self) -> str:
        return self.name
