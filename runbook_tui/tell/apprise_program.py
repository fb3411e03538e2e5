"""A program of its own that tells one thing to one address of Apprise: ``python -m`` this.

The package is large and reaches everywhere; here it can hold up nothing, is not even loaded in the
program that leads, and is ended by its time limit. The address comes by the standard input, since
it is a secret; nothing that the package says goes out, since it may quote it.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

SENT, MISSING, UNKNOWN, FAILED = 0, 3, 4, 5
KINDS = {"overrun": "warning", "gate": "failure", "stage": "failure"}
"""What sort of news an alarm is to Apprise."""
OVER = "success"


def main() -> int:
    """Tell it; the exit status says how that went."""
    logging.disable(logging.CRITICAL)
    asked = json.load(sys.stdin)
    try:
        import apprise
    except ModuleNotFoundError:
        return MISSING
    service = service_for(str(asked["url"]), str(asked["key"]))
    if service is None:
        return UNKNOWN
    told = apprise.Apprise(asset=service.asset)
    told.add(service)
    kind = OVER if asked["over"] else KINDS.get(asked["kind"], "failure")
    # As plain text: no service may read marks, links or code in it.
    sent = told.notify(
        body=asked["text"], title=asked["title"], notify_type=kind,
        body_format=apprise.NotifyFormat.TEXT,
    )  # fmt: skip
    return SENT if sent else FAILED


def service_for(url: str, key: str) -> Any:
    """What reaches an address; None where nothing known does.

    PagerDuty gets one incident for an alarm, by its key, which ends with the alarm.
    """
    import apprise

    asset = apprise.AppriseAsset(
        app_id="runbook", app_desc="alarms of runbook", app_url="", image_url_mask="",
        image_url_logo="", secure_logging=True, async_mode=False, storage_mode="memory",
    )  # fmt: skip
    service: Any = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is not None:
        # What was sent to one address is not meant for another.
        service.redirects = False
    if service is not None and "dedup" in type(service).template_args:
        service.dedup, service.action, service.include_image = key, "map", False
    return service


if __name__ == "__main__":
    sys.exit(main())
