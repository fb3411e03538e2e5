"""Rings in what needs what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def cycles(wanted: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """One ring for each knot of ids that need one another, from its first id back to it.

    Rings that share an id are one knot: cutting one may cut the others, so only one is told. Every
    id that is needed must be a key.
    """
    for knot in _knots(wanted):
        start = knot[0]
        if len(knot) > 1 or start in wanted[start]:
            yield _ring(start, set(knot), wanted)


def _ring(start: str, knot: set[str], wanted: Mapping[str, Iterable[str]]) -> list[str]:
    """The shortest way from an id back to itself."""
    came: dict[str, str] = {}
    reached = [start]
    for name in reached:
        for need in wanted[name]:
            if need == start:
                way = [name, start]
                while way[0] != start:
                    way.insert(0, came[way[0]])
                return way
            if need in knot and need not in came:
                came[need] = name
                reached.append(need)
    return [start]


def _knots(wanted: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Ids that can all reach one another, each group in the order of ``wanted`` (Tarjan)."""
    order = {name: n for n, name in enumerate(wanted)}
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    for root in wanted:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        open_[root] = None
        work = [(root, iter(wanted[root]))]
        while work:
            name, rest = work[-1]
            need = next(rest, None)
            if need is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    yield sorted(_closed(open_, name), key=order.__getitem__)
            elif need not in number:
                number[need] = low[need] = len(number)
                open_[need] = None
                work.append((need, iter(wanted[need])))
            elif need in open_:
                low[name] = min(low[name], number[need])


def _closed(open_: dict[str, None], name: str) -> Iterator[str]:
    while True:
        last, _ = open_.popitem()
        yield last
        if last == name:
            return
