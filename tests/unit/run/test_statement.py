"""What a key signs: golden texts that no later version may change, or old signatures are lost."""

from __future__ import annotations

import base64

import pytest

from runbook_tui.run.events import Actor, RunSealed, SignoffGiven
from runbook_tui.run.statement import fingerprint, principal, statement

GRACE = Actor(name="Grace “G” Hopper", email="grace@example.com", user="grace", host="lab")
GIVEN = SignoffGiven(node="core", role="cto", decision="approved", comment='fine, "really"\n',
                     signed_digest="d1", kind="gate", signature="whatever it is")  # fmt: skip
SIGNATURE = """\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg0D3M30TJB6oj0/GYsEPklV2ltK
FTu4ukD6/u5vxzm30AAAACbnMAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVkMjU1MTkA
AABAtZs9o0p2o6hulu8PX5TPPTCQ1QCTBFxjdjcocfyiklyba9zC3pOAQB/1U2ZOWSmDgN
tO0DL8tOpAfxsOedchDA==
-----END SSH SIGNATURE-----
"""


def test_the_text_is_this_and_no_other() -> None:
    assert statement("ab" * 32, "7f3a", 12, None, GRACE, GIVEN) == (
        "abababababababababababababababababababababababababababababababab\n"
        '{"actor":{"email":"grace@example.com","host":"lab","name":"Grace “G” Hopper",'
        '"user":"grace"},"data":{"comment":"fine, \\"really\\"\\n","decision":"approved",'
        '"kind":"gate","node":"core","role":"cto","signed_digest":"d1"},"run":"7f3a","seq":12,'
        '"step":null,"type":"signoff.given"}\n'
    )
    sealed = RunSealed(head="cd" * 32, events=11, signature="s")
    assert statement("cd" * 32, "7f3a", 12, None, GRACE, sealed).endswith(
        f'"data":{{"events":11,"head":"{"cd" * 32}"}},"run":"7f3a","seq":12,"step":null,'
        '"type":"run.sealed"}\n'
    )


def test_every_part_of_it_is_signed() -> None:
    texts = {
        statement("ab" * 32, "7f3a", 12, None, GRACE, GIVEN),
        statement("cd" * 32, "7f3a", 12, None, GRACE, GIVEN),
        statement("ab" * 32, "7f3b", 12, None, GRACE, GIVEN),
        statement("ab" * 32, "7f3a", 13, None, GRACE, GIVEN),
        statement("ab" * 32, "7f3a", 12, "a", GRACE, GIVEN),
        statement("ab" * 32, "7f3a", 12, None, Actor(name="Eve"), GIVEN),
        statement("ab" * 32, "7f3a", 12, None, GRACE, SignoffGiven(node="core", role="cto", decision="rejected")),  # noqa: E501
    }  # fmt: skip
    assert len(texts) == 7


def test_a_key_is_named_as_ssh_names_it() -> None:
    assert fingerprint(SIGNATURE) == "SHA256:7zXQhi31YMp9WCdOXcgRDKtzLTTabhUQRFvjj2TQxJE"


@pytest.mark.parametrize("text", [
    "", "x", "-----BEGIN SSH SIGNATURE-----\n%%\n-----END SSH SIGNATURE-----",
    base64.b64encode(b"SSHSIG").decode(), base64.b64encode(b"SSHSIG" + bytes(8)).decode(),
    base64.b64encode(b"SSHSIG\0\0\0\1\xff\xff\xff\xffkey").decode(),
])  # fmt: skip
def test_what_is_no_signature_has_no_key(text: str) -> None:
    assert fingerprint(text) == ""


def test_a_person_is_known_by_their_mail_without_one_by_name() -> None:
    assert principal(GRACE) == "grace@example.com"
    assert principal(Actor(name="Ada")) == "Ada"
