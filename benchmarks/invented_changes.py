"""Invented months with and without a cause: how often the cause is found, and how often something is marked by chance."""

import random

from foundation.chance import beyond_chance
from insights.explaining.chance import moved
from insights.explaining.decomposition import Base, total, two_factors

TOPICS = 12
CALLS = 6_000  # a month of the company
FIRST_PARTS = 3


def month(chance: random.Random, weights: list[float], rates: list[float], calls: int = CALLS) -> dict[int, Base]:
    """The calls of a month by topic, and how many of each were resolved."""
    counted = {topic: [0, 0] for topic in range(len(weights))}
    for topic in chance.choices(range(len(weights)), weights, k=calls):
        counted[topic][1] += 1
        counted[topic][0] += chance.random() < rates[topic]
    return {topic: Base(events, of) for topic, (events, of) in counted.items()}


def world(chance: random.Random) -> tuple[list[float], list[float]]:
    """Weights and rates of topics: some common, some rare; most resolved at first level."""
    return (
        [chance.choice([1, 2, 4, 8]) for _topic in range(TOPICS)],
        [chance.choice([0.90, 0.95, 0.97, 0.98, 0.99]) for _topic in range(TOPICS)],
    )


def cause_is_among_the_first(chance: random.Random, *, points: float = 1.0) -> bool:
    """Plant a cause that moves the whole by `points` to twice as many: one topic gets worse, or a hard one grows; look for it.

    Points are those of the whole; a topic too small to lose as much loses all it has.
    """
    weights, rates = world(chance)
    before, planted = month(chance, weights, rates), chance.randrange(TOPICS)
    weights, rates = list(weights), list(rates)
    share = weights[planted] / sum(weights)
    if chance.random() < 0.5:
        rates[planted] = max(0.0, rates[planted] - points / 100 * chance.uniform(1, 2) / share)
        kind = "rate"
    else:
        rates[planted] = 0.6
        before = month(chance, weights, rates)
        weights[planted] += (
            sum(weights) * points / 35 * chance.uniform(1, 2)
        )  # its rate is some 35 points below the mean
        kind = "mix"
    parts = two_factors(before, month(chance, weights, rates))
    ranked = sorted(
        (
            (abs(part), key, name)
            for key, both in parts.items()
            for name, part in (("mix", both.mix), ("rate", both.rate))
        ),
        reverse=True,
    )
    return (planted, kind) in [(key, name) for _size, key, name in ranked[:FIRST_PARTS]]


def shuffled_marks_anything(chance: random.Random, calls: int = CALLS) -> bool:
    """Shuffle one set of calls over two months, so that nothing changed; say whether the page would mark something."""
    weights, rates = world(chance)
    both = [(topic, chance.random() < rates[topic]) for topic in chance.choices(range(TOPICS), weights, k=2 * calls)]
    chance.shuffle(both)
    months = []
    for half in (both[:calls], both[calls:]):
        counted: dict[int, list[int]] = {}
        for topic, is_resolved in half:
            one = counted.setdefault(topic, [0, 0])
            one[0] += is_resolved
            one[1] += 1
        months.append({topic: Base(events, of) for topic, (events, of) in counted.items()})
    before, after = months
    whole = total(before), total(after)
    nothing = Base(0, 0)
    stated = []
    for topic in {*before, *after}:
        was, now = before.get(topic, nothing), after.get(topic, nothing)
        stated += [moved(Base(was.of, whole[0].of), Base(now.of, whole[1].of)), moved(was, now)]
    return any(beyond_chance([one.chance for one in stated if one is not None]))
