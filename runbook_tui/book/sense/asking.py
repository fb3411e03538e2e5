"""Commands that wait for somebody at a keyboard: editors, prompts, what never ends by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.sense.calls import Call

EDITORS = frozenset(
    {"vi", "vim", "nvim", "nano", "emacs", "pico", "joe", "mcedit", "visudo", "vipw", "sudoedit",
     "gedit"}
)  # fmt: skip
PAGERS = frozenset({"less", "more", "most", "man", "top", "htop", "iotop", "k9s", "watch", "screen",
                    "tmux", "tig"})  # fmt: skip
SHELLS = frozenset({"bash", "sh", "zsh", "psql", "mysql", "mariadb", "sqlplus", "mongo", "mongosh",
                    "redis-cli", "python", "python3", "node", "irb", "sqlite3"})  # fmt: skip
_OPTIONS = r"(?:-\S+ (?:[^-\s]\S* )?)*"
EDITS = (
    (r"git commit(?![\w-])", (r"\s-\w*[mFCc]|--message|--file|--no-edit|--reuse|--fixup"
     r"|--amend.*--no-edit|--template|--date"), "say -m “message” or --no-edit"),
    (r"git tag\b.*\s(?:-\w*[as]\b|--annotate|--sign)", r"\s-\w*[mF]|--message|--file",
     "say -m “message”"),
    (r"git rebase\b.*\s(?:-i|--interactive)\b", "", "say what to do without -i"),
    (r"git add\b.*\s(?:-p|-i|--patch|--interactive)\b", "", "name the files"),
    (r"crontab\b.*\s-e\b", "", "give it a file: crontab FILE"),
    (rf"(?:kubectl|oc) {_OPTIONS}edit(?=\s)", "", "use patch, set or apply -f"),
    (rf"systemctl {_OPTIONS}edit(?=\s)", "--stdin", "write the file of the override"),
    (rf"(?:virsh|ansible-vault) {_OPTIONS}edit(?=\s)", "", "give it a file"),
)  # fmt: skip
ASKS = (
    ((r"(?:apt|apt-get|aptitude) (?:-\S+ )*(?:install|remove|purge|upgrade|dist-upgrade"
     r"|full-upgrade|autoremove)\b"), r"\s-\w*y|--yes|--assume-yes|\s-qq|-s\b|--simulate",
     "add -y"),
    (r"(?:yum|dnf|zypper) (?:-\S+ )*(?:install|remove|erase|update|upgrade)\b",
     r"\s-\w*[yn]\b|--assumeyes|--non-interactive", "add -y"),
    (r"pacman -\w*[SRU]\w*\b", "--noconfirm", "add --noconfirm"),
    (r"terraform (?:-\S+ )?(?:apply|destroy)\b", r"-auto-approve|\.tfplan|\s[\w./-]*plan[\w.]*$",
     "plan with -out first and apply that file, or add -auto-approve"),
    (r"pulumi (?:up|destroy|refresh)\b", r"--yes|\s-y\b", "add --yes"),
    (r"gcloud .*\b(?:delete|upgrade|reset|resize)\b", r"--quiet|\s-q\b", "add --quiet"),
    (r"az .*\bdelete\b", r"--yes|\s-y\b", "add --yes"),
    (r"gh auth login\b", "--with-token", "log in before the run"),
    (r"(?:docker|podman) login\b", r"--password|\s-p\b", "log in before the run"),
    (r"gh (?:pr|issue|release) create\b", r"--fill|--title|\s-t\b|--notes|--web|--generate-notes",
     "say --title and --body, or --fill"),
    (r"docker (?:system|volume|image|container|network|builder) prune\b", r"\s-\w*f|--force",
     "add --force"),
    (r"npm (?:init|login|adduser)\b", r"\s-y\b|--yes", "do it before the run"),
    (r"(?:passwd|chsh|adduser|ssh-keygen|mysql_secure_installation|dpkg-reconfigure)\b",
     r"--stdin|\s-[NfdluleSR]\b|--disabled-password|--gecos|-f\s?noninteractive",
     "give the answers as options"),
    (r"read\b", r"<|\s-t\b|\s-u\b", "make it a <placeholder>, which is asked for before"),
    (r"select \w+ in\b", "", "make it a <placeholder>, which is asked for before"),
    (r"(?:rm|cp|mv)\b.*\s-\w*i\b", "", "leave -i out"),
    (r"sudo -(?:i|s)$|su(?: -\S*)?(?: \w+)?$", "", "run the commands with sudo, or su -c"),
    ((rf"(?:docker|podman|kubectl|oc) {_OPTIONS}exec\b.*\s(?:-it|-ti|--tty)\b.*?\s"
     r"(?:ba|z|k)?sh\s*$"), "", "give the shell its commands: … sh -c “…”, without -t"),
    (r"ssh (?:-[46AaCfGgKkMNnqsTtVvXxYy]+ |-[BbcDEeFIiJLlmOopQRSWw] ?\S+ )*[\w.@<>{}$-]+$",
     r"\s-\w*[NfVG]", "give ssh the commands to run"),
)  # fmt: skip
ENDLESS = (
    (r"tail\b.*\s(?:-\w*[fF]\b|--follow)", "--pid", "say how many lines: -n"),
    (r"journalctl\b.*\s(?:-\w*f\b|--follow)", "", "say since when: --since"),
    ((rf"(?:kubectl|oc|docker|podman|docker-compose|docker compose) {_OPTIONS}logs\b.*\s"
     r"(?:-\w*f\b|--follow)"), "", "leave -f out, or say --since"),
    (r"(?:kubectl|oc) get\b.*\s(?:-w|--watch)\b", "", "use kubectl wait or rollout status"),
    (rf"(?:kubectl|oc) {_OPTIONS}port-forward\b", "", "make it a step in the background"),
    (r"ping\b", r"\s-\w*[cw]", "say how often: -c"),
)  # fmt: skip
RULES = tuple(
    (kind, re.compile(rf"^{what}"), re.compile(but) if but else None, instead)
    for kind, rules in (("opens an editor", EDITS), ("asks at the keyboard", ASKS),
                        ("does not end by itself", ENDLESS))
    for what, but, instead in rules
)  # fmt: skip
TIMED = re.compile(r"^timeout\s")


def asking(calls: Iterable[Call]) -> Iterator[Finding]:
    """A finding for each command that waits for somebody, but in steps that say so."""
    for call in calls:
        if call.step is None and not call.back:
            continue  # It is only read: people run it, where they like.
        if call.step is not None and (call.step.interactive or call.step.background):
            continue
        found = _waits(call)
        if found is None:
            continue
        kind, instead = found
        words = " ".join(call.text.split())[:60]
        where = "an undo has no keyboard" if call.back else "a step has no keyboard"
        code = {"opens an editor": "opens-editor", "asks at the keyboard": "asks-keyboard"}
        yield Finding(
            code=code.get(kind, "never-ends"), severity="high" if call.back else "medium",
            line=call.line, source=call.source,
            message=f"“{words}” {kind}, and {where}: {instead}",
        )  # fmt: skip


def _waits(call: Call) -> tuple[str, str] | None:
    """How a command waits, and what to do instead."""
    if call.piped or TIMED.match(call.text):
        return None
    name, text = call.program, call.text[:2000]
    if name in EDITORS and not re.search(r"\s(?:-c|--batch|-es|-Es|--eval|--version)\b", text):
        return "opens an editor", "write the file with cat or tee, or change it with sed -i"
    if name in PAGERS and not re.search(
        r"\s(?:-b\w*|-d|--batch|-dmS|--version|new-session)\b", text
    ):
        return "does not end by itself", "use a command that prints and ends"
    if name in SHELLS and _bare_shell(call):
        return "asks at the keyboard", "give it the commands: -c, -e or a file"
    for kind, what, but, instead in RULES:
        if what.search(text) and (but is None or not but.search(text)):
            return kind, instead
    return None


def _bare_shell(call: Call) -> bool:
    """Whether an interpreter is started with nothing to do but to wait."""
    rest = call.words[1:]
    if call.program in {"psql", "mysql", "mariadb", "mongo", "mongosh", "redis-cli"}:
        given = re.search(r"\s(?:-\w*[cfel]|--command|--file|--execute|--eval|--list|--version|-V"
                          r"|<)", call.text)  # fmt: skip
        if call.program == "redis-cli":
            return not any(re.match(r"[a-zA-Z]", w) for w in rest if not re.match(r"[\d.:]+$", w))
        return given is None and not any(w.endswith((".js", ".sql")) for w in rest)
    return not rest
