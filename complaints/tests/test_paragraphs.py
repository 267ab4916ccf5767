"""Which paragraphs a letter must contain, and why: by what the complaint is about, not by its line of business alone."""

import pytest

from complaints.letters.paragraphs import Matter, needed_for


def codes(**matter):
    given = {"outcome": "rejected", "ramo": "8"} | matter
    return [each.code for each in needed_for(Matter(**given))]


@pytest.mark.parametrize(
    ("ramo", "complainant_kind", "area", "ways"),
    [
        ("10", "injured", "settlement", ["negotiation"]),
        ("10", "injured", "administrative", ["negotiation"]),  # who was hurt has no contract
        ("12", "policyholder", "settlement", ["negotiation"]),
        ("10", "policyholder", "administrative", ["mediation"]),  # the premium
        ("10", "policyholder", "commercial", ["mediation"]),
        ("12", "insured", "product", ["mediation"]),
        ("10", "policyholder", "", ["mediation", "negotiation"]),  # nobody can tell: both
        ("10", "association", "legal", ["mediation", "negotiation"]),
        ("8", "injured", "settlement", ["mediation"]),
    ],
)
def test_the_way_to_court_is_that_of_the_matter(ramo, complainant_kind, area, ways):
    found = codes(ramo=ramo, complainant_kind=complainant_kind, area=area)
    assert found == ["remedies", "ivass", "arbiter", *ways]


@pytest.mark.parametrize("outcome", ["rejected", "in_part", "settled"])
def test_what_is_not_upheld_in_full_names_the_ways_that_are_open(outcome):
    assert codes(outcome=outcome) == ["remedies", "ivass", "arbiter", "mediation"]


def test_what_is_upheld_names_none():
    assert codes(outcome="upheld") == []


def test_what_cannot_be_treated_says_what_that_means_first():
    assert codes(is_treatable=False)[0] == "not_treated"


def test_the_intermediary_concerned_is_named_last():
    assert codes(outcome="upheld", is_copied=True) == ["copy_to_intermediary"]


@pytest.mark.parametrize(
    ("matter", "authority"),
    [
        ({"ramo": "III", "area": "commercial", "is_other_intermediary": True}, ["consob"]),
        ({"ramo": "V", "is_copied": True, "is_other_intermediary": True}, ["consob", "copy_to_intermediary"]),
        ({"ramo": "III", "area": "commercial"}, []),  # sold by an agency of ours
        ({"ramo": "III", "area": "settlement", "is_other_intermediary": True}, []),  # not about how it was sold
        ({"ramo": "VI"}, ["covip"]),
        ({"ramo": "I", "area": "commercial", "is_other_intermediary": True}, []),
    ],
)
def test_another_authority_is_named_where_the_matter_is_its_own(matter, authority):
    assert codes(**matter) == ["remedies", "ivass", "arbiter", "mediation", *authority]


def test_every_paragraph_says_why_it_is_there():
    matter = Matter(outcome="rejected", ramo="VI", is_treatable=False, is_copied=True)
    assert all(str(each.because) for each in needed_for(matter))
