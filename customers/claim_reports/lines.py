"""The guide of a claim report: for each line of business the steps and their questions, as entries; and what follows
from the answers.

A new question is one entry in its step: the form, the review, the page of the claim and the text of the contact follow.
Questions are known by the names under which their answers are kept, so a name is never used again for something else.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Claim
from customers.rami import LAND_VEHICLE_HULL, MOTOR_LIABILITY
from foundation.dates import written_day
from foundation.telephones import shown_number

Text = str | Promise
Answers = Mapping[str, Mapping[str, Any]]  # by step, by question; dates and times as ISO texts


class Kind(StrEnum):
    """How a question is asked, and so what is kept: texts and codes, ISO dates and times, E.164 numbers."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    TIME = "time"
    YES_NO = "yes_no"
    CHOICE = "choice"
    PHONE = "phone"
    PLATE = "plate"


YES_NO: tuple[tuple[str, Text], ...] = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


@dataclass(frozen=True)
class Question:
    """One question. `only_if` names an earlier question of the step and the answer with which this one is asked at all."""

    name: str
    label: Text
    kind: Kind = Kind.LINE
    required: bool = False
    hint: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    most: int = 200
    only_if: tuple[str, str] | None = None

    @property
    def options(self) -> tuple[tuple[str, Text], ...]:
        """What may be chosen."""
        return YES_NO if self.kind == Kind.YES_NO else self.choices


@dataclass(frozen=True)
class Step:
    """Some questions on one page. `key` is part of its address."""

    key: str
    title: Text
    text: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Guide:
    """The steps of a line of business, and what is good to have photographs of."""

    key: str
    name: Text
    steps: tuple[Step, ...]
    photographs: Text

    def step(self, key: str) -> Step | None:
        """The step of an address."""
        return next((each for each in self.steps if each.key == key), None)

    def after(self, key: str) -> Step | None:
        """The step that follows."""
        keys = [each.key for each in self.steps]
        place = keys.index(key) + 1
        return self.steps[place] if place < len(keys) else None

    def before(self, key: str) -> Step | None:
        """The step before."""
        keys = [each.key for each in self.steps]
        place = keys.index(key)
        return self.steps[place - 1] if place else None


LONG = 10_000  # characters of what happened
LIST = 2_000

# --- Questions that several guides have ---------------------------------------------------------------------------
_DAY = Question("occurred_on", gettext_lazy("On which day did it happen?"), Kind.DAY, required=True)
_TIME = Question(
    "occurred_time",
    gettext_lazy("At about what time?"),
    Kind.TIME,
    hint=gettext_lazy("If you know it, such as 18:30."),
)
_PLACE = Question(
    "place",
    gettext_lazy("Where did it happen?"),
    required=True,
    hint=gettext_lazy("Street and number or kilometre, town, and the country if it was abroad."),
)
_WHAT = Question(
    "description",
    gettext_lazy("What happened?"),
    Kind.TEXT,
    required=True,
    most=LONG,
    hint=gettext_lazy("In your own words. You will be able to add something later."),
)
_WITNESSES = Question(
    "witnesses",
    gettext_lazy("Witnesses"),
    Kind.TEXT,
    most=LIST,
    hint=gettext_lazy("One a line: name, telephone number, and where they were."),
)
_POLICE = Question("police", gettext_lazy("Did police, carabinieri or firefighters come?"), Kind.YES_NO, required=True)
_POLICE_WHICH = Question(
    "police_which",
    gettext_lazy("Which ones, and from which office?"),
    required=True,
    only_if=("police", "yes"),
    hint=gettext_lazy("Such as: local police of Pavia."),
)
_EVENT = Step(
    "evento",
    gettext_lazy("The event"),
    gettext_lazy("When, where and how it happened."),
    (_DAY, _TIME, _PLACE, _WHAT),
)

# --- Motor --------------------------------------------------------------------------------------------------------
BOTH, ONE, NO_STATEMENT = "both", "one", "none"
MOTOR = Guide(
    "motor",
    gettext_lazy("motor"),
    (
        _EVENT,
        Step(
            "veicolo",
            gettext_lazy("Your vehicle"),
            gettext_lazy("Who was driving, and what was damaged."),
            (
                Question(
                    "driver",
                    gettext_lazy("Who was driving?"),
                    Kind.CHOICE,
                    required=True,
                    choices=(
                        ("me", gettext_lazy("I was")),
                        ("other", gettext_lazy("Somebody else")),
                        ("nobody", gettext_lazy("Nobody: it was parked")),
                    ),
                ),
                Question("driver_name", gettext_lazy("The driver's name"), required=True, only_if=("driver", "other")),
                Question(
                    "driver_phone", gettext_lazy("The driver's telephone"), Kind.PHONE, only_if=("driver", "other")
                ),
                Question(
                    "damage",
                    gettext_lazy("What is damaged on your vehicle?"),
                    Kind.TEXT,
                    required=True,
                    most=LIST,
                    hint=gettext_lazy("Such as: front bumper and left headlight. If nothing is, write “nothing”."),
                ),
                Question("drivable", gettext_lazy("Can it still be driven?"), Kind.YES_NO, required=True),
                Question(
                    "seen_at",
                    gettext_lazy("Where can the assessor see it?"),
                    hint=gettext_lazy("The address where it stands, or the repairer's name."),
                ),
            ),
        ),
        Step(
            "altro-veicolo",
            gettext_lazy("The other vehicle"),
            gettext_lazy("What you could write down of it. What you do not know can stay empty."),
            (
                Question("other", gettext_lazy("Was another vehicle involved?"), Kind.YES_NO, required=True),
                Question("other_plate", gettext_lazy("Its plate"), Kind.PLATE, only_if=("other", "yes")),
                Question(
                    "other_insurer",
                    gettext_lazy("Its insurance company"),
                    only_if=("other", "yes"),
                    hint=gettext_lazy("It stands on the joint statement, or on the driver's certificate."),
                ),
                Question(
                    "other_driver",
                    gettext_lazy("Its driver"),
                    only_if=("other", "yes"),
                    hint=gettext_lazy("Name and telephone."),
                ),
                Question(
                    "other_damage",
                    gettext_lazy("What is damaged on it?"),
                    Kind.TEXT,
                    most=LIST,
                    only_if=("other", "yes"),
                ),
                Question(
                    "others",
                    gettext_lazy("Further vehicles"),
                    Kind.TEXT,
                    most=LIST,
                    only_if=("other", "yes"),
                    hint=gettext_lazy("One a line: plate, insurance company, driver."),
                ),
            ),
        ),
        Step(
            "persone",
            gettext_lazy("People"),
            gettext_lazy("Whether anybody was hurt, and who saw it."),
            (
                Question(
                    "injured",
                    gettext_lazy("Was anybody hurt?"),
                    Kind.YES_NO,
                    required=True,
                    hint=gettext_lazy("In any of the vehicles, or on foot. Say yes if somebody went to be examined."),
                ),
                Question(
                    "injured_who",
                    gettext_lazy("Who was hurt"),
                    Kind.TEXT,
                    most=LIST,
                    required=True,
                    only_if=("injured", "yes"),
                    hint=gettext_lazy("One a line: name, where they were, and the hospital if they went to one."),
                ),
                _WITNESSES,
                _POLICE,
                _POLICE_WHICH,
            ),
        ),
        Step(
            "constatazione",
            gettext_lazy("The joint statement"),
            gettext_lazy("The blue accident form (constatazione amichevole). A photograph of it can be added next."),
            (
                Question(
                    "statement",
                    gettext_lazy("Did you fill in the accident form?"),
                    Kind.CHOICE,
                    required=True,
                    choices=(
                        (BOTH, gettext_lazy("Yes, and both drivers signed it")),
                        (ONE, gettext_lazy("Yes, only one of us signed it")),
                        (NO_STATEMENT, gettext_lazy("No")),
                    ),
                    hint=gettext_lazy("With both signatures the law gives us 30 days for the offer instead of 60."),
                ),
            ),
        ),
    ),
    gettext_lazy(
        "The damage from near and from farther off, with the plate; the place; the accident form; the other vehicle."
    ),
)

# --- Home ---------------------------------------------------------------------------------------------------------
THEFT = "theft"
HOME = Guide(
    "home",
    gettext_lazy("home and other property"),
    (
        _EVENT,
        Step(
            "danno",
            gettext_lazy("The damage"),
            gettext_lazy("What caused it, and what it concerns."),
            (
                Question(
                    "cause",
                    gettext_lazy("What caused it?"),
                    Kind.CHOICE,
                    required=True,
                    choices=(
                        ("water", gettext_lazy("Water from pipes or appliances")),
                        ("fire", gettext_lazy("Fire, smoke or explosion")),
                        ("weather", gettext_lazy("Wind, hail, rain or snow")),
                        ("electric", gettext_lazy("Lightning or an electric fault")),
                        (THEFT, gettext_lazy("Theft or attempted theft")),
                        ("glass", gettext_lazy("Broken glass")),
                        ("other", gettext_lazy("Something else")),
                    ),
                ),
                Question(
                    "damage",
                    gettext_lazy("What is damaged or missing?"),
                    Kind.TEXT,
                    required=True,
                    most=LIST,
                    hint=gettext_lazy("Rooms and things, one a line, with about what they are worth if you know."),
                ),
                Question(
                    "reported",
                    gettext_lazy("Did you report it to the police?"),
                    Kind.YES_NO,
                    required=True,
                    hint=gettext_lazy("A theft has to be reported: you can add the report to the documents."),
                ),
                Question(
                    "reported_where",
                    gettext_lazy("To which office, and on which day?"),
                    required=True,
                    only_if=("reported", "yes"),
                ),
                Question(
                    "others_damaged",
                    gettext_lazy("Was anything of somebody else's damaged?"),
                    Kind.YES_NO,
                    required=True,
                    hint=gettext_lazy("Such as the flat below."),
                ),
                Question(
                    "others_who",
                    gettext_lazy("Whose, and what"),
                    Kind.TEXT,
                    most=LIST,
                    required=True,
                    only_if=("others_damaged", "yes"),
                    hint=gettext_lazy("Name and telephone, if you have them."),
                ),
                Question(
                    "seen_at",
                    gettext_lazy("When can the assessor see it?"),
                    hint=gettext_lazy("Days and hours that suit you, and the telephone of whoever opens the door."),
                ),
            ),
        ),
    ),
    gettext_lazy("Each damaged room or thing, what caused it, estimates and receipts, the report to the police."),
)

# --- Health -------------------------------------------------------------------------------------------------------
HEALTH = Guide(
    "health",
    gettext_lazy("accident and health"),
    (
        _EVENT,
        Step(
            "persona",
            gettext_lazy("The person"),
            gettext_lazy("Who it is about, and where they were treated."),
            (
                Question(
                    "about",
                    gettext_lazy("Who is it about?"),
                    Kind.CHOICE,
                    required=True,
                    choices=(
                        ("me", gettext_lazy("It is about me")),
                        ("other", gettext_lazy("Somebody else whom the policy covers")),
                    ),
                ),
                Question("about_name", gettext_lazy("Their name"), required=True, only_if=("about", "other")),
                Question(
                    "injury",
                    gettext_lazy("What is the injury or illness?"),
                    Kind.TEXT,
                    required=True,
                    most=LIST,
                    hint=gettext_lazy("In a few words: the medical documents say the rest."),
                ),
                Question("hospital", gettext_lazy("Was there a stay in hospital?"), Kind.YES_NO, required=True),
                Question(
                    "hospital_where",
                    gettext_lazy("Which hospital, and on which days?"),
                    required=True,
                    only_if=("hospital", "yes"),
                ),
                Question("treated", gettext_lazy("Is the treatment still going on?"), Kind.YES_NO, required=True),
                _WITNESSES,
            ),
        ),
    ),
    gettext_lazy("Medical reports and prescriptions, discharge papers, receipts of what you paid."),
)

# --- Everything else ----------------------------------------------------------------------------------------------
OTHER = Guide(
    "other",
    gettext_lazy("other policies"),
    (
        _EVENT,
        Step(
            "danno",
            gettext_lazy("The damage"),
            gettext_lazy("What it concerns, and whether others are involved."),
            (
                Question("damage", gettext_lazy("What is the damage?"), Kind.TEXT, required=True, most=LIST),
                Question("injured", gettext_lazy("Was anybody hurt?"), Kind.YES_NO, required=True),
                Question(
                    "injured_who",
                    gettext_lazy("Who was hurt"),
                    Kind.TEXT,
                    most=LIST,
                    required=True,
                    only_if=("injured", "yes"),
                    hint=gettext_lazy("One a line: name, and the hospital if they went to one."),
                ),
                Question(
                    "claimed",
                    gettext_lazy("Is somebody asking you for damages?"),
                    Kind.YES_NO,
                    required=True,
                ),
                Question(
                    "claimed_who",
                    gettext_lazy("Who, and what do they ask for?"),
                    Kind.TEXT,
                    most=LIST,
                    required=True,
                    only_if=("claimed", "yes"),
                    hint=gettext_lazy("If they wrote to you, add the letter to the documents."),
                ),
                _WITNESSES,
            ),
        ),
    ),
    gettext_lazy("Whatever shows what happened and what it costs: photographs, letters, estimates, receipts."),
)

GUIDES = {each.key: each for each in (MOTOR, HOME, HEALTH, OTHER)}
_BY_LINE = {
    MOTOR_LIABILITY: MOTOR,
    LAND_VEHICLE_HULL: MOTOR,
    "8": HOME,
    "9": HOME,
    "1": HEALTH,
    "2": HEALTH,
    "IV": HEALTH,
}


def guide_for(line: str) -> Guide:
    """The guide of a line of business, by its code of `customers.rami`."""
    return _BY_LINE.get(line, OTHER)


# --- What follows from the answers ----------------------------------------------------------------------------------
def answer(answers: Answers, name: str) -> Any:
    """The answer to a question, whichever step has it; None where it was not answered."""
    return next((step[name] for step in answers.values() if step.get(name) not in (None, "")), None)


def kind_of(guide: Guide, answers: Answers) -> str:
    """What was damaged, for the legal term: any injury counts (art. 148, paragraph 2, CAP)."""
    if guide is HEALTH:
        return Claim.Kind.INJURY
    if answer(answers, "injured") != "yes":
        return Claim.Kind.PROPERTY
    return Claim.Kind.MIXED if answer(answers, "damage") else Claim.Kind.INJURY


def signed_by_both(guide: Guide, answers: Answers) -> bool:
    """Whether two drivers signed the accident form, which shortens the term of the offer (art. 148, paragraph 1, CAP)."""
    return guide is MOTOR and answer(answers, "statement") == BOTH and answer(answers, "other") == "yes"


def clashes(guide: Guide, answers: Answers) -> dict[str, Text]:
    """The answers that one in another step rules out, by question, with the words in which they are asked again."""
    if guide is MOTOR and answer(answers, "statement") == BOTH and answer(answers, "other") == "no":
        return {
            "statement": gettext_lazy(
                "You answered that no other vehicle was involved, so two drivers cannot have signed: correct this answer, or "
                "the one about the other vehicle."
            )
        }
    return {}


def occurred_on(answers: Answers) -> datetime.date | None:
    """The day of the event, once it was answered."""
    day = answer(answers, "occurred_on")
    return datetime.date.fromisoformat(day) if day else None


def occurred_time(answers: Answers) -> datetime.time | None:
    """The time of the event, where it was answered."""
    time = answer(answers, "occurred_time")
    return datetime.time.fromisoformat(time) if time else None


def is_asked(question: Question, given: Mapping[str, Any]) -> bool:
    """Whether a question is asked at all beside the other answers of its step."""
    if question.only_if is None:
        return True
    name, value = question.only_if
    return given.get(name) == value


def is_needed(question: Question, given: Mapping[str, Any]) -> bool:
    """Whether a question has to be answered beside the other answers of its step."""
    return question.required and is_asked(question, given)


def lacking(guide: Guide, answers: Answers) -> list[Step]:
    """The steps with an obligatory question that has no answer yet, or one that another answer rules out."""
    wrong = clashes(guide, answers)
    return [
        step
        for step in guide.steps
        if any(
            each.name in wrong
            or (is_needed(each, answers.get(step.key, {})) and answers.get(step.key, {}).get(each.name) in (None, ""))
            for each in step.questions
        )
    ]


def held(guide: Guide, answers: Answers) -> dict[str, dict[str, Any]]:
    """The answers without those to questions that another answer of their step leaves out."""
    left_out = {
        (step.key, each.name)
        for step in guide.steps
        for each in step.questions
        if not is_asked(each, answers.get(step.key, {}))
    }
    return {
        key: {name: value for name, value in given.items() if (key, name) not in left_out}
        for key, given in answers.items()
    }


# --- The answers again, as a person reads them --------------------------------------------------------------------
@dataclass(frozen=True)
class Shown:
    """An answer as it is shown: the question, and the words; `is_long` for what needs lines of its own."""

    label: Text
    text: str
    is_long: bool = False


def shown(question: Question, value: Any) -> str:
    """An answer in words."""
    if question.kind == Kind.DAY:
        return written_day(datetime.date.fromisoformat(value))
    if question.kind == Kind.TIME:
        return formats.time_format(datetime.time.fromisoformat(value), "H:i")
    if question.kind == Kind.PHONE:
        return shown_number(value)
    if question.options:
        return str(dict(question.options).get(value, value))
    return str(value)


def shown_steps(guide: Guide, answers: Answers) -> list[tuple[Step, list[Shown]]]:
    """Every step with what was answered in it, in the order asked."""
    return [(step, list(_shown_of(step, answers.get(step.key, {})))) for step in guide.steps]


def _shown_of(step: Step, given: Mapping[str, Any]) -> Iterator[Shown]:
    for each in step.questions:
        if (value := given.get(each.name)) not in (None, "") and is_asked(each, given):
            yield Shown(each.label, shown(each, value), each.kind == Kind.TEXT)


def as_text(guide: Guide, answers: Answers) -> str:
    """The whole report as one text, for the thread of the contact, where it has to be complete by itself."""
    parts = []
    for step, rows in shown_steps(guide, answers):
        lines = [_line(row) for row in rows]
        if lines:
            parts.append("\n".join([str(step.title).upper(), *lines]))
    return "\n\n".join(parts)


def _line(row: Shown) -> str:
    if row.is_long:
        return f"{row.label}\n{row.text}"
    return f"{row.label} {row.text}" if str(row.label).endswith("?") else _("%(label)s: %(text)s") % vars(row)
