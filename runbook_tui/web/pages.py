"""What a browser is sent beside the screen: three small pages, and what they may load. Pure.

Nothing in them runs but the terminal's script and one of ours: no line of script stands in a page,
and the policy lets none run that does.
"""

from __future__ import annotations

from html import escape

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'",
    "font-src 'self'", "img-src 'self' data:", "connect-src 'self' {socket}", "base-uri 'none'",
    "form-action 'none'", "frame-ancestors 'none'",
))  # fmt: skip
"""The terminal sets styles on its own cells, hence the one thing that stands inline."""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body>{body}</body></html>
"""
ASSETS = (
    '<link rel="preload" href="mono.ttf" as="font" type="font/ttf" crossorigin>'
    '<link rel="stylesheet" href="xterm.css"><link rel="stylesheet" href="page.css">'
)


def headers(socket: str = "") -> dict[str, str]:
    """The headers of every answer; ``socket`` is where the page may connect to."""
    return {
        "Content-Security-Policy": POLICY.format(socket=socket).replace(" ;", ";"),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cache-Control": "no-store",
        "Server": "runbook",
    }


def refused(why: str, onward: str = "") -> str:
    """Why a page is not shown; ``onward`` is where to go on, if anywhere."""
    link = f'<p><a href="{escape(onward)}">Go on in this browser</a></p>' if onward else ""
    body = f'<main class="said"><h1>Not let in</h1><p>{escape(why)}</p>{link}</main>'
    return PAGE.format(title="Not let in", head=STYLE, body=body)


def welcome(name: str, onward: str) -> str:
    """After a link was taken: goes on by itself, from a page of this place.

    A cookie that is kept from other pages is not sent along when one of these (a mail, a chat) has
    sent the browser here, not even after a redirection; but with what this page asks for it is.
    """
    where = escape(onward)
    head = f'<meta http-equiv="refresh" content="0;url={where}">{STYLE}'
    body = (
        f'<main class="said"><h1>Welcome, {escape(name)}</h1>'
        f'<p><a href="{where}">To the run</a></p></main>'
    )
    return PAGE.format(title="Runbook", head=head, body=body)


def screen(title: str, who: str, socket: str) -> str:
    """The page with the terminal in it, which connects to ``socket``."""
    body = (
        f'<div class="dialog wait"><p>Opening the run as {escape(who)} …</p></div>'
        '<div class="dialog closed"><p>This screen has closed.</p>'
        "<p>What goes on in the run goes on without it.</p>"
        '<p><a href="./">Open it again</a></p></div>'
        f'<div class="textual-terminal" data-session-websocket-url="{escape(socket)}"'
        ' data-font-size="15"></div>'
    )
    head = f'{ASSETS}<script src="textual.js"></script><script src="page.js"></script>'
    return PAGE.format(title=escape(title), head=head, body=body)


STYLE = (
    "<style>body{background:#0c181f;color:#dfe7ec;font:16px/1.5 system-ui,sans-serif;margin:0}"
    ".said{max-width:36em;margin:15vh auto;padding:0 1em}a{color:#7fc8ff}</style>"
)
