"""Italian provinces as dated reference data: which code named what, from when until when.

Sources: the ISTAT list of administrative units and its record of changes. The region gives the macro-area, which is
the National Statistical Institute's (Abruzzo belongs to the South). A first or last day is the exact one where it is
known to matter; in a year of change both codes are accepted, because registers never moved on one day:

- 1992: eight provinces created by the legislative decrees of 6 March 1992;
- 1999: Forlì-Cesena from FO to FC, Pesaro e Urbino from PS to PU;
- 2009: first elections of Barletta-Andria-Trani, Fermo, Monza e della Brianza (laws 146, 147 and 148 of 2004);
- 2016: Sardinian law 2 of 2016 ended CI, OG, OT and VS (born 2005) and made SU;
- 2025: Sardinian law 7 of 2021, in operation from 1 April 2025, brought the four back, two of them renamed. The
  national registers still carry SU in 2026, so it remains open here: give it a last day when they close it.
"""

import datetime
from dataclasses import dataclass
from operator import itemgetter

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Area(models.TextChoices):
    """Macro-areas by which figures are compared."""

    NORTH = "north", gettext_lazy("North")
    CENTRE = "centre", gettext_lazy("Centre")
    SOUTH = "south", gettext_lazy("South")
    ISLANDS = "islands", gettext_lazy("Islands")


AREA_OF_REGION = {
    "Piemonte": Area.NORTH,
    "Valle d’Aosta": Area.NORTH,
    "Lombardia": Area.NORTH,
    "Trentino-Alto Adige": Area.NORTH,
    "Veneto": Area.NORTH,
    "Friuli-Venezia Giulia": Area.NORTH,
    "Liguria": Area.NORTH,
    "Emilia-Romagna": Area.NORTH,
    "Toscana": Area.CENTRE,
    "Umbria": Area.CENTRE,
    "Marche": Area.CENTRE,
    "Lazio": Area.CENTRE,
    "Abruzzo": Area.SOUTH,
    "Molise": Area.SOUTH,
    "Campania": Area.SOUTH,
    "Puglia": Area.SOUTH,
    "Basilicata": Area.SOUTH,
    "Calabria": Area.SOUTH,
    "Sicilia": Area.ISLANDS,
    "Sardegna": Area.ISLANDS,
    "Venezia Giulia": Area.NORTH,  # until 1947
}


@dataclass(frozen=True, slots=True)
class Province:
    """One code during one period. `valid_from` None: before anything we hold; `valid_to` None: still in use.

    `use` names the codes that took over from a code that ceased.
    """

    code: str
    name: str
    region: str
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    use: tuple[str, ...] = ()

    @property
    def area(self) -> Area:
        """The macro-area of the region."""
        return AREA_OF_REGION[self.region]

    def is_valid(self, on: datetime.date) -> bool:
        """Whether the code names this province on the day, both ends included."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


_ALWAYS = """
Piemonte: TO Torino, VC Vercelli, NO Novara, CN Cuneo, AT Asti, AL Alessandria
Valle d’Aosta: AO Aosta
Lombardia: VA Varese, CO Como, SO Sondrio, MI Milano, BG Bergamo, BS Brescia, PV Pavia, CR Cremona, MN Mantova
Trentino-Alto Adige: BZ Bolzano, TN Trento
Veneto: VR Verona, VI Vicenza, BL Belluno, TV Treviso, VE Venezia, PD Padova, RO Rovigo
Friuli-Venezia Giulia: UD Udine, GO Gorizia, TS Trieste
Liguria: IM Imperia, SV Savona, GE Genova, SP La Spezia
Emilia-Romagna: PC Piacenza, PR Parma, RE Reggio nell’Emilia, MO Modena, BO Bologna, FE Ferrara, RA Ravenna
Toscana: MS Massa-Carrara, LU Lucca, PT Pistoia, FI Firenze, LI Livorno, PI Pisa, AR Arezzo, SI Siena, GR Grosseto
Umbria: PG Perugia, TR Terni
Marche: AN Ancona, MC Macerata, AP Ascoli Piceno
Lazio: VT Viterbo, RI Rieti, RM Roma, LT Latina, FR Frosinone
Abruzzo: AQ L’Aquila, TE Teramo, PE Pescara, CH Chieti
Molise: CB Campobasso
Campania: CE Caserta, BN Benevento, NA Napoli, AV Avellino, SA Salerno
Puglia: FG Foggia, BA Bari, TA Taranto, BR Brindisi, LE Lecce
Basilicata: PZ Potenza, MT Matera
Calabria: CS Cosenza, CZ Catanzaro, RC Reggio di Calabria
Sicilia: TP Trapani, PA Palermo, ME Messina, AG Agrigento, CL Caltanissetta, EN Enna, CT Catania, RG Ragusa
Sicilia: SR Siracusa
Sardegna: SS Sassari, NU Nuoro, CA Cagliari
"""


def _day(year: int, month: int = 1, day: int = 1) -> datetime.date:
    return datetime.date(year, month, day)


_1992, _2009, _2025 = _day(1992, 3, 6), _day(2009, 6, 7), _day(2025, 4, 1)
_SARDINIA = {"valid_from": _day(2005), "valid_to": _day(2016, 12, 31)}

_DATED = (
    Province("PN", "Pordenone", "Friuli-Venezia Giulia", _day(1968)),
    Province("IS", "Isernia", "Molise", _day(1970)),
    Province("OR", "Oristano", "Sardegna", _day(1974)),
    Province("BI", "Biella", "Piemonte", _1992),
    Province("VB", "Verbano-Cusio-Ossola", "Piemonte", _1992),
    Province("LC", "Lecco", "Lombardia", _1992),
    Province("LO", "Lodi", "Lombardia", _1992),
    Province("RN", "Rimini", "Emilia-Romagna", _1992),
    Province("PO", "Prato", "Toscana", _1992),
    Province("KR", "Crotone", "Calabria", _1992),
    Province("VV", "Vibo Valentia", "Calabria", _1992),
    Province("FO", "Forlì", "Emilia-Romagna", None, _day(1999, 12, 31), ("FC",)),
    Province("FC", "Forlì-Cesena", "Emilia-Romagna", _day(1999)),
    Province("PS", "Pesaro e Urbino", "Marche", None, _day(1999, 12, 31), ("PU",)),
    Province("PU", "Pesaro e Urbino", "Marche", _day(1999)),
    Province("BT", "Barletta-Andria-Trani", "Puglia", _2009),
    Province("FM", "Fermo", "Marche", _2009),
    Province("MB", "Monza e della Brianza", "Lombardia", _2009),
    Province("CI", "Carbonia-Iglesias", "Sardegna", **_SARDINIA, use=("SU",)),
    Province("VS", "Medio Campidano", "Sardegna", **_SARDINIA, use=("SU",)),
    Province("OG", "Ogliastra", "Sardegna", **_SARDINIA, use=("NU",)),
    Province("OT", "Olbia-Tempio", "Sardegna", **_SARDINIA, use=("SS",)),
    Province("SU", "Sud Sardegna", "Sardegna", _day(2016, 2, 4)),
    Province("CI", "Sulcis Iglesiente", "Sardegna", _2025),
    Province("VS", "Medio Campidano", "Sardegna", _2025),
    Province("OG", "Ogliastra", "Sardegna", _2025),
    Province("OT", "Gallura Nord-Est Sardegna", "Sardegna", _2025),
    # Ceded by the peace treaty, in force on 15 September 1947; still the place of birth of living people.
    Province("FU", "Fiume", "Venezia Giulia", None, _day(1947, 9, 14)),
    Province("PL", "Pola", "Venezia Giulia", None, _day(1947, 9, 14)),
    Province("ZA", "Zara", "Venezia Giulia", None, _day(1947, 9, 14)),
)


def _read(text: str) -> tuple[Province, ...]:
    """The provinces of a table "Region: AA Name, BB Name"."""
    found = []
    for line in text.strip().splitlines():
        region, rest = line.split(": ")
        found += [Province(entry[:2], entry[3:], region) for entry in rest.split(", ")]
    return tuple(found)


PROVINCES: tuple[Province, ...] = _read(_ALWAYS) + _DATED
_BY_CODE: dict[str, list[Province]] = {}
for _each in PROVINCES:
    _BY_CODE.setdefault(_each.code, []).append(_each)


def provinces(on: datetime.date | None = None) -> list[Province]:
    """The provinces whose codes are in use on the day (today), by name: what a form offers."""
    day = on or timezone.localdate()
    return sorted((each for each in PROVINCES if each.is_valid(day)), key=lambda each: each.name)


def province(code: str, on: datetime.date | None = None) -> Province:
    """The province a code names on the day (today).

    Raises ValidationError when the code never existed, had ceased by then (naming what took its place) or did not
    exist yet.
    """
    day = on or timezone.localdate()
    wanted = code.strip().upper()
    known = _BY_CODE.get(wanted)
    if not known:
        raise ValidationError(
            _("There is no Italian province “%(code)s”: give its two letters, such as MI or RM."),
            code="province_unknown",
            params={"code": wanted[:10]},
        )
    for each in known:
        if each.is_valid(day):
            return each
    ceased = [(each.valid_to, each) for each in known if each.valid_to and each.valid_to < day]
    if not ceased:
        raise ValidationError(
            _("The province %(code)s (%(name)s) exists only from %(day)s."),
            code="province_not_yet",
            params={
                "code": wanted,
                "name": known[0].name,
                "day": date_format(min(each.valid_from for each in known if each.valid_from), "SHORT_DATE_FORMAT"),
            },
        )
    last_day, last = max(ceased, key=itemgetter(0))
    params = {"code": wanted, "name": last.name, "day": date_format(last_day, "SHORT_DATE_FORMAT")}
    if last.use:
        raise ValidationError(
            _("The province %(code)s (%(name)s) ceased on %(day)s: use %(use)s."),
            code="province_ceased",
            params={**params, "use": ", ".join(last.use)},
        )
    raise ValidationError(
        _("The province %(code)s (%(name)s) ceased on %(day)s and has no successor in Italy."),
        code="province_ceased",
        params=params,
    )
