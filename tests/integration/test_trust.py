"""Whose plan it is, and what was trusted: by content, for each user apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runbook_tui.session.plan_files import read_files, with_signers
from runbook_tui.session.trust import Trust

PLAN = (
    'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "S"\nrun = "true"\n'
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    path.chmod(0o644)
    return path


def test_a_file_of_one_s_own_is_trusted_by_naming_it(plan: Path) -> None:
    assert read_files(plan).elsewhere == ()


@pytest.mark.parametrize(("mode", "words"), [(0o646, "by everybody"), (0o666, "by everybody")])
def test_one_that_others_can_write_is_not(plan: Path, mode: int, words: str) -> None:
    plan.chmod(mode)
    (why,) = read_files(plan).elsewhere
    assert str(plan) in why
    assert words in why


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_nor_is_one_of_another_owner_or_a_group_s(plan: Path) -> None:
    os.chown(plan, -1, 65101)
    plan.chmod(0o664)
    assert "by the group 65101" in read_files(plan).elsewhere[0]
    os.chown(plan, 65102, -1)
    plan.chmod(0o600)
    assert "belongs to user 65102" in read_files(plan).elsewhere[0]


def test_what_it_takes_in_and_whose_keys_count_is_looked_at_too(plan: Path) -> None:
    part, signers = plan.with_name("part.toml"), plan.with_name("signers")
    part.write_text(PLAN.replace('"P"', '"Q"'), encoding="utf-8")
    signers.write_text("", encoding="utf-8")
    policy = '[policy]\nallowed_signers = "signers"\n'
    plan.write_text('format = 1\nextends = "part.toml"\n' + policy, encoding="utf-8")
    before = with_signers(plan, read_files(plan)).trusted_as
    for path in (part, signers):
        path.chmod(0o646)
    found = with_signers(plan, read_files(plan))
    assert [str(part) in found.elsewhere[0], str(signers) in found.elsewhere[1]] == [True, True]
    assert found.trusted_as == before
    signers.write_text("somebody", encoding="utf-8")
    assert with_signers(plan, read_files(plan)).trusted_as != before


def test_it_is_remembered_by_content(plan: Path, tmp_path: Path) -> None:
    trust = Trust(tmp_path / "home")
    digest = read_files(plan).trusted_as
    assert not trust.knows(digest)
    trust.remember(digest, "a title\nwith lines")
    trust.remember("0" * 64, "another")
    assert trust.knows(digest)
    assert not trust.knows(digest[:16])
    plan.write_text(PLAN.replace("true", "false"), encoding="utf-8")
    assert not trust.knows(read_files(plan).trusted_as)


def test_a_list_that_others_could_have_written_counts_for_nothing(tmp_path: Path) -> None:
    trust = Trust(tmp_path / "home")
    trust.remember("a" * 64, "T")
    file = tmp_path / "home" / "trusted" / str(os.geteuid())
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o620)
    assert not trust.knows("a" * 64)
    trust.remember("b" * 64, "T")
    assert (trust.knows("a" * 64), trust.knows("b" * 64)) == (False, True)
    other = tmp_path / "other"
    file.rename(other)
    file.symlink_to(other)
    assert not trust.knows("b" * 64)
    trust.remember("c" * 64, "T")
    assert trust.knows("c" * 64)
    assert "c" * 64 not in other.read_text(encoding="utf-8")
