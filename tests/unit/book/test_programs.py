"""Which programs a text certainly needs: in doubt nothing is named."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.shell.programs import BUILTINS, programs


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("kubectl rollout undo deploy/shop", ("kubectl",)),
        ("set -euo pipefail\nexport A=b\ncd shop && terraform \\\n  apply", ("terraform",)),
        ('OLD="$(cat old)" ./deploy --to "$(cat old)" > log 2>&1', ("./deploy",)),
        ("set -o pipefail; dump | psql -f - # restore\nsudo -n halt y", ("dump", "psql", "sudo")),
        ("cd shop || exit 1\nhelm rollback shop", ("helm",)),
        ("if test -e x; then rm x; fi; touch y", ("touch",)),
        ("/opt/shop/undo --all", ("/opt/shop/undo",)),
        ('"kubectl" get', ("kubectl",)),
    ],
)
def test_what_runs_in_any_case_is_named(text: str, named: tuple[str, ...]) -> None:
    assert programs(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "kubectl delete x || true",
        "test -e x && kubectl delete -f x",
        "if kubectl get x; then kubectl delete x; fi",
        "command -v kubectl || exit 0\nkubectl delete x",
        "kubectl() { echo; }\nkubectl delete x",
        ". ./env.sh\nkubectl delete x",
        "PATH=/opt/bin:$PATH\nkubectl delete x",
        "export PATH=/opt/bin\nkubectl delete x",
        "$tool delete x\nkubectl delete x",
        "cat <<END\nkubectl delete x\nEND",
        "echo 'kubectl delete x; helm y'",
        'echo "kubectl delete x; helm y"',
        "echo $(kubectl get x)",
        "! kubectl get x",
        "kubectl get x &",
        "cd shop && ./undo",
        "exit 0\nkubectl delete x",
        "curl() { :; }; curl x",
        "alias k=kubectl\nk get x",
        "${{ tool }} get x",
        "case x in x) kubectl;; esac",
        "[[ -e x && kubectl ]]",
        "kubectl 'open",
    ],
)
def test_in_doubt_nothing_is_named(text: str) -> None:
    assert not {"kubectl", "helm", "./undo", "k", "curl"} & {*programs(text)}


def test_what_the_text_may_have_made_is_not_missed() -> None:
    assert programs("fetch undo.sh /tmp/undo\n/tmp/undo") == ("fetch",)
    assert programs("unpack\n/opt/new/undo") == ("unpack",)


def test_of_another_language_nothing_is_known() -> None:
    assert programs("kubectl get", ("python3", "-c")) == ()
    assert programs("kubectl get", ("/usr/bin/dash", "-c")) == ("kubectl",)


def test_where_a_failure_does_not_end_the_text_only_the_last_is_needed() -> None:
    assert programs("a; b | c", ("bash", "-c")) == ("c",)
    assert programs("set -e\na; b | c", ("bash", "-c")) == ("a", "c")
    assert programs("a; b | c", ("bash", "-eo", "pipefail", "-c")) == ("a", "b", "c")


def test_every_builtin_of_the_shell_is_known() -> None:
    asked = subprocess.run(["bash", "-c", "compgen -b"], capture_output=True, text=True, check=True)
    assert {*asked.stdout.split()} <= BUILTINS


PARTS = st.sampled_from(
    ["kubectl", "a", "b", "'a b'", '"x; kubectl y"', "'kubectl'z", "if", "then", "fi", "while",
     "do", "done", "for", "in", "{", "}", "(", ")", ";", "\n", "&&", "||", "|", "&", "!", "$x",
     "$(a)", "`b`", ">f", "2>&1", "<", "<<E", "cd", "echo", "exit", "test", "A=b", "PATH=x",
     "\\\n", "#", " ", "case", "esac", "function", "f()", "eval", "set", "-e", "[", "]", "[["]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_and_no_builtin_is_named(text: str) -> None:
    for name in programs(text):
        assert name not in BUILTINS


@given(st.text(alphabet='ab;&|\n $`"\\x>', max_size=30).filter(lambda t: "'" not in t))
def test_no_word_inside_quotes_is_named(inside: str) -> None:
    assert programs(f"echo '{inside}'") == ()
    assert programs(f"one '{inside}'") == ("one",)
