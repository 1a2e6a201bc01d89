"""`station trust`: which signers are believed, how old that knowledge is, and taking in newer lists."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from station.certificates.trust import files
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle
from station.certificates.trust.importing import import_sources
from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show, writing

app = typer.Typer(help="Signers that are believed, and what they revoked.", no_args_is_help=True)


@app.command("import")
def import_lists(
    sources: Annotated[list[str], typer.Argument(help="Lists, bundles or folders; a card issuer's set: ADDRESS=FILE.")],
    into: Annotated[Path, typer.Option("--into", help="The station's trust folder.")],
    test: Annotated[bool, typer.Option("--test", help="Keep known test keys: for a demonstration only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take in lists and put them in force; what was in force stays if anything is wrong with them."""
    with writing(into):
        report = import_sources(sources, into, now=datetime.now(UTC), allow_test=test)
    done = report.installed
    if as_json:
        counts = {scheme.value: count for scheme, count in done.signers.items()} if done else {}
        version = done.version if done else None
        show({"version": version, "signers": counts, "revoked": report.revoked, "left_out": dict(report.left_out)})
        return
    if done is not None:
        said = ", ".join(f"{scheme.value} {count}" for scheme, count in sorted(done.signers.items()))
        print(f"Version {done.version} is in force: {said}." if done.changed else "It was in force already.")
    if report.revoked:
        print(f"{report.revoked} revocations were taken in.")
    for why, count in sorted(report.left_out.items()):
        print(f"  {count} left out: {why}")


@app.command("show")
def show_trust(
    paths: Annotated[list[Path] | None, typer.Argument(help="Trust folders or files; else the profile's.")] = None,
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Signers by scheme and country, version, age, and how many signers' own certificates have expired."""
    now = datetime.now(UTC)
    if not paths:
        from station.paths import paths_of

        paths = [path for path in paths_of(settings_of(profile, state)).trust if path.exists()]
    believed = files.load(paths, allow_test=True)
    rows = [_row(believed, scheme, now) for scheme in Scheme if believed.of_scheme(scheme)]
    if as_json:
        show({"version": believed.version, "sources": list(believed.sources), "schemes": rows})
        return
    if not rows:
        print("No signer is trusted; import a list.")
    for row in rows:
        age = "of unknown age" if row["age_days"] is None else f"{row['age_days']} days old"
        print(f"{row['scheme']}: {row['signers']} signers, {age}, {row['expired']} expired, {row['test']} for tests")
        print("  " + ", ".join(f"{country} {count}" for country, count in row["countries"].items()))
    if believed.version is not None:
        print(f"Bundle version {believed.version}.")


def _row(believed: TrustBundle, scheme: Scheme, now: datetime) -> dict[str, Any]:
    signers = believed.of_scheme(scheme)
    age = believed.age(now, scheme)
    return {
        "scheme": scheme.value,
        "signers": len(signers),
        "age_days": None if age is None else age // timedelta(days=1),
        "expired": sum(_expired(signer, now) for signer in signers),
        "test": sum(signer.test for signer in signers),
        "countries": dict(sorted(Counter(signer.country or "-" for signer in signers).items())),
    }


def _expired(signer: Signer, now: datetime) -> bool:
    return signer.not_after is not None and signer.not_after < now
