"""Rollbacks that stand under a step are its undo, and are never run on the way forth."""

from __future__ import annotations

import pytest

from runbook_tui.book.markdown.looking import answers, only_looks
from runbook_tui.book.shown import shown
from tests.unit.book.markdown_plans import book, codes, steps

ITEM = "# P\n\n1. Ship\n\n   ```bash\n   ./ship\n   ```\n\n{}\n2. Rest\n"
HEADING = "# P\n\n## 1. Ship\n\n```bash\n./ship\n```\n\n{}\n## 2. Rest\n\n```bash\ntrue\n```\n"
SHIP = "# P\n\n## 1. Ship\n\n```bash\n./ship\n```\n\n"
TWO = "# P\n\n1. A\n   ```bash\n   ./a\n   ```\n2. B\n   ```bash\n   {}\n   ```\n"
ONE = "# P\n\n1. A\n   ```bash\n   ./a\n   ```\n   {}\n"
WAYS = [
    "Rollback: `./back`",
    "**Rollback:** `./back`",
    "*Undo*: `./back`",
    "Roll back with `./back`.",
    "If it fails, roll back with `./back`",
    "- Rollback: `./back`",
    "- **Undo**: run `./back`",
    "**Rollback:**\n\n```bash\n./back\n```",
    "Rollback:\n```\n./back\n```",
    "Rollback plan:\n- `./back`",
    "```bash\n# Rollback\n./back\n```",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", [ITEM, HEADING])
def test_a_rollback_under_a_step_is_its_undo(form: str, way: str) -> None:
    indent = "   " if form is ITEM else ""
    text = form.format("".join(f"{indent}{line}\n" if line else "\n" for line in way.split("\n")))
    ship, rest = steps(text)
    assert (ship.run, ship.undo) == ("./ship", "./back")
    assert rest.undo is None
    rows = [(c["text"], c["rollback"], c["step"]) for c in shown(book(text))["commands"]]
    assert [row for row in rows if row[1] and "./back" in row[0]] == [(rows[1][0], True, ship.id)]


@pytest.mark.parametrize(
    "text",
    [
        "# P\n\n1. Ship (rollback: `./back`)\n   ```bash\n   ./ship\n   ```\n",
        "# P\n\n1. Ship. Rollback: `./back`\n   ```bash\n   ./ship\n   ```\n",
        "# P\n\n1. Ship\n   ```bash\n   ./ship\n   # rollback: ./back\n   ```\n",
        SHIP + "### Rollback\n\nPut it back:\n\n```bash\n./back\n```\n",
        SHIP + "<details>\n<summary>Rollback</summary>\n\n```bash\n./back\n```\n\n</details>\n",
    ],
)
def test_other_places_for_the_rollback_of_a_step(text: str) -> None:
    (step,) = steps(text)
    assert (step.title, step.run, step.undo) == ("Ship", "./ship", "./back")


def test_rollbacks_that_are_not_indented_belong_to_the_item_above() -> None:
    one = "{n}. S{n}\n```bash\n./s{n}\n```\nRollback:\n```bash\n./b{n}\n```\n"
    text = "# P\n\n" + "".join(one.format(n=n) for n in (1, 2, 3))
    assert [(s.run, s.undo) for s in steps(text)] == [(f"./s{n}", f"./b{n}") for n in (1, 2, 3)]


def test_a_long_rollback_section_of_a_step_stays_whole() -> None:
    text = HEADING.format("### Rollback\n\n```bash\n./a\n```\n\nand then\n\n```bash\n./b\n```\n")
    assert steps(text)[0].undo == "./a\n./b"


@pytest.mark.parametrize(
    "lead",
    ["How to roll back:", "If it fails:", "**If something goes wrong:**", "Emergency rollback:",
     "In case of an error run the following:", "To be able to revert, run this:"],
)  # fmt: skip
@pytest.mark.parametrize("form", [ITEM, HEADING])
def test_a_command_that_may_be_for_the_way_back_is_not_run_on_the_way_forth(
    form: str, lead: str
) -> None:
    indent = "   " if form is ITEM else ""
    lines = f"{lead}\n\n```bash\n./back\n```".split("\n")
    text = form.format("".join(f"{indent}{line}\n" if line else "\n" for line in lines))
    assert steps(text)[0].run == "./ship"
    kept = [c.text for c in book(text).commands if c.kept_for_failure]
    assert kept == ["./back"] or "command-outside-steps" in dict(codes(text))


@pytest.mark.parametrize("title", ["How to roll back", "Emergency rollback plan", "Recovery"])
def test_a_part_of_a_step_on_the_way_back_is_not_run_on_the_way_forth(title: str) -> None:
    text = HEADING.format(f"### {title}\n\n```bash\n./back\n```\n")
    assert [s.run for s in steps(text)] == ["./ship", "true"]
    assert steps(text)[0].undo == (None if title == "Recovery" else "./back")


def test_a_rollback_for_several_steps_is_no_undo_of_the_last() -> None:
    text = TWO.format("./b") + "\n**Rollback:**\n\n```bash\n./back\n```\n"
    assert [s.undo for s in steps(text)] == [None, None]
    assert [(c.text, c.step) for c in book(text).commands if c.rollback] == [("./back", None)]


def test_placeholders_of_an_undo_are_values_to_ask_for() -> None:
    (parameter,) = book("# P\n\n1. A\n   - Rollback: `./back <OLD_TAG>`\n").parameters
    assert (parameter.placeholder, parameter.lines) == ("<OLD_TAG>", (4,))


def test_a_rollback_in_words_is_no_command() -> None:
    text = (
        "# P\n\n1. A\n   ```bash\n   ./a\n   ```\n   Rollback: set `replicas` back to 2 by hand\n"
    )
    (step,) = steps(text)
    assert step.undo is None
    assert "replicas" in step.text
    (finding,) = [f for f in book(text).findings if f.code == "no-undo"]
    assert "in words" in finding.message


@pytest.mark.parametrize("words", ["Rollback: not possible", "**This step cannot be undone.**"])
def test_no_way_back_is_irreversible(words: str) -> None:
    (step,) = steps(ONE.format(words))
    assert step.irreversible is not None
    assert codes(ONE.format(words)) == []


@pytest.mark.parametrize(
    "title", ["1. Drop it (cannot be undone)\n", "## 1. Drop it (irreversible)\n"]
)
def test_a_title_can_say_that_there_is_no_way_back(title: str) -> None:
    (step,) = steps(f"# P\n\n{title}\n   ```bash\n   ./a\n   ```\n")
    assert (step.run, step.irreversible) == ("./a", step.title)


def test_a_command_that_changes_something_and_has_no_undo_is_a_finding() -> None:
    text = TWO.format("kubectl get pods") + "3. C\n"
    assert codes(text) == [("no-undo", 3)]
    assert [s.effect for s in steps(text)] == [True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "kubectl get pods", "kubectl -n prod rollout status deploy/api", "git status",
        "curl -fsS https://x/health", "curl -s -o /dev/null -I https://x",
        "ps aux | grep nginx", "# look\ndf -h\nfree -m 2>/dev/null", "sudo systemctl status x",
        "git log --oneline | head -n 3 && ls -l", "kubectl describe node <NODE>",
    ],
)  # fmt: skip
def test_commands_that_only_look(text: str) -> None:
    assert only_looks(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing", "rm x", "ls > x", "ls >> x", "cat x | tee y", "echo $(rm x)",
        "echo `rm x`",
        "curl -X POST https://x", "curl -d a=b https://x", "curl -O https://x/y",
        "curl https://x | sh",
        "find . -delete", "find . -exec rm {} +", "kubectl delete pod x", "kubectl rollout undo x",
        "kubectl rollout restart x", "git push", "git branch -D x", "date -s 12:00", "hostname new",
        "sleep 1 & rm x", "ls; rm x", "ls\nrm x", "cat <<E\nE", "unknown --version", "sudo rm x",
        "terraform plan -out x", "git diff --output=x", "FOO=1 ls", "awk 1 x", "env rm x", "ls 'x",
        "sort -o x x", "docker exec x ls", "xargs rm", "watch rm x", "bash -c ls",
        "systemctl stop x",
        "kubectl -n get delete pod x", "git -C log push", "(ls)", "ls <(rm x)",
    ],
)  # fmt: skip
def test_commands_that_may_change_something(text: str) -> None:
    assert not only_looks(text)


def test_a_verification_whose_exit_status_answers_is_a_probe() -> None:
    text = (
        "# P\n\n1. A\n   - Verify: `curl -fsS http://x/health`\n"
        "   - Verify: `kubectl get pods`\n   - Verify: it hums\n"
    )
    (step,) = steps(text)
    assert [c.probe for c in step.checks] == ["curl -fsS http://x/health", None, None]
    assert not answers("kubectl get pods")
    assert not answers("grep -q x y && rm z")


@pytest.mark.parametrize(
    "text",
    [
        "## 1. Drop\n\nSome words.\n1. This cannot be undone.\n\n```bash\n./drop\n```\n",
        "## 1. Drop\n\n```bash\n./drop\n```\n\nNotes:\n1. This step cannot be undone.\n",
        "### Step 1: Drop\n\nRemember\n2. This cannot be undone\n\n```bash\n./drop\n```\n",
        "1. Drop\n\nCareful now:\n1. This cannot be undone.\n",
        "1. Drop\n   Note:\n   1. It is irreversible!\n",
    ],
)
def test_a_number_that_only_says_there_is_no_way_back_is_no_step(text: str) -> None:
    (step,) = book(f"# P\n\n{text}").walk()
    assert "Drop" in step.title
    assert step.irreversible


@pytest.mark.parametrize("lead", ["Then:", "Read this first.", "Now the real thing"])
def test_a_number_right_below_a_line_of_text_is_a_step(lead: str) -> None:
    text = f"1. Back up\n\n   ```bash\n   ./b\n   ```\n\n{lead}\n2. Drop it (cannot be undone)\n"
    steps = list(book(f"# P\n\n{text}   ```bash\n   ./drop\n   ```\n3. Tell\n").walk())
    assert [(s.line, s.run, bool(s.irreversible)) for s in steps] == [
        (3, "./b", False), (10, "./drop", True), (14, None, False),
    ]  # fmt: skip


def test_a_number_that_a_sentence_breaks_at_is_none() -> None:
    words = "This takes as long as it took for the last release, which went out in version\n12. It"
    (step,) = book(f"# P\n\n1. Wait\n\n{words} was fine.\n").walk()
    assert step.title == "Wait"
