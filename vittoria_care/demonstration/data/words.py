"""Given names, surnames, places and streets of which the invented people are made: lists of common Italian words.

Nobody here exists. Combinations that are the name of somebody known are left out by `is_somebody`.
"""

from dataclasses import dataclass

MEN = """
Francesco Alessandro Andrea Lorenzo Matteo Mattia Gabriele Leonardo Riccardo Davide Tommaso Giuseppe Marco Luca Federico
Antonio Simone Giovanni Pietro Nicolò Michele Emanuele Filippo Christian Daniele Stefano Salvatore Vincenzo Domenico Angelo
Samuele Giacomo Roberto Alberto Paolo Claudio Massimo Fabio Enrico Giorgio Maurizio Mario Luigi Carlo Franco Bruno Sergio
Gianluca Cristian Dario Giulio Alessio Ivan Fabrizio Raffaele Pasquale Gennaro Carmelo Rosario Nicola Gianni Renato Ugo
Diego Jacopo Edoardo Valerio Corrado Silvano Ettore Walter Gino Piero Umberto Adriano
"""

WOMEN = """
Sofia Giulia Aurora Alice Ginevra Emma Giorgia Greta Beatrice Anna Chiara Sara Martina Francesca Alessia Elisa Federica Silvia
Valentina Elena Laura Paola Maria Rosa Lucia Carmela Angela Teresa Giovanna Caterina Monica Barbara Daniela Cristina Roberta
Simona Stefania Patrizia Antonella Manuela Michela Ilaria Serena Claudia Eleonora Arianna Noemi Gaia Viola Camilla Margherita
Rebecca Matilde Ludovica Marta Irene Veronica Debora Sabrina Tiziana Rita Luisa Adele Concetta Assunta Filomena Raffaella
Lidia Ornella Mirella Nicoletta Vittoria Bianca Agnese
"""

SURNAMES = """
Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Costa Giordano Rizzo Lombardi
Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo
Serra Coppola D'Angelo Marchetti Parisi Villa Ferraro Ferri Fabbri Bianco Marini Grasso Valentini Messina Sala Gatti
Pellegrini Palumbo Sanna Farina Rizzi Monti Cattaneo Morelli Amato Silvestri Mazza Testa Grassi Pellegrino Carbone Giuliani Benedetti
Barone Rossetti Caputo Montanari Guerra Palmieri Bernardi Martino Fiore Ferretti Bellini Basile Riva Donati Piras Vitali Battaglia
Sartori Neri Costantini Milani Pagano Ruggiero Sorrentino D'Amico Orlando Damico Negri Mantovani Caserta Fumagalli Brambilla Bassi
Cocco Melis Murgia Puddu Lai Cossu Zanella Zanetti Zanin Furlan Visintin Trevisan Pavan Marin Boscolo Bortolotti Pedrotti
Tomasi Gasser Bertolini Bruni Cecchini Pieri Nardi Innocenti Bartoli Landi Lenzi Fantini Baldini Casadei Zoli Ravaioli Gaddi
Fabiani Proietti Ceccarelli De Luca|De Santis|De Angelis|De Rosa|Di Stefano|Di Lorenzo|Di Marco|Lo Presti|La Rocca|Dell'Acqua
Aiello Cannizzaro Ferrante Licata Mangano Nicosia Puglisi Scuderi Tomaselli Vaccaro Zappalà Calabrò Surace Laganà Morabito Iacono
Abbate Capuano Cirillo Izzo Iovine Napolitani Scognamiglio Vitiello Auriemma Buonocore Cuomo D'Auria Palladino Sgambati Zaccaria
Cassano Colucci Lorusso Loiacono Digennaro Quaranta Semeraro Pastore Fasano Carella Lacerenza Petruzzelli
Belotti Pesenti Locatelli Rota Invernizzi Maggioni Sironi Galbiati Viganò Beretta Crippa Corti Casati Redaelli Airoldi
Bosio Giraudo Dutto Viale Ferrero Bertone Cerutti Gallina Actis Olivero Parodi Traverso Bruzzone Canepa Repetto Pastorino
Baroni Guidi Lelli Mazzoni Tassi Ventura Orsini Salvi Vezzani Ferrarini Cavazzuti Malagoli Reggiani Bonini Spaggiari
"""

# City, province, first code of the post, place code of the tax code, prefix of the telephone, weight.
CITIES = """
Milano MI 20121 F205 02 60|Torino TO 10121 L219 011 38|Roma RM 00184 H501 06 52|Napoli NA 80133 F839 081 20
Palermo PA 90133 G273 091 11|Genova GE 16121 D969 010 18|Bologna BO 40121 A944 051 18|Firenze FI 50122 D612 055 16
Bari BA 70121 A662 080 12|Catania CT 95124 C351 095 10|Venezia VE 30121 L736 041 10|Verona VR 37121 L781 045 12
Messina ME 98122 F158 090 6|Padova PD 35121 G224 049 10|Trieste TS 34121 L424 040 7|Brescia BS 25121 B157 030 13
Parma PR 43121 G337 0521 8|Taranto TA 74121 L049 099 5|Prato PO 59100 G999 0574 6|Modena MO 41121 F257 059 9
Reggio di Calabria RC 89125 H224 0965 4|Reggio nell'Emilia RE 42121 H223 0522 8|Perugia PG 06121 G478 075 7
Ravenna RA 48121 H199 0544 6|Livorno LI 57123 E625 0586 5|Cagliari CA 09124 B354 070 7|Foggia FG 71121 D643 0881 4
Rimini RN 47921 H294 0541 6|Salerno SA 84121 H703 089 6|Ferrara FE 44121 D548 0532 5|Sassari SS 07100 I452 079 4
Latina LT 04100 E472 0773 5|Monza MB 20900 F704 039 10|Siracusa SR 96100 I754 0931 3|Pescara PE 65121 G482 085 5
Bergamo BG 24121 A794 035 12|Forlì FC 47121 D704 0543 5|Trento TN 38122 L378 0461 6|Vicenza VI 36100 L840 0444 8
Terni TR 05100 L117 0744 3|Bolzano BZ 39100 A952 0471 5|Novara NO 28100 F952 0321 6|Piacenza PC 29121 G535 0523 5
Ancona AN 60121 A271 071 5|Andria BT 76123 A285 0883 3|Arezzo AR 52100 A390 0575 4|Udine UD 33100 L483 0432 6
Cesena FC 47521 C573 0547 4|Lecce LE 73100 E506 0832 5|Pesaro PU 61121 G479 0721 4|Alessandria AL 15121 A182 0131 5
La Spezia SP 19121 E463 0187 4|Pistoia PT 51100 G713 0573 4|Catanzaro CZ 88100 C352 0961 2|Pisa PI 56125 G702 050 4
Lucca LU 55100 E715 0583 4|Brindisi BR 72100 B180 0831 3|Treviso TV 31100 L407 0422 7|Varese VA 21100 L682 0332 8
Como CO 22100 C933 031 7|Busto Arsizio VA 21052 B300 0331 6|Grosseto GR 58100 E202 0564 3|Asti AT 14100 A479 0141 4
Ragusa RG 97100 H163 0932 2|Cremona CR 26100 D150 0372 4|Pavia PV 27100 G388 0382 6|Carpi MO 41012 B819 059 4
L'Aquila AQ 67100 A345 0862 2|Imola BO 40026 E289 0542 4|Massa MS 54100 F023 0585 2|Trapani TP 91100 L331 0923 2
Viterbo VT 01100 M082 0761 3|Cosenza CS 87100 D086 0984 3|Potenza PZ 85100 G942 0971 2|Caserta CE 81100 B963 0823 4
Vigevano PV 27029 L872 0381 5|Savona SV 17100 I480 019 4|Matera MT 75100 F052 0835 2|Benevento BN 82100 A783 0824 2
Siena SI 53100 I726 0577 3|Faenza RA 48018 D458 0546 3|Moncalieri TO 10024 F335 011 4|Cuneo CN 12100 D205 0171 5
Legnano MI 20025 E514 0331 5|Mantova MN 46100 E897 0376 5|Rovigo RO 45100 H620 0425 3|Lecco LC 23900 E507 0341 5
Belluno BL 32100 A757 0437 2|Sondrio SO 23100 I829 0342 2|Aosta AO 11100 A326 0165 2|Biella BI 13900 A859 015 3
Vercelli VC 13100 L750 0161 3|Lodi LO 26900 E648 0371 4|Gorizia GO 34170 E098 0481 2|Pordenone PN 33170 G888 0434 4
Imperia IM 18100 E290 0183 2|Macerata MC 62100 E783 0733 3|Fermo FM 63900 D542 0734 2|Rieti RI 02100 H282 0746 1
Frosinone FR 03100 D810 0775 2|Teramo TE 64100 L103 0861 2|Chieti CH 66100 C632 0871 2|Campobasso CB 86100 B519 0874 1
Avellino AV 83100 A509 0825 2|Enna EN 94100 C342 0935 1|Nuoro NU 08100 F979 0784 1|Oristano OR 09170 G113 0783 1
"""

STREETS = """
Via Roma|Via Garibaldi|Via Mazzini|Via Dante|Corso Italia|Via Verdi|Via Cavour|Viale Europa|Via Manzoni|Via dei Mille
Via San Martino|Via Leopardi|Via Marconi|Piazza della Libertà|Via Vittorio Veneto|Via Kennedy|Via Matteotti|Via Carducci
Via delle Rose|Via dei Tigli|Via Volta|Via Galilei|Via Puccini|Via Rossini|Via Pascoli|Viale della Repubblica|Via Piave
Via Monte Grappa|Via Trento|Via Trieste|Via del Mulino|Via della Stazione|Via San Francesco|Via Sant'Antonio|Largo Europa
Via Machiavelli|Via Petrarca|Via Boccaccio|Via dell'Industria|Via dell'Artigianato|Via Bellini|Via Colombo|Via Po|Via Adige
"""

TRADES = """
Officine|Arredamenti|Trasporti|Impianti|Serramenti|Costruzioni|Forniture|Panificio|Autocarrozzeria|Ferramenta|Giardini|Cantine
Tessuti|Termoidraulica|Logistica|Edilizia|Meccanica|Ottica|Tipografia|Servizi
"""


@dataclass(frozen=True, slots=True)
class City:
    """A town with what an address, a telephone number and a tax code need of it."""

    name: str
    province: str
    postal_code: str
    place_code: str
    prefix: str


def _listed(text: str) -> list[str]:
    return [entry for line in text.strip().splitlines() for entry in line.split("|")]


def _surnames() -> list[str]:
    """The surnames, most frequent first; those of two words stand between bars."""
    found: list[str] = []
    for line in SURNAMES.strip().splitlines():
        if "|" in line:
            first, *rest = line.split("|")
            *single, one, two = first.split()
            found += [*single, f"{one} {two}", *rest]
        else:
            found += line.split()
    return found


def spread(entries: list, weights: list[float], size: int = 4096) -> tuple:
    """A table in which each entry stands in proportion to its weight, at least once: picking is one look-up."""
    total = sum(weights)
    table = []
    for entry, weight in zip(entries, weights, strict=True):
        table += [entry] * max(1, round(size * weight / total))
    return tuple(table)


def _falling(entries: list[str]) -> tuple[str, ...]:
    """Early entries more often than late ones, as names are."""
    return spread(entries, [1 / (rank + 12) for rank in range(len(entries))])


MEN_TABLE = _falling(MEN.split())
WOMEN_TABLE = _falling(WOMEN.split())
SURNAME_TABLE = _falling(_surnames())
STREET_TABLE = tuple(_listed(STREETS))
TRADE_TABLE = tuple(_listed(TRADES))


def _cities() -> tuple[City, ...]:
    cities, weights = [], []
    for entry in _listed(CITIES):
        *name, province, postal_code, place_code, prefix, weight = entry.split()
        cities.append(City(" ".join(name), province, postal_code, place_code, prefix))
        weights.append(float(weight))
    return spread(cities, weights, 1024)


CITY_TABLE = _cities()
CITIES_BY_NAME = {city.name: city for city in CITY_TABLE}

NOT_THESE = """
Alessandro Greco|Alessandro Orsini|Andrea Belotti|Andrea Costa|Andrea Orlando|Anna Ferrari|Antonio Ricci
Bruno Ferrero|Cristian Bruno|Cristina Ricci|Daniele Orsini|Davide Brambilla|Elena Ferrante|Elisa Longo
Emanuele Giordano|Enrico Caruso|Federica Pellegrini|Federico Marchetti|Filippo De Angelis|Filippo Grassi
Francesco Guidi|Francesco Testa|Gianluca Grassi|Giovanni Bellini|Giovanni Ferrero|Giovanni Gentile
Giovanni Morelli|Giovanni Testa|Giuseppe Rossi|Lorenzo Fontana|Lorenzo Pellegrini|Luca Marin|Luca Marini
Luca Pellegrini|Luigi De Angelis|Luigi Longo|Marco Bellini|Marco Ricci|Mario Basile|Mario Monti|Martina Caruso
Massimo Serra|Matteo Ricci|Michela Brambilla|Michele Ferrero|Michele Serra|Nicola Ricci|Paolo Rossi
Piero Ferrari|Pietro Ferrero|Raffaele Palladino|Roberto Bruno|Sara Gentile|Sergio Battaglia|Sergio Leone
Simona Ventura|Simone Martini|Simone Ventura|Sofia Ricci|Stefano Fiore|Stefano Ricci|Ugo Monti|Umberto Orsini
Vincenzo Bellini|Vittoria Ferrari|Walter Ferrari
"""
_KNOWN = frozenset(_listed(NOT_THESE))


def is_somebody(first_name: str, last_name: str) -> bool:
    """Whether the name is one that readers would take for a person they have heard of."""
    return f"{first_name} {last_name}" in _KNOWN
