"""Values in command texts: ``${{ name }}`` and the placeholders of Markdown plans."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.quoting import fill

MARK = re.compile(r"\$\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")

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


def fill_in(
    text: str,
    values: Mapping[str, str],
    *,
    placeholders: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
) -> tuple[str, tuple[str, ...]]:
    """Put values in place of ``${{ name }}`` and of literal placeholders, in one pass.

    ``placeholders`` gives the name that each literal stands for. A secret's value never enters
    the text: the shell reads it from the environment. Returns the names that have no value, too.
    """
    named = placeholders or {}
    literals = sorted(named, key=len, reverse=True)
    pattern = re.compile("|".join([MARK.pattern, *map(re.escape, literals)]))
    marks: list[Mark] = []
    missing: dict[str, None] = {}
    for match in pattern.finditer(text):
        name = match.group(1) or named[match.group(0)]
        start, end = match.span()
        if name in secrets:
            marks.append(Mark(start, end, secret=name))
        elif name in values:
            marks.append(Mark(start, end, values[name]))
        else:
            missing[name] = None
    return fill(text, marks), tuple(missing)


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
