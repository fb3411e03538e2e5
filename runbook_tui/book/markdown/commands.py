"""Command blocks: which are to be run, and the placeholders in them."""

from __future__ import annotations

import re
from functools import lru_cache

from runbook_tui.book.markdown.attributes import HEAD, attributes, is_only_shown
from runbook_tui.book.markdown.blocks import Block
from runbook_tui.book.markdown.estimates import DURATION
from runbook_tui.book.markdown.labels import LONGEST, UNDO
from runbook_tui.book.markdown.prompts import PROMPT, ROOT, elsewhere, is_log, typed

SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh"})
SESSIONS = frozenset({"console", "terminal", "shell-session", "shellsession", "sh-session"})
"""Labels of blocks that hold commands, or what they put out, or both."""

UNLABELLED = frozenset({"", "text"})
"""Labels that do not say whether it is a command."""

TYPED = frozenset({"step", "check", "wait", "rollback"})
"""Labels that say what a block is: a step of its own, or the way back of one."""

BY_HAND = frozenset({"sql", "psql", "mysql", "plsql", "tsql", "powershell", "pwsh", "ps1"})
"""Labels of blocks that people run in a tool of its own."""

OTHER_CODE = frozenset({"cmd", "bat", "batch", "python", "py", "ruby", "perl", "fish"})
PROGRAMS = (
    "sudo|git|cd|docker(?:-compose)?|podman|kubectl|kubeadm|curl|wget|pip3?|npm|npx|yarn|pnpm|node"
    "|python3?|make|ssh|scp|rsync|export|helm|gcloud|gsutil|aws|az|oc|gh|terraform|ansible(?:-playbook)?"
    "|systemctl|service|journalctl|cp|mv|rm|mkdir|chmod|chown|ln|tar|apt(?:-get)?|yum|dnf|brew"
    "|psql|pg_dump|pg_restore|mysql|mysqldump|redis-cli|mongosh?|mongodump|rabbitmqctl|velero|vault"
    "|skopeo|buildah|istioctl|argocd|flux|eksctl|kops|kustomize|skaffold|pulumi|knife|virsh|sqlplus"
    "|dig|nslookup|nc|openstack|pvesh|zfs|zpool|lvextend|useradd|usermod|crontab|ipmitool|salt"
    "|supervisorctl|gitlab-ctl|gitlab-psql|gitlab-rake|patronictl|gpg|fly|flyctl|jq|xargs|umount|dpkg"
    "|rpm|zypper|pacman|php|composer|twine|poetry|pgbackrest|wal-g|pg_upgrade|pg_ctl|pg_basebackup"
    "|createdb|dropdb|vacuumdb|mysqladmin|nodetool|ceph|pcs|nmcli|ufw|firewall-cmd|nsupdate|rndc"
    "|sysctl|chef-client|puppet|heroku|doctl|hcloud|crictl|nerdctl|talosctl|calicoctl|restic|borg"
    "|rclone|ssh-keygen|ssh-copy-id|sops|crm|drbdadm|mongorestore|cqlsh|reindexdb|dotnet"
    "|consul|nomad|etcdctl|openssl|certbot|nginx|iptables|kill|pkill|cargo|mvn|gradle|rake|bundle"
)
_SYNTAX = r"[A-Za-z_]\w*=\$\(\S|for \w+ in .{1,200};? ?do\b|if \[\[? "
LOOKS = re.compile(
    rf"^\s*(?:\$ |(?:{PROGRAMS}) |\.{{1,2}}/\S|/(?:usr|opt|bin|sbin|etc)/\S|{_SYNTAX})",
    re.MULTILINE,
)
SELF = re.compile(r"(?:runbook|runme|rundoc)\s+(?:run|exec|rehearse|demo)\b|#|$")
"""How to start a document like this one: what is in it is not to do that."""

QUERIES = re.compile(
    r"(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|ALTER|CREATE|DROP|GRANT|REVOKE|TRUNCATE|VACUUM"
    r"|REINDEX|SET) [\w\[<\"'*]"
)
FIRST_WORD = re.compile(r"(?:[A-Z_][A-Z0-9_]*=\S*\s+)*[a-z.~/$][\w./~+-]*(?<![:.,])(?:\s|$)")
ARGUMENTS = re.compile(
    r"[a-z][a-z0-9_.+-]{0,60}(?<![:.,])(?:\s+(?!--?[A-Za-z])\S+){0,12}?"
    r"\s+--?[A-Za-z][\w-]*(?:[ =]|$)"
    r"|[a-z][a-z0-9_.+-]{0,60}\s[^|\n]{0,400}\S\s\|\s?[a-z][\w-]*(?:\s|$)"
)
"""A program with an option behind it, or piped into another: whatever its name, it is a command."""

PLAIN_WORDS = re.compile(
    r"[a-z][\w.+-]{0,60}(?<![:.,])(?:\s+[\w./:<>@$={}\[\]\"'*,~%&?!-]+){0,8}\s*\\?$"
)
"""What may be a command where words before it say so."""

SAYS_RUN = re.compile(
    r"\b(?:run|running|executed?|executing|commands?|invok\w{1,3}|issue|typ(?:e|ing)|ejecut\w{1,4}"
    r"|comandos?|ex[eé]cut\w{1,4}|commandes?|(?:aus)?führ\w{1,3}|befehle?)\b|运行|执行|命令|実行"
    r"|コマンド|выполн|команд",
    re.IGNORECASE,
)
NO_COMMAND = re.compile(
    r"(?:warning|error|info|note|fatal|debug)\b:?\s|[^\s:]+:(?:\s|$)|--?\w|\d+[.)]\s|[^\x00-\x7f]"
    r"|[├└│┌+|*]",
    re.IGNORECASE,
)
"""How no line begins that a shell runs, whatever its block is called: messages, trees, numbers."""

SENTENCE = re.compile(r"[A-Z][a-z]+,? [a-z\"]\S*(?: \S+)*$")
"""How words for people begin."""

QUERY = re.compile(
    r"(?:sum|avg|min|max|count|rate|irate|increase|topk|absent|histogram_quantile)\b"
    r"(?: (?:by|without))? ?\("
)
"""A question to Prometheus, not to a shell."""

TABLE_HEAD = re.compile(
    r"^[A-Z][A-Z0-9_()/%-]+(?: [A-Z]+)?(?:\s{2,}[A-Z][A-Z0-9_()/% -]+)+\s*$|^No \w+ found"
)
UNDO_COMMENT = re.compile(
    rf"^\s*#\s*(?:{UNDO})(?: with| command)?\s*[:：]\s*(.+?)\s*$", re.IGNORECASE
)
UNDO_HEAD = re.compile(
    rf"^\s*#+\s*(?:to )?(?:{UNDO})(?: (?:commands?|steps?|plan|procedure))?"
    r"(?: ?\(?(?:if needed|if necessary|on failure|in case of \w+)\)?)?\s*[:：]?\s*$",
    re.IGNORECASE,
)


DIRECTIVE = re.compile(
    r"\{(?P<name>\.?[a-z][\w:-]*)(?:\}\s*(?P<rest>\w*)|\s+[#.][^{}=]*\}|\s[^{}]*\}$)"
)


def language(block: Block) -> str:
    """The first word of a fence's info string, in lower case."""
    return _first_word(block.info) if block.info else ""


@lru_cache(maxsize=256)
def _first_word(info: str) -> str:
    directive = DIRECTIVE.match(info.lower())
    if directive is not None:
        # A directive of MyST is none of ours, but one that holds code; pandoc's says the language.
        name = directive["name"]
        held = (
            directive["rest"] if name in {"code", "code-block", "code-cell", "sourcecode"} else ""
        )
        return held or (name[1:] if name[0] == "." else f"{{{name}}}")
    return re.split(r"[\s{#,]", info.lower(), maxsplit=1)[0]


def runnable(block: Block, certain: bool = False, before: str = "") -> bool:
    """Whether a person would run the block.

    ``certain`` where its label says it is a command; ``before`` are the words right before it.
    """
    name = language(block)
    lines = [line.strip() for line in block.text.splitlines()]
    lines = [line for line in lines if line]
    commanding = [line for line in lines if not line.startswith("#")]
    if not lines or lines[0].startswith("#!") or (commanding and all(map(SELF.match, commanding))):
        return False
    if is_only_shown(block) or pause(block) or elsewhere(block.text):
        return False
    mark = PROMPT if PROMPT.search(block.text) else ROOT if _by_root(block, commanding) else None
    if mark is not None:
        return name in _MAY_BE_TYPED and bool(typed(block.text, mark).strip())
    if not commanding:
        return False
    if name in SHELLS or name in TYPED or name.startswith("azurecli"):
        return NO_COMMAND.match(commanding[0]) is None or LOOKS.search(block.text) is not None
    if name in SESSIONS:
        return FIRST_WORD.match(commanding[0]) is not None and not QUERY.match(commanding[0])
    if name not in UNLABELLED or QUERIES.match(block.text.lstrip()):
        return False
    return certain or _looks(block, commanding[0], before)


_MAY_BE_TYPED = SHELLS | SESSIONS | UNLABELLED | TYPED


def _looks(block: Block, first: str, before: str) -> bool:
    """Whether a block without a label is a command, by its lines or by the words before it."""
    if NO_COMMAND.match(first) or SENTENCE.match(first):
        return False
    if LOOKS.search(block.text) is not None or ARGUMENTS.match(first) is not None:
        return True
    return _says_run(before) and PLAIN_WORDS.match(first) is not None


def _says_run(before: str) -> bool:
    last = before.rstrip().rpartition("\n")[2][-200:]
    return last.endswith((":", "：")) and SAYS_RUN.search(last) is not None


def _by_root(block: Block, commanding: list[str]) -> bool:
    """Whether ``# `` is a prompt here: a session in which nothing else looks like a command."""
    if language(block) not in SESSIONS | UNLABELLED or any(map(LOOKS.match, commanding)):
        return False
    first = block.text.lstrip().partition("\n")[0]
    inner = first[1:].strip() if first.startswith("#") else ""
    return bool(LOOKS.match(inner) or ARGUMENTS.match(inner)) and not inner.endswith((".", ":"))


def pause(block: Block) -> str:
    """How long a ```wait block without a command waits, as written; "" where it is none."""
    if language(block) != "wait":
        return ""
    lines = [line.strip() for line in command_text(block).splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    given = attributes(block, [*head_lines(block), *lines])
    time = next((given[name] for name in ("duration", "for", "time") if name in given), "")
    if len(lines) == 1 and DURATION.fullmatch(lines[0]):
        return lines[0]
    # What says how long to wait is no command, whether a line of rules stands behind it or not.
    return "" if any(not HEAD.match(line) for line in lines) else time


def by_hand(block: Block, before: str = "") -> bool:
    """Whether a person would run the block, and not in a shell of this machine."""
    name = language(block)
    if name in BY_HAND:
        lines = [line.strip() for line in block.text.splitlines() if line.strip()]
        said = [line for line in lines if not line.startswith(("#", "--"))]
        return any(not line.startswith(("|", "+-")) for line in said)
    if name in UNLABELLED and QUERIES.match(block.text.lstrip()):
        return True
    mark = elsewhere(block.text) if name in _MAY_BE_TYPED else None
    if mark is None or not typed(block.text, mark).strip():
        return False
    return not is_log(block.text, mark) or _says_run(before)


def is_command(block: Block, certain: bool = False, before: str = "") -> bool:
    """Whether a person would run the block, wherever."""
    return by_hand(block, before) or runnable(block, certain, before)


def types(code: str) -> bool:
    """Whether code in the words of a step is something that a person types: a command, SQL."""
    return LOOKS.match(code) is not None or QUERIES.match(code) is not None


def in_a_shell(name: str) -> bool:
    """Whether a shell runs the blocks that have a label; else people do, in a tool of its own."""
    return name in {*SHELLS, *SESSIONS, *UNLABELLED, *TYPED} or name.startswith("azurecli")


def unclear(block: Block) -> bool:
    """Whether a block that is not run may have been meant to be: code, or words without a label."""
    return language(block) in {"", *OTHER_CODE} or language(block) in SHELLS | SESSIONS


def command_text(block: Block) -> str:
    """The text to run: where lines have prompts, those lines without them, and no output."""
    if language(block) in TYPED:
        return block.text[_head(block) :].strip("\n")
    if PROMPT.search(block.text):
        return typed(block.text)
    commanding = [x.strip() for x in block.text.splitlines() if x.strip()[:1] not in {"", "#"}]
    return typed(block.text, ROOT) if _by_root(block, commanding) else _without_output(block)


def _head(block: Block) -> int:
    """Where the text of a typed block begins: behind ``key: value`` lines and ``---``."""
    head = re.match(r"(?:[ \t]*\w[\w-]*:[^\n]*\n|[ \t]*\n)*[ \t]*---[ \t]*\n", block.text)
    return head.end() if head else 0


def head_lines(block: Block) -> list[str]:
    """The ``key: value`` lines of a typed block."""
    lines = (line.strip() for line in block.text[: _head(block)].splitlines())
    return [line for line in lines if line and line != "---"]


def attribute(block: Block, name: str) -> str:
    """What the line that opens a block says: ``name="…"``, ``"name":"…"``; "" where it does not."""
    found = re.search(rf"(?<![\w-]){name}\"?\s?[=:]\s?\"([^\"\n]{{1,200}})\"", block.info[:LONGEST])
    return found.group(1) if found else ""


def _without_output(block: Block) -> str:
    """What stands before the head of a table: below it is what the command puts out."""
    text = block.text.rstrip("\n")
    if language(block) in SHELLS:
        return text
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines) if n and TABLE_HEAD.match(line)), len(lines))
    return "\n".join(lines[:end]).rstrip("\n")


def run_and_undo(text: str) -> tuple[str, str]:
    """A command text without what its comments mark as the way back, and that part.

    ``# rollback: command`` is one; below ``# Rollback`` it goes on to the next comment or the end.
    """
    run: list[str] = []
    undo: list[str] = []
    inside = False
    for line in text.split("\n"):
        comment = UNDO_COMMENT.match(line)
        if UNDO_HEAD.match(line):
            inside = True
        elif comment:
            undo.append(comment.group(1))
        else:
            inside = inside and not line.lstrip().startswith("#")
            (undo if inside else run).append(line)
    if not any(line.strip() for line in undo):
        return text, ""
    return "\n".join(run).strip("\n"), "\n".join(undo).strip("\n")
