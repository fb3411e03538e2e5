"""What counts as a line that says that something went wrong."""

from __future__ import annotations

import time

import pytest

from runbook_tui.command.error_lines import first_error, is_error

ERRORS = [
    "error: it broke",
    "main.c:12:3: error: expected ';' before '}' token",
    "src/lib.rs: error[E0308]: mismatched types",
    "app.ts(3,1): error TS2304: Cannot find name 'x'.",
    "fatal: not a git repository (or any of the parent directories): .git",
    "Traceback (most recent call last):",
    "ValueError: invalid literal for int()",
    "sqlalchemy.exc.OperationalError: (psycopg2) no connection",
    'Exception in thread "main" java.lang.NullPointerException: oh',
    "Caused by: java.io.IOException: gone",
    "Uncaught TypeError: x is not a function",
    "UnhandledPromiseRejectionWarning: Unhandled promise rejection.",
    "panic: runtime error: index out of range [3] with length 3",
    "goroutine 1 [running]:",
    "error: no such host",
    "\x1b[1m\x1b[31mE       assert 1 == 2\x1b[0m",
    "\x1b[31merror\x1b[0m: it broke",
    "E       assert 1 == 2",
    "FAILED tests/test_a.py::test_b - assert 1 == 2",
    "--- FAIL: TestThing (0.00s)",
    "not ok 3 - the third",
    "npm ERR! code ELIFECYCLE",
    "make: *** [Makefile:3: all] Error 2",
    "make[1]: *** No rule to make target 'x'.  Stop.",
    "E: Unable to locate package nosuch",
    "CONFLICT (content): Merge conflict in a.txt",
    " ! [rejected]        main -> main (fetch first)",
    "bash: nosuch: command not found",
    "cat: x: No such file or directory",
    "bash: ./a: Permission denied",
    "Segmentation fault (core dumped)",
    "the command exited with 3",
    "Process completed with exit code 1.",
    "exit status 2",
    "curl: (7) Failed to connect: Connection refused",
    "curl: (6) Could not resolve host: nosuch",
    "2026-11-26 00:00:00 ERROR [main] it broke",
    "2026-11-26T00:00:00Z | FATAL | it broke",
    "[ERROR] Failed to execute goal",
    "ts=1 level=error msg=oh",
    '{"level":"info","error":"no route to host"}',
    "E1126 00:00:00.000000       1 main.go:3] it broke",
    "3 errors generated.",
    "1 failed, 4 passed in 0.1s",
    "Tests run: 3, Failures: 1, Skipped: 0",
    "  ✗ the page loads",
    "BUILD FAILED in 3s",
    "No space left on device",
]
NO_ERRORS = [
    "",
    "all good",
    "0 errors, 0 warnings",
    "no errors",
    "Tests run: 3, Failures: 0, Errors: 0, Skipped: 0",
    "0 failed, 5 passed",
    "exit status 0",
    "exited with code 0",
    "Process completed with exit code 0.",
    '{"error": null, "ok": true}',
    '{"error":"","ok":true}',
    "error=none",
    "cc -Werror -c a.c",
    "rotating /var/log/error.log",
    "src/errors.py: formatted",
    "std::error::Error",
    "error handling was improved",
    "the line above says error",
    "ERRORS: 0",
    "ok 3 - error is reported",
    "Everything up-to-date",
    "information: nothing to do",
    "terrors of the night",
]


@pytest.mark.parametrize("line", ERRORS)
def test_it_says_that_something_went_wrong(line: str) -> None:
    before = "\n".join(NO_ERRORS)
    assert first_error(f"{before}\n{line}\nerror: another".encode()) == len(NO_ERRORS)


@pytest.mark.parametrize("line", NO_ERRORS)
def test_it_does_not(line: str) -> None:
    assert not is_error(line)
    assert first_error(line.encode()) is None


@pytest.mark.parametrize("text", ["a.", " ", "a: ", "error ", "exit ", "***", "E   "])
def test_no_output_takes_long(text: str) -> None:
    began = time.process_time()
    first_error((text * 200_000)[:500_000].encode())
    first_error(f"{text}\n".encode() * 20_000)
    assert time.process_time() - began < 2
