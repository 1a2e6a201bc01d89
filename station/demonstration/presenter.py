"""The presenter's page of the demonstration: choose an invented traveller, send them to the lane, watch the station.

It changes nothing but the world before the camera; what the station makes of it is read from the traveller screen.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from config.messages.catalogue import LANGUAGES, Catalogue
from config.theme import assets
from station.demonstration.ports import CastMember, PresenterLinks, WorldHandle
from station.kiosk.security import Guard

_HERE: Final = Path(__file__).parent
_THEMES: Final = ("light", "dark")
_LOOK_SECONDS: Final = 0.2
_SIGN_OF_LIFE_SECONDS: Final = 1.0
_VISITS_SHOWN: Final = 60


class _Present(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=80)


class _Automatic(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: bool


def create_presenter(world: WorldHandle, cast: Sequence[CastMember], links: PresenterLinks) -> FastAPI:
    """The page's application; it answers on loopback only, and its own Origin only.

    Args:
        world: what the page sees and moves.
        cast: the cards, in order.
        links: addresses of the other screens, and the demonstration's officer.

    Raises:
        FileNotFoundError: the page's files or the catalogues are not installed.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    _page(app, cast, links)
    _files(app, {member.key: member.portrait_png for member in cast})
    _acts(app, world)
    return app


def _page(app: FastAPI, cast: Sequence[CastMember], links: PresenterLinks) -> None:
    words = {language: Catalogue.load(language).under("presenter.") for language in LANGUAGES}
    loader = FileSystemLoader(_HERE / "templates")
    template = Environment(loader=loader, autoescape=select_autoescape()).get_template("presenter.html")
    sprite = Markup(assets.text("pictograms.svg").replace("<svg ", '<svg hidden aria-hidden="true" ', 1))  # noqa: S704
    cards = [{"key": m.key, "name": m.name, "about": m.about_key, "expects": m.expects} for m in cast]

    @app.get("/")
    def presenter(request: Request, lang: str = "", theme: str = "") -> HTMLResponse:
        language = lang if lang in LANGUAGES else _accepted(request.headers.get("accept-language", ""))
        fixed = theme if theme in _THEMES else None
        extra = {"theme": fixed} if fixed else {}
        text = template.render(
            language=language,
            theme=fixed,
            words=words[language],
            sprite=sprite,
            cast=cards,
            urls=links,
            links={other: "/?" + urlencode({"lang": other, **extra}) for other in LANGUAGES},
        )
        return HTMLResponse(text)


def _accepted(header: str) -> str:
    """The first language of `Accept-Language` that there is a catalogue of, else Thai."""
    wished = (part.split(";")[0].strip().lower().split("-")[0] for part in header.split(","))
    return next((language for language in wished if language in LANGUAGES), LANGUAGES[0])


def _files(app: FastAPI, portraits: Mapping[str, bytes]) -> None:
    @app.get("/theme/{name}")
    def theme_file(name: str) -> Response:
        if name not in assets.MEDIA_TYPES:
            raise HTTPException(404)
        return Response(assets.read(name), media_type=assets.MEDIA_TYPES[name])

    @app.get("/portrait/{key}.png")
    def portrait(key: str) -> Response:
        if key not in portraits:
            raise HTTPException(404)
        return Response(portraits[key], media_type="image/png")

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")


def _acts(app: FastAPI, world: WorldHandle) -> None:
    @app.post("/present", status_code=204)
    def present(chosen: _Present) -> None:
        try:
            world.present(chosen.key)
        except KeyError as error:
            raise HTTPException(404, "there is no traveller of that key") from error

    @app.post("/automatic", status_code=204)
    def automatic(switch: _Automatic) -> None:
        world.automatic(switch.on)

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        leaving = asyncio.create_task(_until_it_leaves(socket))
        sending = asyncio.create_task(_tell(socket, world))
        try:
            await asyncio.wait({leaving, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (leaving, sending):
                task.cancel()
            await asyncio.gather(leaving, sending, return_exceptions=True)


async def _tell(socket: WebSocket, world: WorldHandle) -> None:
    """State on change and as a sign of life, the picture on change."""
    said, said_at, shown = "", 0.0, None
    loop = asyncio.get_running_loop()
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            picture = world.picture()
            text = json.dumps(_state(world, picture is not None), ensure_ascii=False)
            if text != said or loop.time() - said_at >= _SIGN_OF_LIFE_SECONDS:
                await socket.send_text(text)
                said, said_at = text, loop.time()
            if picture is not None and picture is not shown:
                await socket.send_bytes(picture)
                shown = picture
            await asyncio.sleep(_LOOK_SECONDS)


def _state(world: WorldHandle, has_picture: bool) -> dict[str, Any]:
    state = asdict(world.state())
    return {**state, "visits": state["visits"][-_VISITS_SHOWN:], "has_picture": has_picture}


async def _until_it_leaves(socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive_bytes()
