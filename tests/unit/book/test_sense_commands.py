"""Commands that go wrong: elsewhere, in front of a keyboard, or without a question."""

from __future__ import annotations

import pytest

from runbook_tui.book.reader import read
from tests.unit.book.markdown_plans import book


def told(text: str, *codes: str, name: str = "plan.md") -> list[tuple[str, str, int]]:
    """Code, severity and line of the findings with these codes."""
    return [(f.code, f.severity, f.line) for f in read(text, name).findings if f.code in codes]


def step(command: str, more: str = "") -> str:
    """A plan with one command in line 6."""
    return f"# Mill\n\n1. Turn the wheel\n\n   ```bash\n   {command}\n   ```\n{more}"


# Where a rollback goes

ENVIRONMENTS = "# Mill\n\n1. Deploy\n\n   ```bash\n   {run}\n   ```\n\n   Rollback: `{undo}`\n"


@pytest.mark.parametrize(
    ("run", "undo"),
    [
        ("./deploy --env production", "./deploy --env staging --previous"),
        (
            "kubectl --context prod apply -f a.yml",
            "kubectl --context staging rollout undo deploy/a",
        ),
        ("helm upgrade a ./a -n production", "helm rollback a -n staging"),
        ("./ship mill-prod", "./ship mill-stg --old"),
        ("./deploy --env=produktion", "./deploy --env=staging --zurück"),
        ("./deploy uat", "./deploy qa"),
        ("./deploy preprod", "./deploy prod"),
    ],
)
def test_an_undo_goes_to_another_environment(run: str, undo: str) -> None:
    assert told(ENVIRONMENTS.format(run=run, undo=undo), "rollback-elsewhere") == [
        ("rollback-elsewhere", "high", 9)
    ]


@pytest.mark.parametrize(
    ("run", "undo"),
    [
        ("./deploy --env production", "./deploy --env prod --previous"),
        ("./deploy --env production", "./deploy --previous"),
        ("./deploy", "./deploy --env staging --previous"),
        ("./deploy prod && ./smoke staging", "./deploy prod --previous"),
        ("./deploy product-a", "./deploy productive"),
        ("curl -f https://prod.example.com/health", "./restart staging"),
        ("cd prod", "./restart staging"),
    ],
)
def test_an_undo_that_goes_where_its_step_went(run: str, undo: str) -> None:
    assert told(ENVIRONMENTS.format(run=run, undo=undo), "rollback-elsewhere") == []


def test_the_rollback_of_the_whole_leaves_an_environment_out() -> None:
    text = (
        "# Mill\n\n1. Stop\n\n## Commands\n\n```bash\n# Staging\n./mill.py --to staging\n"
        "# Production\n./mill.py --to production\n# Rollback command\n"
        "./mill.py --to {} --old\n```\n"
    )
    (finding,) = (
        f for f in book(text.format("staging")).findings if f.code == "rollback-elsewhere"
    )
    assert (finding.severity, finding.line, finding.related_line) == ("high", 13, 11)
    assert "production, which nothing takes back" in finding.message
    assert told(text.format("production"), "rollback-elsewhere") == []


def test_two_rollbacks_cover_two_environments() -> None:
    text = (
        "# Mill\n\n1. Stop\n\n   ```bash\n   ./a --to staging\n   ./a --to prod\n   ```\n\n"
        "## Rollback\n\n```bash\n./a --to staging --old\n./a --to prod --old\n```\n"
    )
    assert told(text, "rollback-elsewhere") == []


# What waits at a keyboard

WAITS = [
    ("git commit", "opens-editor"), ("git commit -a", "opens-editor"),
    ("git tag -a v1", "opens-editor"), ("git rebase -i main", "opens-editor"),
    ("sudo vim /etc/hosts", "opens-editor"), ("crontab -e", "opens-editor"),
    ("kubectl -n mill edit deploy/a", "opens-editor"), ("systemctl edit mill", "opens-editor"),
    ("sudo apt-get install flour", "asks-keyboard"), ("dnf remove flour", "asks-keyboard"),
    ("terraform apply", "asks-keyboard"), ("gcloud compute instances delete a", "asks-keyboard"),
    ("az group delete --name a", "asks-keyboard"), ("gh pr create -B main", "asks-keyboard"),
    ("read -p 'sure? ' x", "asks-keyboard"), ("ssh mill.example.com", "asks-keyboard"),
    ("docker exec -it a bash", "asks-keyboard"), ("psql -h db mill", "asks-keyboard"),
    ("passwd miller", "asks-keyboard"), ("sudo -i", "asks-keyboard"), ("python", "asks-keyboard"),
    ("docker system prune", "asks-keyboard"),
    ("tail -f /var/log/mill", "never-ends"), ("journalctl -u mill -f", "never-ends"),
    ("kubectl logs -f mill", "never-ends"), ("top", "never-ends"), ("watch ls", "never-ends"),
    ("less log", "never-ends"), ("ping mill", "never-ends"), ("kubectl get pods -w", "never-ends"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), WAITS)
def test_a_step_has_no_keyboard(command: str, code: str) -> None:
    codes = ("opens-editor", "asks-keyboard", "never-ends")
    assert told(step(command), *codes) == [(code, "medium", 6)]


@pytest.mark.parametrize(
    "command",
    [
        "git commit -m 'done'", "git commit -am done", "git commit --amend --no-edit",
        "git commit-graph write --reachable",
        "git tag v1", "git tag -a v1 -m one", "git rebase main", "cat vim.txt", "crontab -l",
        "kubectl apply -f edit.yml", "apt-get install -y flour", "apt-get -y install flour",
        "apt-get update", "dnf install -y a", "terraform plan", "terraform apply -auto-approve",
        "terraform apply mill.tfplan", "gcloud compute instances delete a --quiet",
        "gcloud compute instances list", "az group delete --name a --yes", "gh pr create --fill",
        "read -r x < file", "git log | read x", "ssh mill.example.com uptime",
        "ssh mill.example.com 'sudo ls'", "docker exec a ls", "psql -c 'select 1'",
        "psql -h db mill < a.sql", "psql -f a.sql", "mysql -e 'select 1'",
        "echo pw | passwd --stdin a",
        "python a.py", "bash a.sh", "tail -n 5 a", "journalctl -u mill -n 5", "kubectl logs mill",
        "top -b -n 1", "ping -c 3 mill", "kubectl get pods", "docker system prune --force",
        "timeout 5 tail -f a", "# git commit", "echo 'git commit'",
        "cat <<E\nvim a\nE",
    ],
)  # fmt: skip
def test_commands_that_end_by_themselves(command: str) -> None:
    text = step(command.replace("\n", "\n   "))
    assert told(text, "opens-editor", "asks-keyboard", "never-ends") == []


def test_in_an_undo_it_weighs_more() -> None:
    text = ENVIRONMENTS.format(run="./a", undo="git revert HEAD && git commit")
    assert told(text, "opens-editor") == [("opens-editor", "high", 9)]


def test_what_nobody_runs_is_not_told() -> None:
    text = "# Mill\n\n1. Stop\n\n## Useful\n\n```bash\nvim a\n```\n"
    assert told(text, "opens-editor") == []


TOML = (
    'format = 1\ntitle = "Mill"\n[[phase]]\ntitle = "a"\n[[phase.step]]\ntitle = "b"\nrun = "{}"\n'
)


def test_a_step_of_a_toml_plan_may_say_that_it_is_typed_into() -> None:
    text = TOML.format("vim a")
    assert told(text, "opens-editor", name="p.toml") == [("opens-editor", "medium", 7)]
    assert told(text + "interactive = true\n", "opens-editor", name="p.toml") == []
    assert told(TOML.format("tail -f a") + "background = true\n", "never-ends", name="p.toml") == []


# What destroys something

DESTROYS = [
    "git reset --hard HEAD~1", "git clean -fdx", "git push --force origin main",
    "git push -f", "git push origin :old", "git branch -D old", "psql -c 'DROP TABLE flour;'",
    "psql -c 'DELETE FROM flour;'", "dropdb mill", "kubectl delete namespace mill",
    "oc delete pod a --force", "kubectl delete pvc --all", "helm uninstall mill",
    "terraform destroy -auto-approve", "rm -rf /var/lib/mill", "sudo rm -r /srv/mill",
    "find /var/log -name '*.gz' -delete", "docker volume rm mill", "mkfs.ext4 /dev/sdb",
    "dd if=a of=/dev/sdb", "redis-cli FLUSHALL", "aws s3 rm s3://mill --recursive",
    "npm publish", "docker compose down -v",
]  # fmt: skip


@pytest.mark.parametrize("command", DESTROYS)
def test_it_destroys_and_nobody_is_asked(command: str) -> None:
    assert told(step(command), "destructive") == [("destructive", "high", 6)]


@pytest.mark.parametrize(
    "command",
    [
        "git reset HEAD a", "git push origin main", "git push --force-with-lease",
        "git branch -d old",
        "rm a.txt", "rm -rf /tmp/mill", "rm -rf ./build node_modules", "rm -rf $TMPDIR/x",
        "kubectl delete pod a", "find /tmp -mtime +7 -delete", "find . -name '*.gz'",
        "psql -c 'DELETE FROM flour WHERE old;'", "git clean -n -fd", "terraform plan -destroy",
        "docker compose down", "echo rm -rf /", "# rm -rf /srv", "helm upgrade a",
        "aws s3 rm s3://mill/a --dryrun --recursive",
        "az vm create --name a --nic-delete-option delete", "az vm create --tags delete",
    ],
)  # fmt: skip
def test_what_destroys_nothing_for_good(command: str) -> None:
    assert told(step(command), "destructive") == []


@pytest.mark.parametrize(
    "more",
    ["\n   Rollback: not possible\n", "\nCTO must approve before step 1.\n"],
)
def test_where_somebody_is_asked_first_nothing_is_said(more: str) -> None:
    assert told(step("dropdb mill", more), "destructive") == []


def test_with_an_undo_it_weighs_less_and_an_undo_itself_may_destroy() -> None:
    text = ENVIRONMENTS.format(run="helm uninstall mill", undo="helm uninstall old")
    assert told(text, "destructive") == [("destructive", "medium", 6)]


@pytest.mark.parametrize("key", ['confirm = "Sure?"', 'irreversible = "it is gone"'])
def test_a_toml_step_asks_first(key: str) -> None:
    text = TOML.format("dropdb mill")
    assert told(text, "destructive", name="p.toml") == [("destructive", "high", 7)]
    assert told(text + key + "\n", "destructive", name="p.toml") == []


# What is open in a rollback


def test_a_placeholder_that_only_the_rollback_uses_is_open_in_the_middle_of_it() -> None:
    text = ENVIRONMENTS.format(run="./deploy <version>", undo="./deploy <old>")
    (finding,) = (f for f in book(text).findings if f.code == "placeholder-open")
    assert (finding.severity, finding.line) == ("high", 9)
    assert finding.message.startswith("<old>: ")
    assert "-p old=" in finding.message


def test_a_placeholder_that_a_step_has_asked_for_before_is_not_open() -> None:
    text = ENVIRONMENTS.format(run="./deploy <version>", undo="./remove <version>")
    assert told(text, "placeholder-open") == []


# Steps without an undo


def many(*undone: int) -> str:
    """Five steps; those of these numbers have an undo."""
    parts = (
        f"{n}. Do {n}\n\n   ```bash\n   ./do {n}\n   ```\n"
        + (f"\n   Rollback: `./undo {n}`\n" if n in undone else "")
        for n in range(1, 6)
    )
    return "# Mill\n\n" + "\n".join(parts)


def test_where_no_step_has_an_undo_it_is_said_once() -> None:
    (finding,) = (f for f in book(many()).findings if f.code == "no-undo")
    assert (finding.line, finding.related_line) == (3, 27)
    assert "none of the 5 steps" in finding.message


def test_where_others_have_one_each_step_without_is_named() -> None:
    assert [line for _, _, line in told(many(1, 2, 4), "no-undo")] == [19, 33]


def test_typed_checks_and_waits_change_nothing() -> None:
    text = (
        '```step name="a"\n./a\n```\n\n```check name="b"\n./b\n```\n\n```wait name="c"\n./c\n```\n'
    )
    found = book(f"# Mill\n\n## Turn\n\n{text}")
    assert [(s.title, s.effect) for s in found.walk()] == [("a", True), ("b", False), ("c", False)]
    assert [line for _, _, line in told(f"# Mill\n\n## Turn\n\n{text}", "no-undo")] == [5]
