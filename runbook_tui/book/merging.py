"""What stands over the phases of a plan, put together from all of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from runbook_tui.book.model import Parameter, Runbook, Team
from runbook_tui.book.parameters import as_variable
from runbook_tui.book.places import Place

Clash = Callable[[Place, str, str], None]
"""Tells, at a place, that a name means two things."""


def meant(name: str, parameters: Iterable[Parameter]) -> Parameter | None:
    """The parameter of a name, or the one placeholder of Markdown that has it as a variable."""
    known = {p.name: p for p in parameters}
    found = [p for p in known.values() if p.placeholder and as_variable(p.name) == name]
    return known.get(name) or (found[0] if len(found) == 1 else None)


def overridden(base: Iterable[Parameter], given: Mapping[str, Parameter]) -> tuple[Parameter, ...]:
    """Parameters of a base with those that a plan gives in place of those that they mean."""
    known = {p.name: p for p in base}
    for name in given:
        there = meant(name, known.values())
        if there is not None:
            known.pop(there.name)
    return (*known.values(), *given.values())


def one_parameters(
    own: Iterable[Parameter], parts: Iterable[Runbook], source: str, clash: Clash
) -> tuple[Parameter, ...]:
    """Every parameter once; two definitions of one name must say the same.

    ``source`` is the file that takes the parts in; its own parameters have none yet.
    """
    found = {p.name: p for p in own}
    for part in parts:
        names = {p.name for p in part.parameters}
        for parameter in part.parameters:
            plain = as_variable(parameter.name)
            # A placeholder of Markdown may be described under the name of a variable.
            meant = parameter.placeholder and plain in found and plain not in names
            name = plain if meant and parameter.name not in found else parameter.name
            there = found.get(name)
            found[name] = parameter if there is None else _one(there, parameter, source, clash)
    return tuple(found.values())


def _one(there: Parameter, other: Parameter, source: str, clash: Clash) -> Parameter:
    place = Place(max(other.line, 1), 1, other.source)
    where = f"in {there.source or source or 'the plan'}, line {there.line}"
    if there.placeholder and other.placeholder and there.placeholder != other.placeholder:
        clash(place, f"“{there.name}” is written {other.placeholder} here and "
              f"{there.placeholder} {where}", there.name)  # fmt: skip
    if there.declared and other.declared and _says(there) != _says(other):
        clash(place, f"the parameter “{there.name}” is defined otherwise {where}", there.name)
    first, second = (there, other) if there.declared or not other.declared else (other, there)
    return replace(first, placeholder=first.placeholder or second.placeholder)


def _says(p: Parameter) -> tuple[object, ...]:
    return p.default, p.choices, p.pattern, p.secret


def one_roles(
    own: Mapping[str, tuple[str, ...]], parts: Iterable[tuple[Runbook, Place]], clash: Clash
) -> dict[str, tuple[str, ...]]:
    """Every role once. Markdown names roles and nobody for them, so any list of people counts."""
    found = dict(own)
    for part, place in parts:
        for role, people in part.roles.items():
            there = found.setdefault(role, people)
            if set(there) != set(people) and part.format != "markdown":
                clash(place, f"the role “{role}” has other people in {_file(part)}", role)
    return found


def one_teams(
    own: Iterable[Team], parts: Iterable[tuple[Runbook, Place]], clash: Clash
) -> tuple[Team, ...]:
    """Every team once."""
    found = {t.id: t for t in own}
    for part, place in parts:
        for team in part.teams:
            if found.setdefault(team.id, team) != team:
                message = f"the team “{team.id}” is described otherwise in {_file(part)}"
                clash(place, message, team.id)
    return tuple(found.values())


def one_signers(
    own: str | None, parts: Iterable[tuple[Runbook, Place]], clash: Clash
) -> str | None:
    """The one file of allowed signers."""
    for part, place in parts:
        if own is None:
            own = part.allowed_signers
        elif part.allowed_signers not in {None, own}:
            clash(place, f"allowed_signers is another file in {_file(part)}", "allowed_signers")
    return own


def _file(part: Runbook) -> str:
    return f"“{part.source}”"
