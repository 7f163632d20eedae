"""The page at ``/dev/inbox``: plain HTML without a script, for any browser and any reader."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from html import escape
from typing import Any, Final

VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))

STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
body { color: #1a1a1a; background: #fff }
article { border: 1px solid #767676; border-radius: .5rem; padding: 0 1rem; margin: 1rem 0 }
h2 { font-size: 1.1rem } pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }
a { color: #0b4f9e } a:focus { outline: 3px solid #0b4f9e; outline-offset: 2px }
@media (prefers-color-scheme: dark) {
  body { color: #f2f2f2; background: #16181c }
  a, a:focus { color: #9cc9ff; outline-color: #9cc9ff }
}
"""

HEADERS: Final = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Nothing runs on the page, nothing is loaded, nobody frames it, and no cache keeps it."""


def page(rows: Sequence[Any]) -> str:
    """The page with these messages."""
    shown = (
        "\n".join(map(_article, rows))
        or "<p>No message yet. Those of the last days are shown, the newest first.</p>"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inbox of this development gateway</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>Development inbox</h1>
<p>What this gateway would have sent by SMS and e-mail, the newest first. <a href="/dev/inbox">Look again</a></p>
</header>
<main aria-label="Messages">
{shown}
</main>
</body>
</html>
"""


def _article(row: Any) -> str:
    moment = row.delivered_at.astimezone(VIETNAM)
    title = f"{row.channel.value} to {row.recipient}"
    subject = f"<p><strong>{escape(row.subject)}</strong></p>\n" if row.subject else ""
    return f"""<article>
<h2>{escape(title)}</h2>
<p><time datetime="{moment.isoformat(timespec="seconds")}">{moment:%d/%m/%Y %H:%M:%S}</time>, {escape(row.purpose)}</p>
{subject}<pre lang="vi">{escape(row.text)}</pre>
</article>"""
