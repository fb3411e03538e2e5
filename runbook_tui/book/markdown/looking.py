"""Commands that only look: nothing has to be taken back after them.

Conservative on purpose: a step that is wrongly taken for one that only looks would be missing from
a rollback. So every program is on the list by name, with the sub-commands that keep it harmless; a
redirection to a file, a substitution, a loop or an unknown word makes a text one that changes
something.
"""

from __future__ import annotations

import re
import shlex

from runbook_tui.book.markdown.placeholders import PLACEHOLDER

LONGEST = 4000
PLAIN = frozenset(
    {
        "ls", "cat", "head", "tail", "wc", "cut", "tr", "grep", "egrep", "fgrep", "zgrep", "ps",
        "pgrep", "netstat", "lsof", "df", "du", "free", "uptime", "whoami", "id", "groups",
        "uname", "pwd", "cd", "stat", "which", "type", "test", "[", "true", "sleep", "echo",
        "printf", "diff", "cmp", "md5sum", "sha1sum", "sha256sum", "dig", "nslookup", "host",
        "ping", "jq", "nproc", "lscpu", "lsblk", "pg_isready", "last", "who", "vmstat",
        "iostat", "basename", "dirname", "readlink", "realpath",
    }
)  # fmt: skip
SUBCOMMANDS = {
    "git": "status log diff show rev-parse describe ls-files blame shortlog",
    "kubectl": "get describe logs top version cluster-info explain api-resources",
    "oc": "get describe logs whoami version",
    "docker": "ps images logs inspect stats version info",
    "podman": "ps images logs inspect stats version info",
    "systemctl": "status is-active is-enabled is-failed list-units cat show",
    "helm": "list ls status history get version",
    "terraform": "show validate version",
}
PAIRS = {
    ("kubectl", "rollout"): "status history",
    ("kubectl", "config"): "current-context get-contexts view",
    ("kubectl", "auth"): "can-i",
    ("docker", "compose"): "ps logs version",
    ("gh", "pr"): "view list status checks diff",
    ("gh", "run"): "view list",
    ("aws", "sts"): "get-caller-identity",
}
SCOPES = {
    "git": ("-C",),
    "kubectl": ("-n", "--namespace", "--context"),
    "oc": ("-n", "--namespace"),
    "helm": ("-n", "--namespace"),
}
"""Options before a sub-command that take a value."""

ONLY_OPTIONS = {"date": ("+", "-u", "-I", "-R"), "hostname": ("-f", "-i", "-s", "-I")}
WRITES = {"git": ("--output", "--ext-diff"), "find": ("-delete", "-exec", "-ok", "-fprint", "-fls")}
CURL = re.compile(
    r"-[fsSiILvkG46]+|--(?:fail|silent|show-error|head|location|insecure|include|get)"
)
CURL_VALUES = frozenset(
    {
        "-H", "--header", "-m", "--max-time", "--connect-timeout", "-u", "--user", "-A", "-w",
    }
)  # fmt: skip
MARK = re.compile(r"[<{\[XY]|your|YOUR|CHANGE|REPLACE")
"""No placeholder is without one of these."""
SSH_OPTION = re.compile(r"-[46AaCkqTtx]+|-[ilopFJ]\S*")
SSH_VALUES = frozenset({"-i", "-l", "-o", "-p", "-F", "-J"})
UNCLEAR = re.compile(
    r"[`{}\\]|\$\(|<<|\b(?:if|for|while|until|do|case|function|eval|exec|source|xargs|tee)\b"
)
NOWHERE = re.compile(r"\s[12&]?> ?/dev/null\b|\s2>&1(?=\s|$)")
KNOWN = PLAIN | SUBCOMMANDS.keys() | ONLY_OPTIONS.keys() | {n for n, _ in PAIRS} | {
    "sudo", "ssh", "curl", "find", "aws",
}  # fmt: skip
BETWEEN = frozenset({";", "|", "||", "&&"})


def only_looks(text: str) -> bool:
    """Whether every command of a text is known to change nothing."""
    if len(text) > LONGEST or not _begins_well(text):
        return False
    simple = _simple_commands(text)
    return bool(simple) and all(_looks(command) for command in simple)


def _begins_well(text: str) -> bool:
    """Whether the first word of a text may be one of a command that only looks: most are none."""
    lines = (line.split(None, 1) for line in text.split("\n"))
    first = next((words[0] for words in lines if words and not words[0].startswith("#")), "")
    return first in KNOWN or not first.isascii() or not first.isalnum()


def answers(text: str) -> bool:
    """Whether a text is one command that only looks and whose exit status is a yes or a no."""
    simple = _simple_commands(text)
    if len(simple) != 1 or not _looks(simple[0]):
        return False
    name, *rest = simple[0]
    match name:
        case "curl":
            return any(re.match(r"-[a-zA-Z]*f|--fail", word) for word in rest)
        case "grep" | "egrep":
            return any(re.match(r"-[a-zA-Z]*q", word) for word in rest)
        case "kubectl":
            return _without_scope(name, rest)[:2] == ["rollout", "status"]
        case "systemctl":
            return rest[:1] in (["is-active"], ["is-enabled"])
    return name in {"test", "[", "pg_isready", "diff", "cmp"}


def _simple_commands(text: str) -> list[list[str]]:
    """The words of each command of a text; nothing where it is not plain."""
    lines = [line for line in text.split("\n") if not line.lstrip().startswith("#")]
    plain = "\n".join(
        NOWHERE.sub("", PLACEHOLDER.sub("x", x) if MARK.search(x) else x) for x in lines
    )
    if UNCLEAR.search(plain):
        return []
    lexer = shlex.shlex(plain.replace("\n", " ; "), posix=True, punctuation_chars="();<>|&")
    lexer.commenters = ""
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    try:
        for word in lexer:
            if word in BETWEEN or set(word) == {";"}:
                found.append([])
            elif set(word) <= set("();<>|&"):
                return []
            else:
                found[-1].append(word)
    except ValueError:
        return []
    return [words for words in found if words]


def _looks(words: list[str]) -> bool:
    name, rest = words[0], words[1:]
    if name == "sudo" and rest:
        return _looks(rest)
    if name == "ssh":
        return bool(there := _over_ssh(rest)) and _looks(there)
    if any(word.startswith(WRITES.get(name, ())) for word in rest):
        return False
    if name in PLAIN or name == "find":
        return True
    if name in ONLY_OPTIONS:
        return all(word.startswith(ONLY_OPTIONS[name]) for word in rest)
    if name == "curl":
        return _curl_looks(rest)
    first, second = [*_without_scope(name, rest), "", ""][:2]
    if name == "aws" and second.startswith(("describe-", "list-")):
        return True
    return first in SUBCOMMANDS.get(name, "").split() or (
        bool(second) and second in PAIRS.get((name, first), "").split()
    )


def _over_ssh(rest: list[str]) -> list[str]:
    """The command that runs on the other machine, behind options and the machine's name."""
    while rest and rest[0].startswith("-"):
        if not SSH_OPTION.fullmatch(rest[0]):
            return []
        rest = rest[2 if rest[0] in SSH_VALUES else 1 :]
    return rest[1:]


def _without_scope(name: str, rest: list[str]) -> list[str]:
    while rest and rest[0] in SCOPES.get(name, ()):
        rest = rest[2:]
    return rest


def _curl_looks(rest: list[str]) -> bool:
    """GET and HEAD, to the screen or to nowhere."""
    words = iter(rest)
    for word in words:
        if word in {"-X", "--request"}:
            harmless = next(words, "") in {"GET", "HEAD"}
        elif word == "--output" or re.fullmatch(r"-[fsSiILk]*o", word):
            harmless = next(words, "") == "/dev/null"
        elif word in CURL_VALUES:
            harmless = next(words, None) is not None
        else:
            harmless = not word.startswith("-") or CURL.fullmatch(word) is not None
        if not harmless:
            return False
    return bool(rest)
