"""What stands before a document for programs: front matter in YAML, TOML or JSON.

Its keys belong to other programs as a rule. What means the same to all of them is taken, the rest
is left alone, and no line of it ever becomes a step.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runbook_tui.book.environment_rules import NAME as ENVIRONMENT_NAME
from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.estimates import leading
from runbook_tui.book.markdown.front_yaml import read_yaml
from runbook_tui.book.model import Environment, Estimate, Parameter, Phase, Secret, Step
from runbook_tui.book.parameters import as_variable, private, reserved

FENCED = re.compile(
    r"\A\s*(?P<mark>---|\+\+\+|;;;)(?P<kind>yaml|toml|json)?[ \t]*\n(?P<text>.*?)(?<![^\n])"
    r"(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
LONGEST = 1 << 16
"""Characters of front matter; what goes on longer is none."""

ENTRY = re.compile(r"\s*-(?:\s|$)")
BOXED = re.compile(r"\s*[-*+]\s+\[[ xX]?\]\s")
KEYED = re.compile(
    r"(?P<quote>[\"']?)[\w@$][\w .@$/-]{0,80}?(?P=quote)[ \t]*:(?:[ \t]+(?P<rest>.*))?$"
)
TITLES = ("title", "name")
ABOUT_VALUES = ("parameters", "inputs", "variables", "vars", "env")
ESTIMATES = (
    "estimate", "estimated_time", "estimated_duration", "duration", "time_estimate", "dauer",
    "duración", "durée",
)  # fmt: skip
PRODUCTION = frozenset({"production", "prod", "live"})
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}")
ROLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")


@dataclass(slots=True)
class Front:
    """What front matter says that means something here."""

    title: str = ""
    line: int = 0
    """The line where it begins; 0 where there is none."""
    parameters: tuple[Parameter, ...] = ()
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    environments: tuple[Environment, ...] = ()
    estimate: Estimate | None = None
    cwd: str = ""
    secrets: list[str] = field(default_factory=list)
    """Names of values that are not taken, since they look like secrets."""


def set_aside(text: str) -> tuple[Front, str]:
    """The front matter of a document, and the document with empty lines in its place."""
    found = _fenced(text) or _bare_json(text)
    if found is None:
        return Front(), text
    keys, start, end = found
    rest = "\n" * text.count("\n", 0, end) + text[end:]
    return _front(keys, text[start:end], text.count("\n", 0, start) + 1), rest


def _fenced(text: str) -> tuple[Mapping[str, Any], int, int] | None:
    start = text[:200].lstrip()[:3]
    if start not in {"---", "+++", ";;;"}:
        return None
    match = FENCED.match(text[:LONGEST])
    if match is None:
        return None
    said = match["text"]
    kind = match["kind"] or {"+++": "toml", ";;;": "json"}.get(match["mark"], "")
    if not kind and said.lstrip()[:1] == "{":
        kind = "json"
    if kind not in {"toml", "json"} and not _is_yaml(said):
        return None
    return _keys(said, kind), match.start("mark"), match.end()


def _bare_json(text: str) -> tuple[Mapping[str, Any], int, int] | None:
    """An object right at the start, as Hugo has it."""
    if text[:200].lstrip()[:1] != "{":
        return None
    start = len(text) - len(text.lstrip())
    try:
        found, end = json.JSONDecoder().raw_decode(text[:LONGEST], start)
    except (ValueError, RecursionError):
        return None
    behind = text[end:].partition("\n")[0]
    return (found, start, end) if isinstance(found, dict) and not behind.strip() else None


def _is_yaml(text: str) -> bool:
    """Whether lines between two rules are keys and what goes with them, not words or boxes."""
    opened = keyed = False
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key = KEYED.match(line)
        if key is not None:
            opened, keyed = not (key["rest"] or "").strip() or key["rest"][0] in "|>&!", True
        elif not keyed or BOXED.match(line):
            return False
        elif ENTRY.match(line) and not line[0].isspace():
            if not opened:
                return False
        elif not line[0].isspace() and line[0] not in "]}":
            return False
    return keyed


def _keys(text: str, kind: str) -> Mapping[str, Any]:
    try:
        if kind == "toml":
            return tomllib.loads(text)
        if kind == "json":
            found = json.loads(text)
            return found if isinstance(found, dict) else {}
    except (ValueError, RecursionError):
        pass
    # What another program would not read either may still have a title.
    return read_yaml(text.replace(" = ", ": ") if kind == "toml" else text)


def _front(keys: Mapping[str, Any], text: str, line: int) -> Front:
    known = {str(name).strip().lower().replace("-", "_"): value for name, value in keys.items()}

    def at(name: str) -> int:
        written = re.escape(name).replace("_", "[_-]")
        found = re.search(rf"(?im)^[ \t]*[\"']?{written}[\"']?[ \t]*[:=]", text)
        return line + text.count("\n", 0, found.start()) if found else line

    front = Front(line=line)
    front.title = next((said for key in TITLES if (said := _said(known.get(key)))), "")
    front.cwd = _said(known.get("cwd"))
    _take_values(front, known, at)
    for role, people in _roles(known.get("roles")):
        front.roles[role] = people
    front.environments = tuple(_environments(known.get("environments"), at("environments")))
    for key in ESTIMATES:
        front.estimate = front.estimate or leading(_said(known.get(key)), at(key))
    return front


def _said(value: Any) -> str:
    """A single value as a text; "" for lists and tables."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, list | dict):
        return ""
    return " ".join(str(value).split())


def _take_values(front: Front, known: Mapping[str, Any], at: Any) -> None:
    """Values under the names that other programs and people give to such: each name once."""
    found: dict[str, Parameter] = {}
    for key in ABOUT_VALUES:
        for name, about in _named(known.get(key)):
            made = _parameter(name, about, at(name), sure=key in {"parameters", "inputs"})
            if made is not None and name not in found:
                if made.default is not None and private(name, made.default):
                    front.secrets.append(name)
                    made = replace(made, default=None, required=True)
                found[name] = made
    front.parameters = tuple(found.values())


def _named(value: Any) -> Iterable[tuple[str, Any]]:
    """Names and what is said of each: a table, a list of names, a list of tables with a name."""
    if isinstance(value, Mapping):
        yield from ((str(name).strip(), about) for name, about in value.items())
    for one in value if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            name = _said(one.get("name") or one.get("id"))
            yield from [(name, one)] if name else ((str(k).strip(), v) for k, v in one.items())
        else:
            name, _, given = _said(one).partition("=")
            yield name.strip(), given.strip() or None


def _parameter(name: str, about: Any, line: int, *, sure: bool) -> Parameter | None:
    """One value; None where it can be none, or where nothing but its name is said in vain."""
    table = about if isinstance(about, Mapping) else {}
    if not name or reserved(name) or isinstance(about, list):
        return None
    default = _default(table.get("default", table.get("value"))) if table else _default(about)
    choices = table.get("choices") or table.get("options") or table.get("enum") or ()
    choices = tuple(map(_said, choices)) if isinstance(choices, list) else ()
    if default is not None and choices and default not in choices:
        choices = ()
    secret = _secret(table.get("secret"))
    if secret is not None:
        default = None
    pattern = _said(table.get("pattern")) or None
    if pattern is not None and not _fits(pattern, default):
        pattern = None
    return Parameter(
        name=name, line=line, description=_said(table.get("description")), default=default,
        choices=choices, pattern=pattern, secret=secret, declared=sure,
        required=default is None and secret is None,
    )  # fmt: skip


def _default(value: Any) -> str | None:
    return None if value is None or isinstance(value, list | Mapping) else _said(value)


def _fits(pattern: str, default: str | None) -> bool:
    try:
        return default is None or re.fullmatch(pattern, default) is not None
    except re.error:
        return False


def _secret(value: Any) -> Secret | None:
    if isinstance(value, Mapping):
        source = {key: _said(value.get(key)) for key in ("env", "file", "command")}
        given = {key: said for key, said in source.items() if said}
        if len(given) != 1:
            return Secret(ask=True)
        return Secret(env=given.get("env"), file=given.get("file"), command=given.get("command"))
    return Secret(ask=True) if _said(value) == "true" else None


def _roles(value: Any) -> Iterable[tuple[str, tuple[str, ...]]]:
    """``cto: [Grace]``, or a list of names, which anybody may have."""
    for name, people in _named(value):
        role = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        if not ROLE.fullmatch(role) or role == "lead":
            continue
        given = [_said(one) for one in people] if isinstance(people, list) else [_said(people)]
        yield role, tuple(filter(None, given)) or ("*",)


def _environments(value: Any, line: int) -> Iterable[Environment]:
    """``[staging, production]``, or a table with the values of each."""
    seen: set[str] = set()
    for name, about in _named(value):
        if not ENVIRONMENT_NAME.fullmatch(name) or name in seen:
            continue
        seen.add(name)
        table = about if isinstance(about, Mapping) else {}
        inner = table.get("values", table)
        values = {str(k): _said(v) for k, v in inner.items() if _said(v)} if isinstance(
            inner, Mapping) else {}  # fmt: skip
        production = _said(table.get("production")) == "true" or name.lower() in PRODUCTION
        yield Environment(name=name, line=line, values=values, production=production)


def with_values(
    parameters: tuple[Parameter, ...], front: Front, set_in_plan: Mapping[str, int]
) -> tuple[Parameter, ...]:
    """The values of a plan's commands with what front matter says of them, and its others.

    What a block of the plan itself sets is set there; a name without a value that no command has
    in its text is only asked for where it is certain that it is meant as one.
    """
    made = list(parameters)
    for given in front.parameters:
        like = [n for n, p in enumerate(made) if _alike(p.name, given.name)]
        for n in like:
            made[n] = _described(made[n], given)
        if like or given.name in set_in_plan or not NAME.fullmatch(given.name):
            continue
        if given.default is not None or given.secret is not None or given.declared:
            made.append(replace(given, declared=True))
    return tuple(made)


def _alike(name: str, other: str) -> bool:
    return as_variable(name).lower() == as_variable(other).lower()


def _described(parameter: Parameter, given: Parameter) -> Parameter:
    """A placeholder with what is known of its value; it is asked for before the run begins."""
    return replace(
        parameter, description=given.description, default=given.default, choices=given.choices,
        pattern=given.pattern, secret=given.secret or (None if given.default else parameter.secret),
        required=given.required, declared=given.declared or given.default is not None,
    )  # fmt: skip


def in_places(
    environments: tuple[Environment, ...], parameters: tuple[Parameter, ...]
) -> tuple[Environment, ...]:
    """The environments with values of parameters that are there, and such as these may have."""
    open_ = {as_variable(p.name): p for p in parameters if p.secret is None}

    def fit(name: str, value: str) -> bool:
        there = open_.get(as_variable(name))
        if there is None or (there.choices and value not in there.choices):
            return False
        return there.pattern is None or re.fullmatch(there.pattern, value) is not None

    return tuple(
        replace(e, values={open_[as_variable(k)].name: v for k, v in e.values.items() if fit(k, v)})
        for e in environments
    )


def in_folder(phases: tuple[Phase, ...], folder: str) -> tuple[Phase, ...]:
    """The phases with that folder for every command that names none."""

    def step(one: Step) -> Step:
        inner = tuple(map(step, one.steps))
        return replace(one, cwd=folder if one.run and not one.cwd else one.cwd, steps=inner)

    return tuple(
        replace(
            p, steps=tuple(map(step, p.steps)),
            changes=tuple(replace(c, steps=tuple(map(step, c.steps))) for c in p.changes),
        )
        for p in phases
    ) if folder.strip(". /") or folder.startswith("/") else phases  # fmt: skip


def findings(front: Front, parameters: Iterable[Parameter]) -> Iterable[Finding]:
    """What was taken, so that nobody wonders where a value comes from."""
    values = [
        given.name for given in front.parameters
        if given.name not in front.secrets and any(_alike(p.name, given.name) for p in parameters)
    ]  # fmt: skip
    taken = {
        "title": front.title,
        "values": ", ".join(values),
        "roles": ", ".join(front.roles),
        "environments": ", ".join(e.name for e in front.environments),
        "estimate": front.estimate.text if front.estimate else "",
        "folder": front.cwd,
    }
    said = "; ".join(f"{what} “{given}”" for what, given in taken.items() if given)
    if said:
        yield Finding(
            code="front-matter", severity="info", line=front.line,
            message=f"of the front matter is taken: {said}; the rest of it is for other programs",
        )  # fmt: skip
    if front.secrets:
        names = ", ".join(front.secrets)
        yield Finding(
            code="front-matter", severity="medium", line=front.line,
            message=f"{names}: it looks like a secret, so its value is not taken from the plan;"
            " take it out, and give it in the environment when the run starts",
        )  # fmt: skip
