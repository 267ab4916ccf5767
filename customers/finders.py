"""What the search over everything finds of the portfolio: people and companies, policies, claims."""

from django.utils import formats
from django.utils.translation import gettext as _

from customers.models import Claim, Customer, Policy
from customers.near_names import near_ids
from customers.search import by_parts, ids_for
from foundation.masking import Kind, seen
from foundation.office.finding import Finder, named, on_one_line
from foundation.requests import Reader
from foundation.text import has_digit

_BETWEEN = str.maketrans("", "", " ./()-")  # what people write between the characters of a plate or a number


def _people(text: str, reader: Reader, limit: int) -> list[Customer]:
    customers = Customer.objects.visible_to(reader).for_list()
    return _in_order(customers, ids_for(reader, customers, text, limit, partly=by_parts(reader)))


def _people_called_nearly(text: str, reader: Reader, limit: int, besides: set[int]) -> list[Customer]:
    customers = Customer.objects.visible_to(reader).for_list()
    return _in_order(customers, near_ids(reader, customers, text, limit, besides=besides))


def _in_order(customers, ids: list[int]) -> list[Customer]:
    found = customers.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _person_line(customer: Customer, reader: Reader) -> str:
    """Code, tax code or VAT number, day of birth, place and agency: of two with one name some of these differ."""
    is_company = customer.kind == Customer.Kind.COMPANY
    return on_one_line(
        customer.code,
        _("joined with %(code)s") % {"code": customer.merged_into.code} if customer.merged_into is not None else "",
        customer.vat_number if is_company else seen(reader, Kind.TAX_CODE, customer.tax_code),
        seen(reader, Kind.BIRTH_DATE, customer.birth_date),
        customer.city,
        customer.agency.name,
    )


def _policies(text: str, reader: Reader, limit: int) -> list[Policy]:
    """By the beginning of their number or of their plate; those that end last come first."""
    if not has_digit(text):
        return []
    code = "".join(text.split()).upper()
    plain = code.translate(_BETWEEN)
    policies = Policy.objects.visible_to(reader).order_by()
    ids: dict[int, None] = {}
    for question in (
        *(policies.filter(number__startswith=each) for each in dict.fromkeys((code, plain)) if each),
        policies.exclude(plate="").filter(plate__startswith=plain) if plain else policies.none(),
    ):
        ids.update(dict.fromkeys(question.values_list("pk", flat=True)[:limit]))
    return list(Policy.objects.filter(pk__in=ids).for_list().order_by("-ends_on", "-pk")[:limit])


def _policy_line(policy: Policy, _reader: Reader) -> str:
    day = formats.date_format(policy.ends_on, "SHORT_DATE_FORMAT")
    return on_one_line(policy.holder, policy.product, policy.plate, day, policy.get_state_display())


def _claims(text: str, reader: Reader, limit: int) -> list[Claim]:
    ids = list(Claim.objects.visible_to(reader).with_number(text).order_by().values_list("pk", flat=True)[:limit])
    return list(Claim.objects.filter(pk__in=ids).for_list().order_by("-reported_on", "-pk"))


def _claim_line(claim: Claim, _reader: Reader) -> str:
    day = formats.date_format(claim.occurred_on, "SHORT_DATE_FORMAT")
    return on_one_line(claim.customer, claim.policy, claim.get_kind_display(), day, claim.get_state_display())


PEOPLE = Finder(Customer, "group", _people, named, _person_line, near=_people_called_nearly)
POLICIES = Finder(Policy, "description", _policies, named, _policy_line)
CLAIMS = Finder(Claim, "car_crash", _claims, named, _claim_line)
