"""What a person has to fill in before a command can run: found as written, and nothing else."""

from __future__ import annotations

import pytest

from runbook_tui.book.parameters import fill_in
from runbook_tui.book.reader import read
from tests.unit.book.markdown_plans import book, codes, steps


def names(command: str, *, before: str = "", label: str = "bash") -> list[str]:
    """Names of the values that a command asks for."""
    text = f"# P\n\n{before}1. A\n\n   ```{label}\n"
    text += "".join(f"   {line}\n" for line in command.split("\n")) + "   ```\n"
    return [p.name for p in book(text).parameters]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("ship <TAG>", ["TAG"]),
        ("ship <mill-name> <mill_name>", ["mill-name", "mill_name"]),
        ("ship <NAME OF THE MILL> <path/to/file>", ["NAME OF THE MILL", "path/to/file"]),
        ("ship <磨坊名>", ["磨坊名"]),
        ("ship {{ tag }} {{tag | upper}}", ["tag", "{{tag | upper}}"]),
        ("ship [mill_name] --port=[port] [Full Name]", ["mill_name", "port", "Full Name"]),
        ("[mill_tool] ship", ["mill_tool"]),
        ("git checkout vX.Y && git tag X.Y.Z-rc.W", ["X.Y", "X.Y.Z-rc.W"]),
        ("ship YYYY-MM-DD; ship YYYYMMDD_HHMMSS", ["YYYY-MM-DD", "YYYYMMDD_HHMMSS"]),
        ("ship YOUR_TAG your-mill-name", ["YOUR_TAG", "your-mill-name"]),
        ('curl "$HOST/x/${PORT}"', ["HOST", "PORT"]),
        ("ship ${TAG:?say which}", ["TAG"]),
    ],
)
def test_placeholders_have_the_name_that_people_gave_them(command: str, found: list[str]) -> None:
    assert names(command) == found


@pytest.mark.parametrize(
    "command",
    [
        "mysql mill <dump.sql 2>err", "cat <in >out", "cat <<EOF >out\nx\nEOF",
        "docker ps --format '{{.Names}}'", "ls [a-z]* file[123]", "[ -f x ] && ls",
        "cat <<E > my.cnf\n[mysqld]\nE", "echo '[ERROR] x'", "mill [options]", "date +%Y-%m-%d",
        "a[key]=1; echo ${a[key]}", "kubectl get <none>",
    ],
)  # fmt: skip
def test_what_only_looks_like_one(command: str) -> None:
    assert names(command) == []


@pytest.mark.parametrize(
    "command",
    [
        "TAG=1; ship $TAG", "export TAG=$(ship new)\nship $TAG", "for t in a b; do ship $t; done",
        'read -r -p "Which? " TAG; ship $TAG', "while read a b; do ship $a$b; done",
        "ship ${TAG:-new} ${TAG-x}", "ship '$TAG' \\$TAG", "awk '{print $NF}'", "cd $HOME; $PWD",
        "# $TAG\ntrue", ". ./env.sh\nship $TAG", "cat <<'E'\n$TAG\nE", "mapfile -t TAGS; $TAGS",
        "echo $1 $? $$ $(date)",
    ],
)  # fmt: skip
def test_variables_that_the_plan_sets_are_none(command: str) -> None:
    assert names(command) == []


def test_a_variable_that_another_block_sets_is_none() -> None:
    assert names("ship $TAG", before="```bash\nexport TAG=1\n```\n\n") == []
    assert names("ship $TAG", before="Say `export TAG=1` first.\n\n") == []
    assert names("ship $TAG", before="```powershell\n$env:OTHER\n```\n\n") == ["TAG"]


def test_a_variable_that_another_step_sets_and_does_not_hand_on_is_told_to_be_empty() -> None:
    one = "## Step {n}: S{n}\n\n```bash\n{code}\n```\n\n"
    text = "# P\n\n" + one.format(n=1, code="export TOKEN=$(ship new)\nTAG=$TOKEN")
    text += one.format(n=2, code="ship $TAG $HOME") + one.format(n=3, code="TAG=2\nship $TAG")
    (finding,) = [f for f in book(text).findings if f.code == "variable-not-carried"]
    assert (finding.line, finding.related_line) == (12, 5)
    assert "$TAG:" in finding.message


def test_blocks_of_one_step_share_their_variables() -> None:
    block = "   ```bash\n   {}\n   ```\n\n"
    text = "# P\n\n1. A\n\n" + block.format("TAG=1") + block.format("ship $TAG")
    assert "variable-not-carried" not in dict(codes(text))


def test_a_variable_that_smells_of_a_secret_is_one_from_the_environment() -> None:
    (parameter,) = book("# P\n\n1. A\n\n   ```bash\n   ship $MILL_TOKEN\n   ```\n").parameters
    assert parameter.secret is not None
    assert parameter.secret.env == "MILL_TOKEN"
    assert not parameter.declared  # So it is asked for where it is used, not at the start.


def test_placeholders_in_commands_that_a_person_types_are_shown_too() -> None:
    text = "# P\n\n1. A\n2. Look with `kubectl get pod <pod-name>`\n3. Run `DROP ROLE [old_role]`\n"
    assert [(p.name, p.lines) for p in book(text).parameters] == [
        ("pod-name", (4,)), ("old_role", (5,)),
    ]  # fmt: skip


def test_values_come_where_their_marks_stand_and_nowhere_else() -> None:
    marks = {"$NS": "NS", "X.Y": "X.Y", "<pod-name>": "pod-name", "<pod_name>": "pod_name"}
    values = {"NS": "a b", "X.Y": "1.2", "pod-name": "p", "pod_name": "q"}
    text = 'k -n $NS "${NS}" $NSX \\$NS vX.Y X.Y.Z <pod-name> <pod_name>'
    filled = fill_in(text, values, placeholders=marks)
    assert filled.text == "k -n 'a b' \"a b\" $NSX \\$NS v1.2 1.2.Z p q"


def test_a_placeholder_of_any_name_can_be_described_in_toml() -> None:
    plan = "# P\n\n1. A\n\n   ```bash\n   ship <mill-name>\n   ```\n"
    toml = 'format = 1\ntitle = "T"\nextends = "p.md"\n[parameters.mill-name]\ndefault = "x"\n'
    read_ = read(toml, "p.toml", load={"p.md": plan}.__getitem__)
    (parameter,) = read_.parameters
    assert (parameter.name, parameter.default, parameter.placeholder) == (
        "mill-name", "x", "<mill-name>",
    )  # fmt: skip


def test_it_can_be_described_under_the_name_of_a_variable_too() -> None:
    plan = "# P\n\n1. A\n\n   ```bash\n   ship <mill-name>\n   ```\n"
    toml = 'format = 1\ntitle = "T"\nextends = "p.md"\n[parameters.mill_name]\ndefault = "x"\n'
    (parameter,) = read(toml, "p.toml", load={"p.md": plan}.__getitem__).parameters
    assert (parameter.name, parameter.placeholder) == ("mill_name", "<mill-name>")


def test_bullets_that_are_nothing_but_commands_are_run_together() -> None:
    (step,) = steps("# P\n\n- [ ] Ship vX.Y\n  - `git tag vX.Y`\n  - Run `git push origin vX.Y`\n")
    assert (step.run, step.checks) == ("git tag vX.Y\ngit push origin vX.Y", ())


def test_commands_among_other_bullets_are_boxes_to_tick_by_hand() -> None:
    (step,) = steps("# P\n\n1. Ship\n   - `git diff`\n   - Read it\n   - `git push`\n")
    assert step.run is None
    assert [c.title for c in step.checks] == ["git diff", "Read it", "git push"]


def test_under_a_box_bullets_without_one_are_notes() -> None:
    (step,) = steps("# P\n\n- [ ] Ship\n  - `git push`\n  - All is zero\n  - Verify: it hums\n")
    assert (step.run, [c.title for c in step.checks]) == (None, ["Verify: it hums"])
    assert "All is zero" in step.text


def test_what_stands_below_a_bullet_is_not_lost() -> None:
    text = "# P\n\n1. Ship\n   - Tag it:\n     - `git tag a`\n   - Ask\n     - [ ] Ann\n   - Wait\n"
    ship, tag, ask, ann = steps(text)
    assert [(s.title, s.run) for s in (tag, ask, ann)] == [
        ("Tag it", "git tag a"), ("Ask", None), ("Ann", None),
    ]  # fmt: skip
    assert [c.title for c in ship.checks] == ["Wait"]
    assert "passed-over" not in dict(codes(text))


def test_a_fence_that_is_indented_too_far_is_a_fence_still() -> None:
    text = "# P\n\n- [ ] Ship\n\n      ```bash\n      ./ship\n      ```\n"
    (step,) = steps(text)
    assert step.run == "./ship"


def test_what_stands_behind_a_fence_that_is_indented_too_far_is_no_part_of_it() -> None:
    fence = "      ```bash\n      ./ship\n      ```\n      - `git push`\n"
    text = f"# P\n\n- [ ] Ship\n\n{fence}\n- [ ] b\n"
    (step, _) = steps(text)
    assert step.run == "./ship\ngit push"
    assert [(c.line, c.text) for c in book(text).commands] == [(5, "./ship")]
