"""``vssid``, and ``python -m gateway``."""

from __future__ import annotations

import os

from gateway.commands.installation import Installation
from gateway.commands.root import vssid


def main() -> None:
    """Run the command line."""
    vssid()(prog_name="vssid", obj=Installation(os.environ))


if __name__ == "__main__":
    main()
