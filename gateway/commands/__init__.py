"""The ``vssid`` command: serve, migrate, fill with demo data, publish the contract, and tell what is wrong."""
