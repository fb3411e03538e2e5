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
from runbook_tui.book.markdown.estimates import leading
from runbook_tui.book.markdown.front_yaml import read_yaml
from runbook_tui.book.model import Contact, Environment, Estimate, Parameter, Secret
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
ABOUT_VALUES = ("parameters", "parameter", "inputs", "params", "variables", "vars", "env")
CERTAIN = frozenset({"parameters", "parameter", "inputs"})
"""What is listed there is asked for, used by a command or not."""
ABOUT = frozenset({"description", "default", "choices", "pattern", "secret", "required"})
OWNERS = ("owner", "owners", "maintainer", "maintainers", "on_call", "oncall", "contact", "team")
APPROVERS = ("approver", "approvers", "approvals", "approved_by", "sign_off", "signoff")
SHELLS = {"sh": "sh -e -c", "dash": "dash -e -c", "zsh": "zsh -e -c", "ksh": "ksh -e -c"}
"""How a shell that front matter names is started; bash is what runs a block as it is."""
NOT_OURS = {
    "timeout": "say it at each block: ```bash {timeout=10m}",
    "requires": "have it checked by a step",
    "kill_grace": "a command is ended as the contract says",
}
"""Keys that look as if they did something, and what does."""
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
    shell: str = ""
    contacts: tuple[Contact, ...] = ()
    approvers: list[tuple[str, int]] = field(default_factory=list)
    """Who must approve before the whole, with the lines."""
    left: dict[str, str] = field(default_factory=dict)
    """Keys that are not acted on though they look so, and what to do instead."""
    only_used: set[str] = field(default_factory=set)
    """Names below ``params``, as of Hugo's themes: values only where a command has them."""
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
    named = _said(known.get("shell")).rpartition("/")[2]
    front.shell = SHELLS.get(named, "")
    if named and not front.shell and named != "bash":
        front.left["shell"] = f"blocks are run by bash, not by {named}"
    front.left |= {key: why for key, why in NOT_OURS.items() if known.get(key)}
    front.contacts = tuple(
        Contact(role=key.rstrip("s").replace("_", " "), who=who, line=at(key))
        for key in OWNERS for who in _people(known.get(key))
    )  # fmt: skip
    front.approvers = [(who, at(key)) for key in APPROVERS for who in _people(known.get(key))]
    _take_values(front, known, at)
    for role, people in _roles(known.get("roles")):
        front.roles[role] = people
    front.environments = tuple(_environments(known.get("environments"), at("environments")))
    for key in ESTIMATES:
        front.estimate = front.estimate or leading(_said(known.get(key)), at(key))
    return front


def _people(value: Any) -> Iterable[str]:
    """Names in a list, or one name; of tables the name in them."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            said = _said(one.get("name") or one.get("role") or one.get("email"))
        else:
            said = _said(one)
        if said and said.lower() not in {"true", "false", "tbd", "none"} and len(said) <= 100:
            yield said


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
            made = _parameter(name, about, at(name), sure=key in CERTAIN)
            if made is not None and name not in found:
                if made.default is not None and private(name, made.default):
                    front.secrets.append(name)
                    made = replace(made, default=None, required=True)
                found[name] = made
                if key == "params" and not (isinstance(about, Mapping) and ABOUT & about.keys()):
                    front.only_used.add(name)
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
        like = [n for n, p in enumerate(made) if alike(p.name, given.name)]
        for n in like:
            made[n] = _described(made[n], given)
        if given.name in front.only_used and not like:
            continue
        if like or given.name in set_in_plan or not NAME.fullmatch(given.name):
            continue
        if given.default is not None or given.secret is not None or given.declared:
            made.append(replace(given, declared=True))
    return tuple(made)


def alike(name: str, other: str) -> bool:
    """Whether two names are one as variables, whatever their case."""
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
