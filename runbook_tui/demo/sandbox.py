"""Makes the sandbox: a bare remote, a working clone and pull-request branches, all real.

Four branches merge cleanly, two conflict with one another, and one of those two breaks the
service once it is deployed.
"""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.session.ports.runner import Runner

SHOP = Path(__file__).parent / "shop"
AUTHOR = {
    "GIT_AUTHOR_NAME": "Harbour", "GIT_AUTHOR_EMAIL": "shop@harbour.example",
    "GIT_COMMITTER_NAME": "Harbour", "GIT_COMMITTER_EMAIL": "shop@harbour.example",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip

README = "# Harbour checkout\n\nWhat a basket costs.\n"
CONFIG = "workers = 4\ncurrency = EUR\n"
TESTS = """\
from checkout import total

assert total([("anchor", 1), ("rope", 3)]) == 6900
print("1 test passed")
"""

OLD_LINE = "    return PRICES[name] * count\n"
SECURITY = """\
    if count < 0 or count > 1000:
        raise ValueError("no basket holds that many")
    return PRICES[name] * count
"""
# Quick, and wrong: nothing ever fills the cache, so the first basket fails.
PERFORMANCE = """\
    return CACHE[name, count]
"""
CACHE = 'PRICES = {"anchor": 4200, "rope": 900, "lamp": 1550}\nCACHE = {}\n'


@frozen
class Sandbox:
    """Where the sandbox is: ``remote`` (bare), ``work`` (a clone on main), ``deployed``."""

    folder: Path
    remote: Path
    work: Path
    deployed: Path


class SandboxFailed(Exception):
    """The sandbox could not be made; the message is what the failing program said."""


def make_sandbox(folder: Path, runner: Runner) -> Sandbox:
    """Make it in an empty folder, with the first revision deployed."""
    sandbox = Sandbox(
        folder=folder,
        remote=folder / "remote.git",
        work=folder / "work",
        deployed=folder / "deployed",
    )
    maker = _Maker(sandbox, runner)
    maker.base()
    maker.branches()
    maker.shell("./deploy main")
    return sandbox


def tree_of(sandbox: Sandbox, runner: Runner) -> str:
    """What the remote's main holds now, as git's name of the tree."""
    return _Maker(sandbox, runner).git("rev-parse", "main^{tree}", cwd=sandbox.remote)


class _Maker:
    def __init__(self, sandbox: Sandbox, runner: Runner) -> None:
        self._sandbox = sandbox
        self._runner = runner
        self._environment = {**os.environ, **AUTHOR}
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            self._environment.pop(name, None)

    def run(self, *argv: str, cwd: Path | None = None) -> str:
        outcome = self._runner.run(
            argv, cwd=str(cwd or self._sandbox.work), environment=self._environment, timeout=60.0
        )
        if outcome.exit != 0:
            raise SandboxFailed(f"{' '.join(argv)}: {outcome.stderr.strip()}")
        return outcome.stdout.strip()

    def git(self, *words: str, cwd: Path | None = None) -> str:
        return self.run("git", *words, cwd=cwd)

    def shell(self, text: str) -> None:
        self.run("sh", "-ec", text)

    def base(self) -> None:
        """The remote, the clone, and main with the shop in it."""
        box = self._sandbox
        box.folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "--bare", "-b", "main", str(box.remote), cwd=box.folder)
        self.git("clone", "-q", str(box.remote), str(box.work), cwd=box.folder)
        self.git("switch", "-q", "-c", "main")
        self.git("config", "user.name", "Ada")
        self.git("config", "user.email", "ada@harbour.example")
        for name in ("checkout.py", "deploy", "probe"):
            target = box.work / name
            target.write_bytes((SHOP / name).read_bytes())
            target.chmod(0o755 if name != "checkout.py" else 0o644)
        (box.work / "README.md").write_text(README)
        (box.work / "service.conf").write_text(CONFIG)
        (box.work / "test_checkout.py").write_text(TESTS)
        self._commit("Harbour checkout 2.3")
        self.git("push", "-q", "-u", "origin", "main")

    def branches(self) -> None:
        """The pull requests of the plan."""
        code = (SHOP / "checkout.py").read_text()
        secure = code.replace(OLD_LINE, SECURITY)
        quick = code.replace(OLD_LINE, PERFORMANCE).replace(CACHE.splitlines()[0] + "\n", CACHE)
        self._branch("pr-docs", "README.md", README + "Prices are in cents.\n")
        self._branch("pr-config", "service.conf", CONFIG.replace("4", "8"))
        more = 'assert total([]) == 0\nprint("2 tests passed")\n'
        self._branch(
            "pr-tests", "test_checkout.py", TESTS.replace('print("1 test passed")\n', more)
        )
        self._branch("pr-tools", "Makefile", "test:\n\tpython3 test_checkout.py\n")
        self._branch("pr-security", "checkout.py", secure)
        self._branch("pr-performance", "checkout.py", quick)
        self.git("fetch", "-q", "origin")

    def _branch(self, name: str, file: str, text: str) -> None:
        self.git("switch", "-q", "-c", name, "main")
        (self._sandbox.work / file).write_text(text)
        self._commit(f"{name}: {file}")
        self.git("push", "-q", "origin", name)
        self.git("switch", "-q", "main")
        self.git("branch", "-q", "-D", name)

    def _commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
