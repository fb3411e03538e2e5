"""A run's ``rollback.sh``: what its undo file says, as a shell script that needs nothing else.

A pure function from the undo file's data to text. Whatever a plan, a path or a value holds stands
in single quotes, or in a comment of one line.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from runbook_tui.book.model import Secret
from runbook_tui.frozen import frozen
from runbook_tui.run import remote
from runbook_tui.session import (
    spare,
    undo_shell,
    undo_shell_commands,
    undo_shell_items,
    undo_shell_there,
)
from runbook_tui.session.undo_file import UNDO_SECONDS, FiledUndo, Running, UndoFile
from runbook_tui.session.undo_late import LATE, late, spelled

NAME = "rollback.sh"
SECRET_SECONDS = 15
"""Seconds that a command has to give a secret, where there is `timeout`."""
EVALUATING = frozenset({"bash", "sh", "dash", "ash", "ksh", "zsh"})
"""Shells that can be handed a text which is too long for an argument."""

Environment = Mapping[str, str]


@frozen
class Owner:
    """Whose commands the run has run: user id and name."""

    uid: int
    name: str


class Bodies:
    """What the script says of each undo, as it was made last."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[FiledUndo, Sequence[str], Environment, str, str]] = {}

    def of(self, file: UndoFile, shell: Sequence[str]) -> Iterator[str]:
        """All of them in their order; only what changed since is made again."""
        before, self._known = self._known, {}
        inside, common = file.inside(), file.environment
        for number, item in enumerate(file.items, 1):
            known = before.get(item.step)
            same = known is not None and known[0] is item and known[2] is common
            if known is None or not same or known[1] != shell:
                known = (item, shell, common, *_item(item, shell, common))
            self._known[item.step] = known
            scope = "in" if item.step in inside else "out"
            yield f"\n  # {number}. {known[3]} {scope}; then\n{known[4]}"


def script(file: UndoFile, place: Path, owner: Owner, bodies: Bodies | None = None) -> str:
    """The script; ``place`` is the run's folder, ``bodies`` what was made for it before."""
    commands = [i for i in file.items if i.kind == "command" and (not i.missing or late(i))]
    shell = commands[0].shell if commands else ()
    items = (bodies or Bodies()).of(file, shell)
    return "".join([
        _head(file),
        _facts(file, place, owner, shell),
        undo_shell.USAGE,
        undo_shell.TALKING,
        undo_shell.ACCOUNT,
        undo_shell.LOCKS,
        undo_shell_commands.COMMANDS,
        undo_shell_items.ITEMS,
        undo_shell_there.THERE if any(item.host for item in commands) else "",
        LATE if any(item.missing for item in commands) else "",
        _secrets(file.sources, file.items),
        _running(file.running),
        _values(file.environment),
        "\n# --- What is taken back, newest first ---\n\nitems() {\n",
        *items,
        "  return 0\n}\n",
        undo_shell.ENDING,
    ])  # fmt: skip


def one_line(text: str) -> str:
    """A text that can stand in a comment, and on a terminal, in one line."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def quoted(text: str) -> str:
    """A text as one word of a POSIX shell."""
    return "'" + text.replace("\0", "").replace("'", "'\\''") + "'"


def _head(file: UndoFile) -> str:
    written = datetime.fromtimestamp(file.at, UTC).isoformat(timespec="seconds")
    return f"""\
#!/bin/sh
# Rollback of {one_line(file.title)}
# run {one_line(file.run)}, written {written}, after event {file.seq} of the run
#
# Takes back what the run has done, newest first, as `runbook rollback --yes` does, without that
# program. It asks nothing. Look first:
#
#   sh rollback.sh -n             prints what would be done, and does nothing
#   sh rollback.sh                does it: {_scope_words(file)}
#   sh rollback.sh --all          the whole run
#   sh rollback.sh --past-floor   also what lies before a step that cannot be taken back
#
# What it does is kept beside it in rollback-account.jsonl, which `runbook` reads; what that says
# is done is not done again, so the script may be started again at any time. What the undos put
# out is kept in commands/. Ctrl+C stops it after the undo that runs.
#
# It ends with 0: nothing to do; 5: ROLLED BACK; 6: INCOMPLETE, and what remains; 4: another
# rollback is under way, or this is not the user whose steps these are; 2: wrong usage.
#
# It is written anew before and after each step; what is changed in it by hand is lost then.

# Commands stand here in single quotes, and their variables are theirs (SC2016); not every run
# needs every function (SC2317).
# shellcheck disable=SC2016,SC2317

"""


def _scope_words(file: UndoFile) -> str:
    around = f" around {file.node}" if file.node and file.scope != "step" else ""
    if file.scope == "run":
        return "all that has run"
    return one_line(f"the {file.scope}{around}: all since the last gate or closed phase")


def _facts(file: UndoFile, place: Path, owner: Owner, shell: Sequence[str]) -> str:
    facts = {
        "run": file.run,
        "run_title": one_line(file.title),
        "recorded_place": str(place),
        "spare_name": spare.prefix(place, file.run),
        "recorded_scope": file.scope,
        "recorded_node": file.node,
        "scope_words": _scope_words(file),
        "owner": str(owner.uid),
        "owner_name": owner.name,
        "base": file.base,
        "usual_shell": _argv(shell),
        "redirecting": undo_shell.REDIRECTING,
    }
    return "".join(f"{name}={quoted(value)}\n" for name, value in facts.items()) + "\n"


def _argv(shell: Sequence[str]) -> str:
    return json.dumps(list(shell), ensure_ascii=False)


def _secrets(sources: Mapping[str, Secret], items: Sequence[FiledUndo]) -> str:
    """Where each secret that an undo needs comes from."""
    names = dict.fromkeys(name for item in items for name in item.secrets)
    cases = "".join(
        f"    {quoted(name)}) {_source(sources.get(name, Secret(ask=True)))} ;;\n" for name in names
    )
    return f"""
# Where the secrets come from; their values stand nowhere. One that cannot be had from there is
# taken from the variable of its own name.
secret() {{
  case $1 in
{cases}    *) return 1 ;;
  esac
}}
"""


def _source(source: Secret) -> str:
    if source.env and identifier(source.env):
        return f"printf '%s' \"${{{source.env}-}}\""
    if source.file:
        path = source.file
        if path.startswith("~/"):
            return f'cat -- "$HOME"/{quoted(path[2:])}'
        return f"cat -- {quoted(path)}"
    if source.command:
        return f"limit={SECRET_SECONDS}; limited sh -c {quoted(source.command)}"
    return "return 1"


def identifier(name: str) -> bool:
    """Whether a shell can have a variable of this name."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None


def _running(commands: Sequence[Running]) -> str:
    lines = "".join(
        f'  "$1" {quoted(c.step)} {quoted(c.kind)} {c.attempt} {quoted(c.folder)}\n'
        for c in commands
    )
    return f"""
# The commands that ran when this was written.
running() {{
{lines}  return 0
}}
"""


def _values(common: Environment) -> str:
    return f"""
# Runs a command with the environment that all steps had.
with_values() {{
  limited env{_assignments(common, "    ")} \\
    "$@"
}}
"""


def _assignments(values: Environment, indent: str) -> str:
    # What begins with a dash would be an option to `env`; no shell could have set it.
    return "".join(
        f" \\\n{indent}{quoted(f'{name}={value}')}"
        for name, value in values.items()
        if name and not name.startswith("-")
    )


def _item(item: FiledUndo, shell: Sequence[str], common: Environment) -> tuple[str, str]:
    """The head of an undo, without its number and its scope, and all that is behind it."""
    title = one_line(item.title)
    head = f"{title}\n  if next {quoted(item.step)} {quoted(title)}"
    return head, "".join(f"    {line}\n" for line in _body(item, shell, common)) + "  fi\n"


def _body(item: FiledUndo, shell: Sequence[str], common: Environment) -> list[str]:
    needs = [f"needs={quoted(' '.join(item.needs))}"] if item.needs else []
    if item.kind == "irreversible":
        return [*needs, f"floor {quoted(one_line(item.reason) or 'the plan says so')}"]
    if item.kind == "manual":
        return [*needs, f"by_hand {quoted(one_line(item.reason) or 'done by hand')}"]
    if item.kind != "command":
        return [*needs, f"by_hand {quoted(one_line(item.reason) or 'no undo known')}"]
    strange = [name for name in item.secrets if not identifier(name)]
    needed = [*item.missing, *strange]
    lines = [f"cwd={quoted(item.cwd)}", *needs]
    if item.timeout != UNDO_SECONDS:
        lines.append(f"limit={math.ceil(item.timeout)}")
    if item.on_failure == "stop":
        lines.append("stops=yes")
    lacking = f"lacking {quoted(', '.join(needed))} {quoted(item.text)}"
    if not needed:
        return [*lines, *_how(item, shell, common), *_command(item)]
    if strange or not late(item):
        return [*lines, lacking]
    folders = " ".join(quoted(folder) for folder in item.running)
    had = " && ".join(f"put_out {name} {late(item)} {folders}" for name in item.missing)
    inner = [*_how(item, shell, common), *_command(item)]
    return [*lines, f"if {had}; then", *(f"  {line}" for line in inner), "else",
            f"  {lacking}", "fi"]  # fmt: skip


def _how(item: FiledUndo, shell: Sequence[str], common: Environment) -> list[str]:
    """Where, and with what, an undo runs."""
    lines = _there(item) if item.host else _here(item, common)
    if list(item.shell) != list(shell):
        lines.append(f"shell={quoted(_argv(item.shell))}")
    if item.secrets:
        lines.append(f"secrets={quoted(' '.join(item.secrets))}")
    withheld = [name for name in item.withheld if identifier(name)]
    if withheld:
        lines.append(f"withheld={quoted(' '.join(withheld))}")
    if item.ready:
        lines.append(f"ready={quoted(item.ready)}")
    if any(begun := _begun(item)):
        lines.append("begun=" + quoted("\n".join(begun)))
    return lines


def _command(item: FiledUndo) -> list[str]:
    if item.missing:
        undo, check = spelled(item, quoted)
        return [*([f"check={check}"] if item.verify else []), f"take_back {undo}"]
    lines = [f"check={quoted(item.verify)}"] if item.verify else []
    return [*lines, f"take_back {' '.join(quoted(text) for text in item.texts)}"]


def _begun(item: FiledUndo) -> list[str]:
    """Of each text where it was begun, or that it went well already; without an end of lines."""
    where = (item.begun, *item.earlier_begun)
    folders = (*where, *[""] * (len(item.texts) - len(where)))
    return [
        "went" if text in item.went else folder
        for text, folder in zip(item.texts, folders, strict=False)
    ]


def _there(item: FiledUndo) -> list[str]:
    """Where, and with what, an undo runs on another machine."""
    settings = remote.settings(item.shell, item.environment or {})
    return [
        f"host={quoted(item.host)}",
        f"ssh_recorded={quoted(item.ssh)}",
        f"settings={quoted(settings)}",
    ]


def _here(item: FiledUndo, common: Environment) -> list[str]:
    """With what an undo runs on this machine."""
    own = dict(sorted((item.environment or {}).items() - common.items()))
    more = _assignments({n: v for n, v in own.items() if n != "RUNBOOK_STEP"}, "        ")
    argv = " ".join(_word(word) for word in item.shell)
    lines = [f'as_it_ran() {{ with_values{more} "$@" {argv} "$text"; }}']
    known = item.shell and item.shell[0].rpartition("/")[2] in EVALUATING
    if not known or item.shell[-1] != "-c":
        lines.append("evaluates=no")
    return lines


def _word(word: str) -> str:
    return word if re.fullmatch(r"[A-Za-z0-9_/.-]+", word) else quoted(word)
