"""The toll-free lines, the teams and the agents who answer them, and the skills that some work asks for."""

from django.contrib.admin import display
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.validators import validate_one_line
from foundation.history import keep_history
from foundation.naming import NamedInTwoLanguages, in_language
from foundation.sorting import Folded

from .dated import ValidOnQuerySet


class Language(models.TextChoices):
    """The languages in which the service can speak and write."""

    ITALIAN = "it", _("Italian")
    ENGLISH = "en", _("English")
    GERMAN = "de", _("German")
    FRENCH = "fr", _("French")


@keep_history()
class Skill(NamedInTwoLanguages, models.Model):
    """What a person must know for some work: motor claims, life, complaints. A topic or a line may ask for one."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="skill_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name


@keep_history()
class TollFreeLine(NamedInTwoLanguages, models.Model):
    """A toll-free number of the company, one per type of customer. Only 800 and 803 numbers are free to the caller.

    A line is data from end to end: with a row here it is answered, counted and shown everywhere.
    """

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    number = models.CharField(_("number"), max_length=16, unique=True, help_text=_("E.164, such as +39800016611"))
    serves = models.CharField(_("whom it serves"), max_length=200, blank=True, validators=[validate_one_line])
    serves_en = models.CharField(
        _("whom it serves, in English"), max_length=200, blank=True, validators=[validate_one_line]
    )
    calendar = models.ForeignKey(
        "contact_center.ServiceCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("service calendar"),
        help_text=_("None: the one by which a request of the first level is due"),
    )
    closed_message = models.CharField(
        _("while it is closed"),
        max_length=300,
        blank=True,
        db_default="",
        validators=[validate_one_line],
        help_text=_("What people read beside the number while nobody answers; when it opens again is added by itself"),
    )
    closed_message_en = models.CharField(
        _("while it is closed, in English"),
        max_length=300,
        blank=True,
        db_default="",
        validators=[validate_one_line],
    )
    teams = models.ManyToManyField(
        "contact_center.Team",
        blank=True,
        related_name="lines",
        verbose_name=_("teams that answer it"),
        help_text=_("None: any team"),
    )
    needs_skill = models.ForeignKey(
        Skill,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("skill it asks for"),
        help_text=_("Only agents who have it are given its contacts"),
    )
    language = models.CharField(
        _("language spoken on it"),
        max_length=2,
        blank=True,
        db_default="",
        choices=Language.choices,
        help_text=_("None: the language of the person who calls"),
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
    calls_back_abandoned = models.BooleanField(
        _("callers who gave up are called back"),
        default=False,
        db_default=False,
        help_text=_("One call-back for each number and day, to those whose number is not withheld"),
    )
    abandoned_after_seconds = models.PositiveSmallIntegerField(
        _("after a wait of (seconds)"),
        default=30,
        db_default=30,
        help_text=_("Whoever gave up sooner is not called back"),
    )
    abandoned_within_minutes = models.PositiveSmallIntegerField(
        _("within (minutes of service)"),
        default=60,
        db_default=60,
        help_text=_("Counted while the service is open, from the moment at which they gave up"),
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
                condition=models.Q(abandoned_within_minutes__gt=0), name="line_calls_back_within_some_time"
            ),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^\+3980[03][0-9]{3,8}$"), name="line_is_toll_free"
            ),
            models.CheckConstraint(
                condition=Q(language="") | Q(language__in=Language.values), name="line_language_is_known"
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
    def shown_closed_message(self) -> str:
        """What people read while it is closed, in the reader's language; empty where nobody wrote it."""
        return in_language(self.closed_message, self.closed_message_en)

    @property
    def spoken_number(self) -> str:
        """The number as people write it: 800 016 611."""
        national = self.number.removeprefix("+39")
        return " ".join(national[start : start + 3] for start in range(0, len(national), 3))


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions asked about teams."""

    def supervised_by(self, user: User) -> "TeamQuerySet":
        """The active teams whose work the user supervises: all, for people who may watch the states; else those they lead."""
        active = self.filter(is_active=True)
        return active if user.has_perm("contact_center.view_agentstate") else active.filter(lead=user)


@keep_history()
class Team(NamedInTwoLanguages, models.Model):
    """A group that owns contacts: first level, or a second level with its own authority. `lead` supervises it."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=100, blank=True, validators=[validate_one_line])
    level = models.PositiveSmallIntegerField(
        _("level"), choices=[(1, _("first level")), (2, _("second level"))], default=1
    )
    lead = models.ForeignKey(
        "customers.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_teams",
        verbose_name=_("team leader"),
        help_text=_("Sees the work of the team, gives it out and reviews its samples; managers do so for all teams"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = TeamQuerySet.as_manager()

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
    lines = models.ManyToManyField(
        TollFreeLine, through="AgentLine", blank=True, related_name="agents", verbose_name=_("lines")
    )
    skills = models.ManyToManyField(
        Skill, through="AgentSkill", blank=True, related_name="agents", verbose_name=_("skills")
    )
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language.choices),
        verbose_name=_("languages"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("None: contacts in any language"),
    )
    capacity = models.PositiveSmallIntegerField(
        _("open contacts at once"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "With so many in hand, the next one is not given; what waits for the customer does not count. Empty: no limit"
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = [Folded("name"), "code"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="agent_has_a_code"),
            models.CheckConstraint(condition=Q(capacity__isnull=True) | Q(capacity__gt=0), name="agent_carries_some"),
            models.CheckConstraint(
                condition=Q(languages__contained_by=Language.values), name="agent_languages_are_known"
            ),
            models.UniqueConstraint(
                fields=["extension"],
                condition=~models.Q(extension="") & models.Q(is_active=True),
                name="one_active_agent_per_extension",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@keep_history()
class AgentLine(models.Model):
    """That an agent serves a line. An agent of whom no line is recorded serves all."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="agent_lines", verbose_name=_("agent"))
    line = models.ForeignKey(TollFreeLine, models.PROTECT, related_name="agent_lines", verbose_name=_("line"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("line of an agent")
        verbose_name_plural = _("lines of agents")
        ordering = ["agent", "line__position", "line"]
        constraints = [models.UniqueConstraint(fields=["agent", "line"], name="agent_serves_a_line_once")]

    def __str__(self) -> str:
        return f"{self.agent}: {self.line}"


@keep_history()
class AgentSkill(models.Model):
    """That an agent has a skill."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="agent_skills", verbose_name=_("agent"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="agent_skills", verbose_name=_("skill"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("skill of an agent")
        verbose_name_plural = _("skills of agents")
        ordering = ["agent", "skill__position", "skill"]
        constraints = [models.UniqueConstraint(fields=["agent", "skill"], name="agent_has_a_skill_once")]

    def __str__(self) -> str:
        return f"{self.agent}: {self.skill}"
