"""Harbour's service: serves what is deployed, and says how well it does.

``python -m runbook_tui.demo.service FOLDER`` listens on a free port of the loopback address and
writes it to ``FOLDER/service.port``. ``/health`` and ``/metrics`` really price baskets with the
code in ``FOLDER/deployed/current``; nothing is remembered between two requests.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BASKETS: tuple[tuple[list[tuple[str, int]], int], ...] = (
    ([("anchor", 1)], 4200),
    ([("rope", 2), ("lamp", 1)], 3350),
    ([], 0),
    ([("lamp", 3)], 4650),
)


def price(folder: Path) -> tuple[int, str]:
    """How many of the baskets the deployed code prices right, and its last complaint."""
    try:
        code = runpy.run_path(str(folder / "deployed" / "current" / "checkout.py"))
    except Exception as error:  # noqa: BLE001  whatever deployed code does, it is unhealthy
        return 0, f"does not load: {error!r}"
    good, complaint = 0, ""
    for basket, expected in BASKETS:
        try:
            found = code["total"](basket)
        except Exception as error:  # noqa: BLE001  as above
            complaint = f"a basket fails: {error!r}"
            continue
        if found == expected:
            good += 1
        else:
            complaint = f"a basket costs {found}, not {expected}"
    return good, complaint


def answers(folder: Path) -> dict[str, Callable[[], tuple[int, str]]]:
    """What each address answers: status and text."""

    def version() -> tuple[int, str]:
        place = (folder / "deployed" / "current").resolve()
        revision = (place / "REVISION").read_text().strip()
        return 200, f"checkout deployment {place.name} at {revision[:10]}"

    def health() -> tuple[int, str]:
        good, complaint = price(folder)
        well = good == len(BASKETS)
        return (200, "ok") if well else (503, f"{good} of {len(BASKETS)} baskets: {complaint}")

    def metrics() -> tuple[int, str]:
        rate = 100.0 * price(folder)[0] / len(BASKETS)
        return 200, f"# TYPE checkout_success_percent gauge\ncheckout_success_percent {rate}"

    return {"/": version, "/health": health, "/metrics": metrics}


def serve(folder: Path) -> None:
    """Serve until killed, or until the folder is gone."""
    known = answers(folder)

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_GET(self) -> None:
            answer = known.get(self.path)
            status, text = answer() if answer else (404, "there is nothing here")
            body = (text + "\n").encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            sys.stdout.write(f"{self.requestline} {args[1] if len(args) > 1 else ''}\n")
            sys.stdout.flush()

    class Server(ThreadingHTTPServer):
        """Ends by itself once its sandbox is thrown away."""

        def service_actions(self) -> None:
            if not folder.exists():
                raise SystemExit(0)

    with Server(("127.0.0.1", 0), Handler) as server:
        port = folder / "service.port"
        temporary = folder / ".service.port"
        temporary.write_text(str(server.server_port))
        temporary.replace(port)
        server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
