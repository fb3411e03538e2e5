"""``<!-- runbook: … -->``: keys of TOML in a comment that other readers do not show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Runbook, Step
from runbook_tui.book.reader import read
from tests.fakes.files import read_files

PLAN = """\
# Ship

## Phase 1: Core <!-- runbook: rollback_within="5m" gate={roles=["qa"]} -->

1. **Merge** <!-- runbook: undo="git revert HEAD" verify_undo='test "$A"' estimate=5m -->
   ```bash
   git merge a
   ```
2. **Deploy**
   <!-- runbook:
   undo = "./deploy ${{ old }}"
   outputs = ["old"]
   needs = ["merge"]
   retries = 2
   -->
   ```bash
   ./deploy new
   ```
   - It is up

## Phase 2: Look

1. Look at it
"""


def steps(book: Runbook) -> dict[str, Step]:
    return {s.id: s for s in book.walk()}


def remarks(text: str) -> list[tuple[int, str, str]]:
    return [(f.line, f.severity, f.message) for f in read(text, "p.md").findings
            if f.code == "annotation"]  # fmt: skip


def test_each_says_more_of_what_it_stands_at() -> None:
    book = read(PLAN, "p.md")
    phase, found = book.phases[0], steps(book)
    assert (phase.title, phase.rollback_within) == ("Phase 1: Core", 300.0)
    assert phase.gate is not None
    assert (phase.gate.roles, book.roles["qa"]) == (("qa",), ("*",))
    merge, deploy = found["merge"], found["deploy"]
    assert (merge.title, merge.undo, merge.verify_undo) == (
        "Merge", "git revert HEAD", 'test "$A"',
    )  # fmt: skip
    assert merge.estimate is not None
    assert (deploy.undo, deploy.outputs, deploy.needs, deploy.retries) == (
        "./deploy ${{ old }}", ("old",), ("merge",), 2,
    )  # fmt: skip
    assert [c.title for c in deploy.checks] == ["It is up"]
    assert (book.advised, book.format, book.title) == (True, "markdown", "Ship")
    assert remarks(PLAN) == []
    assert "no-undo" not in {f.code for f in book.findings}


def test_without_them_it_is_the_same_plan() -> None:
    bare = "\n".join(line.split(" <!--")[0] for line in PLAN.split("\n") if "=" not in line
                     or "<!--" in line)  # fmt: skip
    bare = bare.replace("   <!-- runbook:\n", "").replace("   -->\n", "")
    assert "<!--" not in bare
    one, other = read(PLAN, "p.md"), read(bare, "p.md")
    assert [(s.id, s.run, s.checks and s.checks[0].title) for s in one.walk()] == [
        (s.id, s.run, s.checks and s.checks[0].title) for s in other.walk()
    ]


@pytest.mark.parametrize("where", ["before", "between", "above-fence", "below"])
def test_where_it_may_stand(where: str) -> None:
    note = '<!-- runbook: undo="./back" -->'
    at = {"before": "1. A\n\n{}\n2. B\n\n   ```bash\n   ./b\n   ```\n3. C\n",
          "between": "1. A\n{}\n2. B\n\n   ```bash\n   ./b\n   ```\n3. C\n",
          "above-fence": "1. A\n2. B\n\n   {}\n   ```bash\n   ./b\n   ```\n3. C\n",
          "below": "1. A\n2. B\n\n   ```bash\n   ./b\n   ```\n\n{}\n"}  # fmt: skip
    book = read("# T\n\n## P\n\n" + at[where].format(note), "p.md")
    assert {s.title: s.undo for s in book.walk() if s.undo} == {"B": "./back"}


@pytest.mark.parametrize(
    ("said", "severity", "words"),
    [
        ('undoo="x"', "medium", "knows no key “undoo” of a step; did you mean “undo”?"),
        ('depends_on=["a"]', "medium", "say needs = […]"),
        ("retries=many", "medium", "has a “retries” that cannot be"),
        ("undo", "medium", "is not read from “undo” on; write key=value"),
        ('undo="./x ${{ nowhere }}"', "high", "counts for nothing: "),
        ('needs=["nothing"]', "high", "counts for nothing: "),
        ('title="other"', "medium", "knows no key “title”"),
    ],
)
def test_what_is_wrong_in_one_is_a_finding_and_the_rest_counts(
    said: str, severity: str, words: str
) -> None:
    text = f"# T\n\n## P\n\n1. A <!-- runbook: {said} -->\n"
    text += "2. B <!-- runbook: optional=true -->\n"
    ((line, weight, message),) = remarks(text)
    assert (line, weight) == (5, severity)
    assert words in message
    found = steps(read(text, "p.md"))
    assert found["b"].optional
    assert (found["a"].title, found["a"].undo, found["a"].needs) == ("A", None, None)


def test_in_a_fence_it_is_only_shown() -> None:
    said = '   cat <<E\n   <!-- runbook: undo="x" -->\n   E\n'
    text = f"# T\n\n## P\n\n1. A\n\n   ```bash\n{said}   ```\n"
    (step,) = read(text, "p.md").walk()
    assert step.undo is None
    assert "<!-- runbook:" in (step.run or "")


def test_an_overlay_comes_on_top() -> None:
    over = 'format = 1\nextends = "p.md"\n[[phase]]\nid = "phase-1-core"\n[[phase.step]]\n'
    book = read_files({"plan.toml": over + 'id = "merge"\nundo = "other"\n', "p.md": PLAN})
    assert (steps(book)["merge"].undo, steps(book)["deploy"].retries) == ("other", 2)
    assert {s.source for s in book.walk()} == {"p.md"}


FENCE = "# T\n\n## P\n\n1. A\n\n   ```bash {%s}\n   ./a\n   ```\n"


def test_a_block_says_keys_of_its_step() -> None:
    said = 'timeout=5m name=x retries=2 undo="./b {1}" needs=[] expect="up"'
    (step,) = read(FENCE % said, "p.md").walk()
    assert (step.timeout, step.retries, step.undo, step.needs) == (300.0, 2, "./b {1}", ())
    assert step.expect.output == "up"
    assert remarks(FENCE % said) == []


def test_the_same_as_json_with_all_values_as_texts() -> None:
    said = '"id":"01HF","retries":"2","optional":"true","promptEnv":"no","undo":"./b"'
    (step,) = read(FENCE % said, "p.md").walk()
    assert (step.retries, step.optional, step.undo) == (2, True, "./b")
    assert remarks(FENCE % said) == []


def test_what_a_block_says_in_vain_is_a_finding() -> None:
    ((line, _, message),) = remarks(FENCE % "retrys=2 timeout=5m")
    assert (line, message) == (
        7,
        "the block knows no key “retrys” of a step; did you mean “retries”?",
    )


@pytest.mark.parametrize("comment", ['expected_similarity="[0-9]+ up"', "expected: [0-9]+ up"])
def test_a_pattern_before_an_output_is_what_the_step_must_put_out(comment: str) -> None:
    text = FENCE % "timeout=5m" + f"\n   <!-- {comment} -->\n   ```text\n   3 up\n   ```\n"
    (step,) = read(text, "p.md").walk()
    assert step.expect.output == "[0-9]+ up"
    similar = text.replace(comment, "expected_similarity=0.3")
    assert [s.expect.output for s in read(similar, "p.md").walk()] == [None]
    assert [severity for _, severity, _ in remarks(similar)] == ["info"]


@given(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60),
    st.sampled_from(["undo=", "", "gate=", "checks=", "env=", "expect=", "host=", "when="]),
)
def test_whatever_is_said_the_plan_is_read(words: str, key: str) -> None:
    book = read(f"# T\n\n## P\n\n1. A <!-- runbook: {key}{words} -->\n2. B\n", "p.md")
    assert [s.title for s in book.walk()][-1] == "B" or "-->" in words or "```" in words
    read(FENCE % (key + words), "p.md")
