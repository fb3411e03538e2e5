"""Programs that take code: which words of a command they run, or what they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile

from runbook_tui.book.shell.calls import Call, Demand, Word
from runbook_tui.frozen import frozen

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"})
OTHER_SHELLS = frozenset({"fish", "csh", "tcsh", "pwsh", "powershell"})
KEEPING = frozenset({"nice", "nohup", "time", "exec", "command", "timeout", "setsid", "stdbuf"})
"""They run what follows as it is, in the environment that they have."""
WRAPPERS = KEEPING | {
    "sudo", "doas", "env", "ionice", "chroot", "unshare", "nsenter", "strace", "xargs", "find",
    "docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "ip", "flock", "systemd-run", "sshpass",
    "builtin", "parallel", "setpriv", "taskset", "chpst", "gosu", "su-exec", "fakeroot",
    "docker-compose", "watch", "busybox", "microk8s", "k3s", "numactl", "runcon",
    "poetry", "uv", "pipenv", "conda", "cgexec",
}  # fmt: skip
WRITING = frozenset({"xargs", "find", "parallel", "ansible", "salt", "heroku", "gcloud", "vagrant"})
"""They change what they are given before they run it."""
TELLERS = frozenset(
    {"echo", "printf", "grep", "egrep", "fgrep", "rg", "cat", "ls", "which", "type", "export", ":",
     "true", "logger", "test", "[", "[[", "man", "rm", "cp", "mv", "mkdir", "touch"}
)  # fmt: skip
"""What follows them is data, whatever it says."""
SAYING = frozenset({"echo", "printf", "cat", "tee", "sed", "envsubst", "tr", "awk", "head", "tail"})
"""What they put out is what they were given."""

OPTIONS: dict[str, tuple[str, str]] = {
    "python": ("Python", r"-[a-zA-Z]*c"),
    "perl": ("Perl", r"-[a-zA-Z0-9.]*[eE]"),
    "ruby": ("Ruby", r"-[a-zA-Z0-9.]*e"),
    "node": ("JavaScript", r"-e|-p|-pe|--eval|--print"),
    "php": ("PHP", r"-r"),
    "lua": ("Lua", r"-e"),
    "julia": ("Julia", r"-e|-E"),
    "groovy": ("Groovy", r"-e"),
    "elixir": ("Elixir", r"-e|--eval"),
    "Rscript": ("R", r"-e"),
    "osascript": ("AppleScript", r"-e"),
    "expect": ("Expect", r"-c"),
    "psql": ("SQL", r"-[a-zA-Z]*c|--command"),
    "cockroach": ("SQL", r"-e|--execute"),
    "mysql": ("SQL", r"-[a-zA-Z]*e|--execute"),
    "mariadb": ("SQL", r"-[a-zA-Z]*e|--execute"),
    "clickhouse-client": ("SQL", r"-q|--query"),
    "cqlsh": ("SQL", r"-e|--execute"),
    "sqlcmd": ("SQL", r"-[qQ]"),
    "mongo": ("JavaScript", r"--eval"),
    "mongosh": ("JavaScript", r"--eval"),
    "gdb": ("gdb", r"-ex|--eval-command"),
    "vim": ("vim", r"-c"),
    "sed": ("sed", r"-[a-zA-Z]*e|--expression"),
    "gcloud": ("remote shell", r"--command"),
    "vagrant": ("remote shell", r"-c|--command"),
    "ansible": ("remote shell", r"-a|--args"),
}
FIRST: dict[str, tuple[str, str, str]] = {
    "awk": ("awk", r"-F|-v|--assign|--field-separator", r"-f|--file"),
    "sed": ("sed", r"-l|--line-length", r"-[a-zA-Z]*[ef]|--expression|--file"),
    "jq": ("jq", r"--arg|--argjson|--slurpfile|--rawfile|--indent|-L", r"-f|--from-file"),
}
"""Programs whose first operand is code: options that take values, options that take its place."""
ALSO_CALLED = {"gawk": "awk", "mawk": "awk", "nawk": "awk", "gsed": "sed", "yq": "jq"}
TWO_VALUES = frozenset({"--arg", "--argjson", "--slurpfile", "--rawfile"})
READERS: dict[str, tuple[str, str]] = {
    "psql": ("SQL", r"-[a-zA-Z]*[cf]|--command|--file"),
    "mysql": ("SQL", r"-[a-zA-Z]*e|--execute"),
    "mariadb": ("SQL", r"-[a-zA-Z]*e|--execute"),
    "sqlite3": ("SQL", r"(?!)"), "sqlplus": ("SQL", r"(?!)"), "cqlsh": ("SQL", r"-[ef]"),
    "mongo": ("JavaScript", r"--eval"), "mongosh": ("JavaScript", r"--eval"),
    "bc": ("bc", r"(?!)"), "dc": ("dc", r"-e"), "ed": ("ed", r"(?!)"), "ex": ("ex", r"(?!)"),
    "sftp": ("sftp", r"-b"), "ftp": ("ftp", r"(?!)"), "lftp": ("lftp", r"-[cef]"),
    "gdb": ("gdb", r"(?!)"),
}  # fmt: skip
SCRIPTED = frozenset({"python", "perl", "ruby", "node", "php", "lua", "julia", "Rscript"})
"""They run their first operand, and what they read where there is none."""
SHELL_VALUES = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
SSH_VALUES = "BbcDEeFIiJLlmOopQRSWw"
COMPARED = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
DECLARING = frozenset({"declare", "typeset", "local", "export", "readonly"})
NAMING = frozenset({"read", "unset", "mapfile", "readarray", "getopts"})
ASSIGNED = re.compile(r"\w+(?:\[.*\])?\+?=", re.DOTALL)


@frozen(kw_only=False)
class Code:
    """Words that a program runs as code, or, where there are none, what it reads.

    ``exact``: it is a POSIX shell that gets the words, with spaces between, as they are.
    ``inherits``: it has the environment of the command.
    """

    language: str
    words: tuple[Word, ...] = ()
    shell: bool = False
    exact: bool = False
    inherits: bool = False


def codes(call: Call) -> tuple[Code, ...]:
    """All that is code in a command."""
    first = next((n for n, w in enumerate(call.words) if not ASSIGNED.match(w.text)), None)
    words = call.words[first:] if first is not None else []
    head = _name(words[0]) if words else ""
    if head in TELLERS:
        return ()
    found: list[Code] = []
    wrapped = head in WRAPPERS
    for number, word in enumerate(words):
        name = _name(word)
        inner = number > 0 and not wrapped
        if name not in (ANY_SHELL if inner else KNOWN):
            continue
        reading = list(_taken(name, words[number + 1 :], inner))
        if reading:
            keeps = all(_name(w) in KEEPING or w.text[:1].isdigit() for w in words[:number])
            writes = any(_name(w) in WRITING for w in words[:number]) or _logs_in(words[:number])
            found += [
                Code(c.language, c.words, c.shell, c.exact and not writes, c.inherits and keeps)
                for c in reading
            ]
            break
    return tuple(found)


def reads_code(call: Call) -> Code | None:
    """What the command runs of what it reads."""
    return next((c for c in codes(call) if not c.words), None)


def says(call: Call) -> bool:
    """Whether it puts out what it is given."""
    return bool(call.words) and _name(call.words[0]) in SAYING


def demanded(call: Call, word: Word) -> Demand | None:
    """What a value in a word must be, so that the shell itself runs nothing of it."""
    words, number = call.words, word.number
    head = words[0].plain if words else None
    before = words[number - 1].plain if number > 0 else None
    behind = words[number + 1].plain if 0 <= number < len(words) - 1 else None
    prefix = word.parts[0] if word.parts and isinstance(word.parts[0], str) else ""
    if (call.condition or head == "[[") and {before, behind} & COMPARED:
        return Demand.NUMBER
    if before in {"-v", "-R"} and (call.condition or head in {"[[", "[", "test", "printf", "wait"}):
        return Demand.NAME
    if head == "let" and number > 0:
        return Demand.NUMBER
    if re.match(r"\w+\[[^\]]*$", prefix) and None not in word.parts[:1]:
        return Demand.NUMBER  # The index of what is assigned.
    if head in DECLARING and number > 0:
        options = takewhile(lambda w: w.text.startswith(("-", "+")), islice(words, 1, number))
        integer = any(re.match(r"-\w*i", w.plain or "") for w in options)
        if integer:
            return Demand.NUMBER
        return None if ASSIGNED.match(prefix) else Demand.NAME
    if head in NAMING and number > 0 and not (before or "").startswith("-"):
        return Demand.NAME
    return None


def _name(word: Word) -> str:
    """The program that a word names."""
    text = word.plain
    name = text.rpartition("/")[2] if text and not word.process else ""
    return "python" if re.fullmatch(r"python[0-9.]*", name) else name


def _logs_in(words: Sequence[Word]) -> bool:
    """Whether sudo hands the command to a login shell, which reads it once more."""
    names = [w.plain or "" for w in words]
    sudo = any(n.rpartition("/")[2] == "sudo" for n in names)
    return sudo and any(re.fullmatch(r"-[a-zA-Z]*[is]|--login|--shell", n) for n in names)


def _taken(name: str, rest: Sequence[Word], inner: bool) -> Iterator[Code]:
    """Code among what follows a program's name; ``inner``: it may be no program there."""
    if name in ANY_SHELL:
        yield from _of_shell(name, rest, inner)
    if inner:
        return
    if name in WORDS_OF:
        yield from WORDS_OF[name](name, rest)
    elif name in OPTIONS:
        yield from _of_option(*OPTIONS[name], rest)
    known = ALSO_CALLED.get(name, name)
    if known in FIRST:
        yield from _of_first(*FIRST[known], rest)
    if name == "sqlite3" or name == "duckdb":
        operands = _operands(rest, "-cmd|-separator|-newline|-nullvalue")
        if operands[1:]:
            yield Code("SQL", tuple(operands[1:]))
        else:
            yield Code("SQL")
    elif name in READERS and not any(re.match(READERS[name][1], w.text) for w in rest):
        yield Code(READERS[name][0])
    if name in SCRIPTED and (not rest or all(w.text.startswith("-") for w in rest)):
        yield Code(name.capitalize())


def _of_shell(name: str, rest: Sequence[Word], inner: bool) -> Iterator[Code]:
    exact = name in SHELLS
    code = reading = False
    number = 0
    while number < len(rest):
        text = rest[number].text
        if text in SHELL_VALUES:
            number += 1
        elif text == "--" or not text.startswith(("-", "+")):
            number += text == "--"
            break
        elif not text.startswith("--"):
            code = code or "c" in text.lower()
            reading = reading or "s" in text
        number += 1
    operand = rest[number] if number < len(rest) else None
    if code and operand is not None:
        yield Code(name, (operand,), shell=True, exact=exact, inherits=True)
    elif operand is not None and operand.process:
        yield Code(name, (operand,), shell=True)
    elif (operand is None or reading) and not inner and not code:
        yield Code(name, shell=True, exact=exact, inherits=True)


def _of_option(language: str, pattern: str, rest: Sequence[Word]) -> Iterator[Code]:
    shell = "shell" in language
    option = re.compile(pattern)
    for number, word in enumerate(rest):
        text = word.text
        following = rest[number + 1] if number + 1 < len(rest) else None
        found = option.match(text)
        if option.fullmatch(text) and word.plain is not None:
            if following is not None:
                yield Code(language, (following,), shell=shell)
        elif found and (text[found.end() :].startswith("=") or not text.startswith("--")):
            yield Code(language, (word,), shell=shell)


def _of_first(language: str, values: str, instead: str, rest: Sequence[Word]) -> Iterator[Code]:
    if not any(re.fullmatch(instead, w.text) for w in rest):
        for word in _operands(rest, values)[:1]:
            yield Code(language, (word,))


def _operands(rest: Sequence[Word], values: str) -> list[Word]:
    """The words that are no options and no values of those."""
    operands: list[Word] = []
    skip = 0
    for word in rest:
        text = word.text
        if skip:
            skip -= 1
        elif re.fullmatch(values, text):
            skip = 2 if text in TWO_VALUES else 1
        elif not text.startswith("-") or not text[1:]:
            operands.append(word)
    return operands


def _of_ssh(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    number = 0
    while number < len(rest) and rest[number].text.startswith("-"):
        text = rest[number].text
        takes = text[-1] in SSH_VALUES and not any(c in SSH_VALUES for c in text[1:-1])
        number += 2 if takes else 1
    words = tuple(rest[number + 1 :])
    language = "remote shell"
    exact = all(w.known for w in words)
    if words:
        yield Code(language, words, shell=True, exact=exact)
    reading = _remote_reader(words) if words else Code(language, shell=True, exact=True)
    if reading is not None:
        yield reading


def _remote_reader(words: Sequence[Word]) -> Code | None:
    """What the other machine runs of what it reads."""
    if any(w.plain is None for w in words):
        return None
    names = " ".join(w.text for w in words).split()
    inner = Call(words=[Word(0, 0, [n]) for n in names])
    return reads_code(inner)


def _of_eval(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    words = tuple(rest[1:] if rest and rest[0].text == "--" else rest)
    if words:
        yield Code(name, words, shell=True, exact=all(w.known for w in words), inherits=True)


def _of_trap(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    words = [w for w in rest if w.plain not in {"--", "-", "-p", "-l"}]
    if words:
        yield Code(name, (words[0],), shell=True, exact=True, inherits=True)


def _of_su(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    for code in _of_option("login shell", r"-c|--command|--session-command", rest):
        separate = not code.words[0].text.startswith(("-c", "--"))
        yield Code(code.language, code.words, shell=True, exact=separate)
    if name in {"su", "runuser"} and not any(w.text.startswith("-c") for w in rest):
        yield Code("login shell", shell=True)


def _of_flock(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    for number, word in enumerate(rest[:-1]):
        if word.plain in {"-c", "--command"}:
            yield Code("sh", (rest[number + 1],), shell=True, exact=True, inherits=True)
        if number and not word.text.startswith("-"):
            return


def _of_watch(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    number = 0
    while number < len(rest) and rest[number].text.startswith("-"):
        text = rest[number].text
        if re.fullmatch(r"-[a-zA-Z]*x[a-zA-Z]*|--exec", text):
            return
        number += 2 if text in {"-n", "--interval", "-q", "--equexit"} else 1
    words = tuple(rest[number:])
    if words:
        yield Code("sh", words, shell=True, exact=all(w.known for w in words), inherits=True)


def _of_source(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    if rest and (rest[0].process or rest[0].plain == "/dev/stdin"):
        yield Code("shell", (rest[0],), shell=True)


def _of_at(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    yield Code("sh", shell=True)


def _of_all(name: str, rest: Sequence[Word]) -> Iterator[Code]:
    if rest:
        yield Code("shell", tuple(rest), shell=True)


WORDS_OF: dict[str, Callable[[str, Sequence[Word]], Iterator[Code]]] = {
    "ssh": _of_ssh, "mosh": _of_ssh, "rsh": _of_ssh, "plink": _of_ssh, "autossh": _of_ssh,
    "eval": _of_eval, "trap": _of_trap, "watch": _of_watch,
    "su": _of_su, "runuser": _of_su, "sg": _of_su, "script": _of_su,
    "flock": _of_flock,
    "source": _of_source, ".": _of_source, "at": _of_at, "batch": _of_at, "crontab": _of_at,
    "alias": _of_all, "salt": _of_all, "pdsh": _of_all, "pssh": _of_all, "clush": _of_all,
    "parallel": _of_all, "heroku": _of_all,
}  # fmt: skip
ANY_SHELL = SHELLS | OTHER_SHELLS
KNOWN = frozenset(
    {
        *ANY_SHELL,
        *WORDS_OF,
        *OPTIONS,
        *FIRST,
        *ALSO_CALLED,
        "sqlite3",
        "duckdb",
        *READERS,
        *SCRIPTED,
    }
)
"""All programs that take code: of most words it is enough that they are none of them."""
