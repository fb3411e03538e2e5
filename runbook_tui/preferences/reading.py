"""Reading the file of settings: strictly, every fault at once, each at its line.

What is sound counts, also beside faults; of the keys all or none, since half of a keymap could
take a key away that nothing else does. A program is never kept from opening by this file.

What a sound file needs is loaded with this module; places in the text are looked for only where
there is a fault to tell.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from runbook_tui.preferences.key_names import never_typed, normal, shown
from runbook_tui.preferences.known import CHAINS, NEVER_TYPED
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.model import SETTINGS, Preferences, Setting
from runbook_tui.preferences.own_telling import own_tell

if TYPE_CHECKING:
    from runbook_tui.book.findings import Fault

IDS = {known.id for known in KNOWN}
PANIC = next((known.keys for known in KNOWN if known.id == "panic"), ("f9", "ctrl+backslash"))

OTHERS = "there are: {}, keys, tell"
Trouble = tuple[tuple[str | int, ...], str, str]
"""A place in the file, what is wrong there, and a hint."""


def read_text(text: str, source: str) -> Preferences:
    """What a text says; what is faulty in it stays as it is without one."""
    faults: tuple[Fault, ...] = ()
    try:
        body: Mapping[str, Any] | None = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        from runbook_tui.book.toml.syntax import legible

        found = legible(text)
        body, faults, text = found.body, found.faults, found.text
    values, troubles = _sound(body or {})
    keymap, more = _keymap((body or {}).get("keys", {}))
    if faults:
        keymap = {}
        # A line that could not be read stands for a date, which is wrong in turn.
        lines = {fault.line for fault in faults}
    else:
        lines = set()
    told = [f for f in _placed(text, [*troubles, *more]) if f.line not in lines]
    given = {*values, *(["keys"] if keymap else [])}
    return Preferences(
        **values, keymap=keymap, source=source, given=frozenset(given),
        faults=tuple(sorted([*faults, *told], key=lambda f: (f.line, f.column))),
    )  # fmt: skip


def _sound(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Trouble]]:
    known = {setting.name: setting for setting in SETTINGS}
    values: dict[str, Any] = {}
    troubles: list[Trouble] = []
    for name, value in body.items():
        if name == "keys":
            continue
        if name == "tell":
            values["tell"], wrong_there = own_tell(value)
            troubles += wrong_there
            continue
        if name not in known:
            hint = _near(name, (*known, "keys", "tell")) or OTHERS.format(", ".join(known))
            troubles.append(((name,), f"there is no setting “{name}”", hint))
        elif wrong := _wrong(known[name], value):
            troubles.append(((name,), *wrong))
        else:
            values[name] = value
    return values, troubles


def _wrong(setting: Setting, value: object) -> tuple[str, str] | None:
    if not setting.choices:
        fine = isinstance(value, bool)
        return None if fine else (f"“{setting.name}” is true or false", "without quotes")
    if isinstance(value, str) and value in setting.choices:
        return None
    choices = ", ".join(setting.choices)
    if not isinstance(value, str):
        return f"“{setting.name}” is a text", f"one of {choices}"
    hint = _near(value, setting.choices) or f"one of {choices}"
    return f"“{value}” is no {setting.name}", hint


def _near(word: str, words: Collection[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word, words, 1)
    return f"did you mean “{close[0]}”?" if close else ""


def _keymap(table: object) -> tuple[dict[str, tuple[str, ...]], list[Trouble]]:
    """Keys of acts, by id; none at all where one of them is wrong."""
    if not isinstance(table, Mapping):
        return {}, [(("keys",), "“keys” is a table", 'as in: [keys], then sign = "S"')]
    found: dict[str, tuple[str, ...]] = {}
    troubles: list[Trouble] = []
    for id_, value in table.items():
        where = ("keys", id_)
        if id_ not in IDS:
            hint = _near(id_, IDS) or "`runbook settings --keys` lists all"
            troubles.append((where, f"nothing that has keys is called “{id_}”", hint))
            continue
        keys, wrong = _keys(id_, value)
        troubles += [(where, message, hint) for message, hint in wrong]
        found[id_] = (*PANIC, *(k for k in keys if k not in PANIC)) if id_ == "panic" else keys
    troubles += _clashes(found)
    return ({} if troubles else found), troubles


def _keys(id_: str, value: object) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return (), [(f"the keys of “{id_}” are a text or a list of texts", 'as in: "S" or ["S"]')]
    if not texts and id_ == "panic":
        return (), [("the panic key cannot be taken away", "name keys to have beside F9")]
    if not texts:
        return (), [(f"“{id_}” would have no key at all", "leave it out to keep its own")]
    wrong: list[tuple[str, str]] = []
    keys = []
    for text in texts:
        key = normal(text)
        if not key:
            wrong.append((f"“{text}” is no key", "as in: s, S, f5, ctrl+r, alt+x, pageup, space"))
        elif id_ in NEVER_TYPED and not never_typed(key):
            why = f"“{id_}” is heard while one types, and {shown(key)} is typed"
            wrong.append((why, "take f1 to f24, or one with ctrl or alt"))
        elif id_ != "panic" and key in PANIC:
            wrong.append((f"{shown(key)} is the panic key", "take another"))
        elif key in {"ctrl+c", "ctrl+q"}:
            wrong.append((f"{shown(key)} has its own meaning here", "take another"))
        else:
            keys.append(key)
    return tuple(dict.fromkeys(keys)), wrong


def _clashes(changed: Mapping[str, tuple[str, ...]]) -> Iterator[Trouble]:
    """Keys that would mean two things at once, unless they do so without any settings."""
    told = set()
    for chain in CHAINS:
        here = [known for known in KNOWN if known.part in chain]
        means: dict[str, str] = {}
        for known in here:
            for key in changed.get(known.id, known.keys):
                other = means.setdefault(key, known.id)
                pair = tuple(sorted((other, known.id)))
                if other == known.id or (pair, key) in told:
                    continue
                if known.id not in changed and other not in changed:
                    continue
                told.add((pair, key))
                at = known.id if known.id in changed else other
                rest = other if at == known.id else known.id
                hint = f"give “{rest}” another key, too, or take another here"
                yield ("keys", at), f"{shown(key)} would be “{at}” and “{rest}” at once", hint


def _placed(text: str, troubles: list[Trouble]) -> list[Fault]:
    """Faults at their lines."""
    if not troubles:
        return []
    from runbook_tui.book.findings import Fault
    from runbook_tui.book.toml.positions import nearest, positions

    where = positions(text)
    found = []
    for path, message, hint in troubles:
        line, column = nearest(where, path)
        found.append(Fault(message=message, line=line, column=column, hint=hint))
    return found
