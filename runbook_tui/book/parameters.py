"""Values in command texts: ``${{ name }}`` and the placeholders of Markdown plans."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from runbook_tui.book.literals import Literals
from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.inner import (
    dangers,
    dangers_of_foreign,
    fill,
    fill_foreign,
    foreign,
)
from runbook_tui.book.shell.judging import Danger
from runbook_tui.frozen import frozen

SECRET_NAME = re.compile(
    r"(TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_KEY|AUTH|COOKIE|SESSION_KEY)",
    re.IGNORECASE,
)
SECRET_END = re.compile(r"(?<=_)(PWD|PASS|KEY|PAT|DSN)$|^(PGPASS|KEY)$", re.IGNORECASE)
"""Ends of names of the same kind; not of what a plan is read by, since `$SSH_KEY` may be a file."""
SECRET_VALUE = re.compile(
    r"\w://[^/\s:@]*:[^/\s@]+@"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|sk-|AKIA|ASIA|eyJ)[A-Za-z0-9_-]{16}"
)
"""Values that are secrets by their form: a password in an address, a private key, a token."""
LONGEST = 32 * 4096 - 1
"""Bytes of one variable with its name, or of one argument, that a command can be given."""
IN_A_FILE = "put it into a file, and give the file's name as the value"


def too_long(name: str, value: str) -> str:
    """Why no command can be given a value; empty where one can."""
    have = len(value.encode("utf-8", "surrogatepass"))
    most = LONGEST - len(name.encode("utf-8", "surrogatepass")) - 1
    if have <= most:
        return ""
    return f"the value of “{name}” has {have} bytes, and a command can be given {most}"


Placeholders = Mapping[str, str] | Literals | None
"""The name that each literal placeholder stands for."""


@frozen(kw_only=False)
class Gap:
    """Where a name still stands in a text that was filled: from one character to before another."""

    start: int
    end: int
    name: str

    def __str__(self) -> str:
        return f"{self.start}-{self.end} {self.name}"

    @classmethod
    def parsed(cls, text: str) -> Gap:
        """The gap that was written as text; raises ValueError."""
        span, _, name = text.partition(" ")
        start, _, end = span.partition("-")
        return cls(int(start), int(end), name)


@frozen(kw_only=False)
class Refused:
    """A value that may not stand where its name does: a program would run it."""

    name: str
    danger: Danger

    @property
    def reason(self) -> str:
        """What is wrong, and what to do."""
        return f"“{self.name}” {about(self.danger)}, and what it is now may be more than that"


@frozen(kw_only=False)
class FilledIn:
    """A text with its values, and the names that still stand in it.

    ``missing`` have no value, the values of ``refused`` may not stand where their names do;
    ``places`` are those of all of them.
    """

    text: str
    missing: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    places: tuple[Gap, ...] = ()

    @property
    def open(self) -> tuple[str, ...]:
        """Names that keep the text from being run, each once."""
        return tuple(dict.fromkeys((*self.missing, *(r.name for r in self.refused))))


def places_in(text: str, placeholders: Placeholders = None) -> tuple[Gap, ...]:
    """Where names stand in a plan's text: ``${{ name }}``, and literals as `fill_in` takes them."""
    known = placeholders if isinstance(placeholders, Literals) else Literals(placeholders or {})
    return tuple(Gap(start, end, name) for start, end, name in known.places(text))


def stands_in(literal: str, text: str) -> bool:
    """Whether a placeholder may stand in a text."""
    return literal.removeprefix("$") in text


def fill_in(
    text: str,
    values: Mapping[str, str],
    *,
    placeholders: Placeholders = None,
    secrets: Collection[str] = (),
    places: Sequence[Gap] | None = None,
    shell: str = "",
) -> FilledIn:
    """Put values in place of ``${{ name }}`` and of literal placeholders, in one pass.

    ``placeholders`` gives the name that each literal stands for. A secret's value never enters
    the text: the shell reads it from the environment. ``places`` are those of a text that was
    filled before: nothing else in it is looked at, since a value may look like a name. ``shell``
    is the program that runs the text, as it is called; empty for the usual one.
    """
    where = places_in(text, placeholders) if places is None else places
    if not where:
        return FilledIn(text)
    marks = [
        Mark(p.start, p.end, secret=p.name)
        if p.name in secrets
        else Mark(p.start, p.end, values.get(p.name))
        for p in where
    ]
    language = foreign(shell)
    filled = fill_foreign(text, marks, language) if language else fill(text, marks)
    refused = {d.number: Refused(where[d.number].name, d) for d in filled.refused}
    missing = (p.name for p in where if p.name not in values and p.name not in secrets)
    return FilledIn(
        filled.text,
        tuple(dict.fromkeys(missing)),
        tuple(refused.values()),
        tuple(Gap(start, end, where[number].name) for start, end, number in filled.held),
    )


def in_code(
    text: str,
    placeholders: Placeholders = None,
    secrets: Collection[str] = (),
    shell: str = "",
) -> Iterator[tuple[Gap, Danger]]:
    """Where a value could be run by a program that takes it as code, whatever it will be."""
    where = places_in(text, placeholders)
    marks = [Mark(p.start, p.end, secret=p.name if p.name in secrets else None) for p in where]
    language = foreign(shell)
    found = dangers_of_foreign(text, marks, language) if language else dangers(text, marks)
    return ((where[d.number], d) for d in found)


def about(danger: Danger) -> str:
    """What a value at a danger may be."""
    by = f"stands in {danger.language} code" if danger.demand is None else "is expanded once more"
    return f"{by} in line {danger.line} of the command: it {danger.what}"


def as_variable(name: str) -> str:
    """The name of a placeholder as a variable could have it: ``pod-name`` is ``pod_name``."""
    return re.sub(r"\W+", "_", name).strip("_")


def smells_of_secrets(name: str) -> bool:
    """Whether a variable has a name as people give it to what nobody else should know."""
    return SECRET_NAME.search(name) is not None


def private(name: str, value: str) -> bool:
    """Whether a variable that was found set is nothing to write down, by its name or its form."""
    return (
        smells_of_secrets(name)
        or SECRET_END.search(name) is not None
        or SECRET_VALUE.search(value) is not None
    )


def reserved(name: str) -> str:
    """Why a name must never be a parameter or output; empty where it may. Case counts."""
    if name in OF_THE_SHELL or name.startswith("BASH_"):
        return "the shell gives it a value of its own"
    if name in OF_THE_SYSTEM or name.startswith(FAMILIES):
        return "commands rely on the real one"
    return ""


FAMILIES = (
    "RUNBOOK_",
    "GIT_",
    "LD_",
    "DYLD_",
    "LC_",
    "MALLOC_",
    "PYTHON",
    "PERL5",
    "SSH_",
    "SUDO_",
)
OF_THE_SYSTEM = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TERM", "LANG", "LANGUAGE", "ENV",
     "CDPATH", "GLOBIGNORE", "EXECIGNORE", "PROMPT_COMMAND", "POSIXLY_CORRECT", "TMOUT", "INPUTRC",
     "EDITOR", "VISUAL", "PAGER", "RUBYLIB", "RUBYOPT", "NODE_OPTIONS", "NODE_PATH", "GEM_PATH",
     "GEM_HOME", "CLASSPATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "GCONV_PATH", "LOCPATH",
     "NLSPATH", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS", "GLIBC_TUNABLES", "TZDIR",
     "XDG_RUNTIME_DIR"}
)  # fmt: skip
"""What programs, the shell and the loader do depends on these."""
OF_THE_SHELL = frozenset(
    {"_", "IFS", "PWD", "OLDPWD", "SHELLOPTS", "BASHOPTS", "SHLVL", "PS1", "PS2", "PS3", "PS4",
     "UID", "EUID", "PPID", "BASHPID", "BASH", "GROUPS", "DIRSTACK", "FUNCNAME", "PIPESTATUS",
     "LINENO", "RANDOM", "SRANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME", "HISTCMD",
     "COMP_WORDBREAKS", "OPTIND", "OPTARG", "OPTERR", "HOSTTYPE", "MACHTYPE", "OSTYPE"}
)  # fmt: skip
"""A value under one of these would not reach the command, or would change how it is read."""
