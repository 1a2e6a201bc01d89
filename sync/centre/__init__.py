"""The EOC's receiving side: intake, ledger, registry of stations, board."""
