"""The page of the documentation that defines each figure, written from the catalogue."""

from collections.abc import Iterator

from django.utils import translation

from contact_center.catalogue import FIGURES, FORMULAS, Figure

from .definitions import COMPARED, define

# Thresholds as the documentation calls them: by their keys in the JSON.
THRESHOLDS = {
    "seconds": "`service_level_seconds`",
    "short": "`short_abandon_seconds`",
    "days": "`repeat_contact_days`",
    "formula": "`formula`",
}
HEAD = """# The figures, one by one

Written by `manage.py figures --catalogue > docs/formats/figures-catalogue.md` from `contact_center/catalogue/entries.py`.
How they are asked for, and the shapes around them, are in [figures](figures.md).

`totals` and each of `rows` have these keys, a dot for each key inside another. A count is a whole number; a share or a mean
is `{"numerator", "denominator", "ratio"}`, unless it is described as a number. The CSV has them in this order.

"""


def page() -> str:
    """The page in English, whatever the language in use."""
    with translation.override("en"):
        return HEAD + "\n".join([*_figures(), "", *_formulas(), "", *_compared(), ""])


def _figures() -> Iterator[str]:
    yield "| key | column of the CSV | unit | figure | left out |"
    yield "| --- | --- | --- | --- | --- |"
    for figure in FIGURES:
        yield _row(figure)
        if figure.split:
            keys = ", ".join(f"`{code}`" for code in figure.split.parts)
            yield (
                f"| `{'.'.join(figure.json_path)}.{figure.split.path}`: {keys} | `{figure.key}_…` | {figure.unit} |"
                f" {figure.split.title}: each / {figure.parts(next(iter(FORMULAS)))[0].in_words(THRESHOLDS)} | |"
            )


def _row(figure: Figure) -> str:
    known = define(figure, next(iter(FORMULAS)), THRESHOLDS)
    formula = "by `formula`, below" if figure.formulas else known.formula
    unit = f"{figure.unit}, a number" if figure.is_bare else figure.unit
    words = f"**{known.label}**: {formula}. {known.text}" if known.label else formula
    return f"| `{'.'.join(figure.json_path)}` | `{figure.key}` | {unit} | {words} | {known.exclusions} |"


def _formulas() -> Iterator[str]:
    yield "| `formula` | service level |"
    yield "| --- | --- |"
    for name, formula in FORMULAS.items():
        parts = (formula.numerator.in_words(THRESHOLDS), formula.denominator.in_words(THRESHOLDS))
        yield f"| {name} | {' / '.join(parts)} |"


def _compared() -> Iterator[str]:
    yield f"`change` has {', '.join(f'`{figure.key}`' for figure in COMPARED)}."
