"""What the tests of claim reports share: the answers of a whole motor report, by step."""

CRASH = {
    "evento": {
        "occurred_on": "2026-05-02",
        "occurred_time": "18:30",
        "place": "Via Po 1, Pavia",
        "description": "Tamponata al semaforo.",
    },
    "veicolo": {"driver": "me", "damage": "Paraurti posteriore", "drivable": "yes"},
    "altro-veicolo": {"other": "yes", "other_plate": "FG456HJ", "other_insurer": "Compagnia di prova"},
    "persone": {"injured": "no", "police": "no"},
    "constatazione": {"statement": "both"},
}
