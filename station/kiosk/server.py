"""The kiosk's own web server: two screens, one WebSocket to each, the officer's session. Loopback only."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from typing import Annotated, Any

from fastapi import Cookie, FastAPI, Header, HTTPException, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, select_autoescape
from pydantic import BaseModel, Field
from starlette.websockets import WebSocket

from config.messages.catalogue import Catalogue
from config.messages.moments import clock as clock_words
from config.settings import Settings
from config.theme import assets
from station.kiosk.desk import Desk
from station.kiosk.live import Hub
from station.kiosk.metrics import exposition
from station.kiosk.ports import LaneHandle
from station.kiosk.security import Guard
from station.kiosk.sessions import SESSION_TIME, Locked, Sessions, SignedIn

COOKIE = "daan_officer"
_MEDIA = {"svg": "image/svg+xml", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


def _now() -> datetime:
    return datetime.now(UTC)


class SignInForm(BaseModel):
    """What the PIN pad sends."""

    officer: str = Field(max_length=80)
    pin: str = Field(max_length=16)


def create_app(
    lane: LaneHandle,
    settings: Settings,
    *,
    unsealed: bool,
    limit_celsius: float | None = None,
    clock: Callable[[], datetime] = _now,
    new_token: Callable[[], str] = secrets.token_urlsafe,
) -> FastAPI:
    """Put the kiosk's web application together.

    Args:
        lane: the lane that the screens show and command.
        settings: place, languages, officers.
        unsealed: whether the journal's key lies in a bare file; the officer screen says so.
        limit_celsius: skin temperature that the rule set in force calls high, for the scale.
        clock: aware time in UTC.
        new_token: a fresh unguessable text.
    """
    catalogues = {language: Catalogue.load(language) for language in settings.kiosk.languages}
    sessions = Sessions(settings.kiosk.officers, clock, new_token)
    hub = Hub(lane, clock)
    desk = Desk(lane, hub, settings, sessions, catalogues, clock, unsealed, limit_celsius)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(hub.follow())
        yield
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    _files(app)
    _pages(app, lane, desk, sessions)
    _session(app, sessions, clock)
    _sockets(app, desk)
    return app


def _files(app: FastAPI) -> None:
    static = resources.files("station.kiosk").joinpath("static")
    names = {entry.name: _MEDIA[entry.name.rpartition(".")[2]] for entry in static.iterdir() if entry.is_file()}

    @app.get("/theme/{name}")
    def theme(name: str) -> Response:
        if name not in assets.MEDIA_TYPES:
            raise HTTPException(404)
        return Response(assets.read(name), media_type=assets.MEDIA_TYPES[name])

    @app.get("/static/{name}")
    def static_file(name: str) -> Response:
        if name not in names:
            raise HTTPException(404)
        return Response(static.joinpath(name).read_bytes(), media_type=names[name])


def _pages(app: FastAPI, lane: LaneHandle, desk: Desk, sessions: Sessions) -> None:
    loader = PackageLoader("station.kiosk", "templates")
    templates = Environment(loader=loader, autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True)
    sprite = assets.text("pictograms.svg")

    def page(name: str, language: str, boot: dict[str, Any]) -> HTMLResponse:
        words = desk.words(language, officer=name != "traveller.html")
        text = templates.get_template(name).render(
            language=language,
            words=words,
            sprite=sprite,
            boot=json.dumps(boot | {"words": words, "language": language}),
        )
        return HTMLResponse(text)

    @app.get("/")
    def traveller(lang: str = "") -> HTMLResponse:
        return page("traveller.html", desk.language(lang), desk.traveller_boot())

    @app.get("/officer")
    def officer(lang: str = "", daan_officer: Annotated[str, Cookie()] = "") -> HTMLResponse:
        language = desk.language(lang)
        if sessions.officer_of(daan_officer) is None:
            return page("signin.html", language, desk.signin_boot(language))
        return page("officer.html", language, desk.officer_boot(language, daan_officer))

    @app.get("/healthz")
    def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok", "phase": desk.snapshot.phase.value, "revision": desk.snapshot.revision})

    @app.get("/metrics")
    def metrics(accept: Annotated[str, Header()] = "") -> Response:
        figures, media_type = exposition(lane, accept)
        return Response(figures, media_type=media_type)


def _session(app: FastAPI, sessions: Sessions, clock: Callable[[], datetime]) -> None:
    @app.post("/officer/session")
    def sign_in(form: SignInForm) -> JSONResponse:
        match sessions.sign_in(form.officer, form.pin):
            case SignedIn(session):
                answer = JSONResponse({"signed_in": True})
                age = int(SESSION_TIME.total_seconds())
                answer.set_cookie(COOKIE, session, max_age=age, httponly=True, samesite="strict", path="/")
                return answer
            case Locked(until):
                wait = max(1, round((until - clock()).total_seconds()))
                body = {"signed_in": False, "locked_until": clock_words(until, seconds=True), "seconds": wait}
                return JSONResponse(body, 429, {"retry-after": str(wait)})
            case wrong:
                return JSONResponse({"signed_in": False, "tries_left": wrong.tries_left}, 401)

    @app.delete("/officer/session")
    def sign_out(daan_officer: Annotated[str, Cookie()] = "") -> JSONResponse:
        sessions.sign_out(daan_officer)
        answer = JSONResponse({"signed_in": False})
        answer.delete_cookie(COOKIE, path="/")
        return answer


def _sockets(app: FastAPI, desk: Desk) -> None:
    @app.websocket("/live/traveller")
    async def traveller(socket: WebSocket, lang: str = "") -> None:
        await desk.serve_traveller(socket, desk.language(lang))

    @app.websocket("/live/officer")
    async def officer(socket: WebSocket, lang: str = "") -> None:
        await desk.serve_officer(socket, desk.language(lang), socket.cookies.get(COOKIE, ""))
