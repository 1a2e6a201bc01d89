"""`station devices record-camera`: what a camera gives, for a technician who looks into a fault."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from station.commands.common import JsonOption, show


def record_camera(
    source: Annotated[str, typer.Option(help="As in the profile: v4l2:0, stream:ADDRESS, video:PATH, folder:PATH.")],
    out: Annotated[Path, typer.Option(help="The video, a new .avi; the times lie beside it.")],
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="How long.")] = 10,
    personal_data: Annotated[
        bool, typer.Option("--personal-data", help="Whole pictures, faces and documents too; else a mosaic.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Record a camera that no other program holds; a mosaic unless personal data is wanted. Exit 3: nothing came."""
    from drivers.camera import open_source
    from drivers.cameras.recorder import record
    from drivers.errors import DeviceSilent

    try:
        camera = open_source(source)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--source") from error
    with camera:
        try:
            made = record(camera, out, seconds, personal=personal_data)
        except DeviceSilent as error:
            raise DeviceSilent(camera.health(datetime.now(UTC)).reason or error) from error
    if as_json:
        show(
            {
                "video": str(made.video),
                "times": str(made.times),
                "pictures": made.pictures,
                "personal_data": not made.coarse,
            }
        )
    else:
        what = "a mosaic; --personal-data records whole pictures" if made.coarse else "with personal data: guard it"
        print(f"{made.pictures} pictures in {made.video} ({what}). See it by video:{made.video}")
