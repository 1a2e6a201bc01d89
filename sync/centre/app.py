"""The centre, put together: the one place where its parts meet.

The board's routes carry no login yet: people and desks come with their own issue. Until then they answer only to the
centre's own Host, and a browser's page of another Origin is refused; keep the centre on loopback or behind a proxy
that knows its users.
"""

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Query, Request, Response, WebSocket
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import AliasChoices, BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from sync.batch import MAX_WIRE_BYTES, MEDIA_TYPE
from sync.centre.board import Board
from sync.centre.database import Database, open_database
from sync.centre.errors import LedgerUnavailable
from sync.centre.guard import LOOPBACK, HostGuard, is_same_origin, read_body
from sync.centre.intake import Intake
from sync.centre.ledger import Ledger
from sync.centre.live import Live
from sync.centre.problems import Problem, respond, unavailable
from sync.centre.registry import Registry
from sync.centre.totals import reconcile
from sync.keys import make_or_load_signing_key

_MAX_ENROLMENT_BYTES = 8192
_MAX_ACKNOWLEDGEMENT_BYTES = 1024
_RECONCILE_SECONDS = 300.0
_JSON = "application/json"
T = TypeVar("T")


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """What the centre needs to be told."""

    state: Path
    """Folder of its keys; and of the embedded database, unless root runs it."""
    database: str | None = None
    """URL of a PostgreSQL; None for the embedded one."""
    hosts: frozenset[str] = LOOPBACK
    """Names by which it may be asked, without port."""


@dataclass(frozen=True, slots=True)
class Centre:
    """The parts, opened."""

    database: Database
    key: Ed25519PrivateKey
    """Signs receipts, enrolments and the time."""
    clock: Callable[[], datetime]
    hosts: frozenset[str]

    def close(self) -> None:
        """Let the database go."""
        self.database.close()


class Acknowledgement(BaseModel):
    """Who takes an alert."""

    name: str = Field(min_length=1, max_length=80, validation_alias=AliasChoices("name", "by"))


def open_centre(settings: CentreSettings, clock: Callable[[], datetime] = system_clock) -> Centre:
    """Keys and database, made when they are not there.

    Raises:
        KeyUnusable: the receipt key cannot be used.
        LedgerUnavailable, SchemaMismatch: see `open_database`.
    """
    key = make_or_load_signing_key(settings.state / "keys" / "receipt.key")
    return Centre(open_database(settings.state, settings.database), key, clock, settings.hosts)


def create_app(centre: Centre) -> FastAPI:
    """The centre's application; whoever opened `centre` closes it."""
    intake = Intake(Registry(centre.database), Ledger(centre.database), centre.key, centre.clock)
    board = Board(centre.database)
    live = Live(board, centre.clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(live.run()), asyncio.create_task(_reconcile(centre))]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    app = FastAPI(
        title="Daan EOC", version="1", docs_url=None, redoc_url=None, lifespan=lifespan, openapi_url="/v1/openapi.json"
    )
    app.add_middleware(HostGuard, hosts=centre.hosts)
    _refusals(app)
    _station_routes(app, intake, centre.database)
    _board_routes(app, board, live, centre.clock)
    if importlib.util.find_spec("sync.centre.board_page") is not None:
        from sync.centre import board_page

        board_page.mount(app)
    return app


async def _reconcile(centre: Centre) -> None:
    """Compare the stations' counts with the ledger for ever; end it by cancelling."""
    told = 0
    while True:
        try:
            differences = await run_in_threadpool(reconcile, centre.database, centre.clock())
        except Exception as error:  # it is tried again; by its kind only, as a text may quote values
            structlog.get_logger().error("totals_not_compared", kind=type(error).__name__)
        else:
            if len(differences) != told:
                structlog.get_logger().error("totals_differ", hours=len(differences))
            told = len(differences)
        await asyncio.sleep(_RECONCILE_SECONDS)


def _station_routes(app: FastAPI, intake: Intake, database: Database) -> None:
    """What stations ask for; every request that changes something is signed."""
    binary = {"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}

    @app.post("/v1/batches", openapi_extra=binary)
    async def batches(request: Request) -> Response:
        """Take a batch of entries; the answer is a signed receipt."""
        body = await read_body(request, MAX_WIRE_BYTES)
        headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
        return Response(
            await _work(lambda: intake.batch(request.method, _target(request), headers, body)), media_type=_JSON
        )

    @app.post("/v1/enrolments")
    async def enrolments(request: Request) -> Response:
        """Enrol a station by its package's code and the keys that it made."""
        body = await read_body(request, _MAX_ENROLMENT_BYTES)
        return Response(await _work(lambda: intake.enrolment(body)), media_type=_JSON)

    @app.get("/v1/time")
    async def time(nonce: Annotated[str, Query(max_length=64)] = "") -> Response:
        """The centre's time, signed with the asker's nonce."""
        return Response(intake.time(nonce), media_type=_JSON)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether the ledger answers."""
        await _work(lambda: _ping(database))
        return {"status": "ok"}


def _board_routes(app: FastAPI, board: Board, live: Live, clock: Callable[[], datetime]) -> None:
    """What the duty officer's page asks for: own Host and Origin only, no login yet (see the top of this file)."""

    @app.get("/v1/board")
    async def snapshot(request: Request) -> dict[str, Any]:
        """The board as it is now."""
        _check_origin(request)
        return await _work(lambda: board.snapshot(clock()))

    @app.websocket("/v1/board/live")
    async def follow(page: WebSocket) -> None:
        if is_same_origin(page.headers.get("origin"), page.headers.get("host", "")):
            await live.follow(page)
        else:
            await page.close(1008)

    body = {"requestBody": {"required": True, "content": {_JSON: {"schema": Acknowledgement.model_json_schema()}}}}

    @app.post("/v1/alerts/{alert}/acknowledge", openapi_extra=body)
    async def acknowledge(request: Request, alert: Annotated[str, PathParameter(max_length=160)]) -> dict[str, bool]:
        """Say who takes an alert; the first one stays."""
        _check_origin(request)
        taken = _acknowledgement(await read_body(request, _MAX_ACKNOWLEDGEMENT_BYTES))
        if not await _work(lambda: board.acknowledge(alert, taken.name, clock())):
            raise Problem(404, "alert-unknown", "There is no such alert", "Load the board again.")
        return {"acknowledged": True}


def _acknowledgement(body: bytes) -> Acknowledgement:
    try:
        return Acknowledgement.model_validate_json(body)
    except ValidationError as error:
        raise _invalid() from error


def _invalid() -> Problem:
    return Problem(422, "invalid", "The request is malformed", "See the OpenAPI document.")


def _check_origin(request: Request) -> None:
    if not is_same_origin(request.headers.get("origin"), request.headers.get("host", "")):
        raise Problem(403, "foreign-origin", "Another page asks", "Open the board at the centre's own address.")


def _target(request: Request) -> str:
    """Path and query as they were on the wire: what the station signed."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"]
    return (raw + (b"?" + query if query else b"")).decode("latin-1")


def _ping(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("SELECT 1")


async def _work(job: Callable[[], T]) -> T:
    """Run blocking work beside the event loop; what goes wrong is logged by its kind, never by its values."""
    try:
        return await run_in_threadpool(job)
    except (Problem, LedgerUnavailable):
        raise
    except Exception as error:
        structlog.get_logger().error("request_failed", kind=type(error).__name__)
        raise Problem(500, "fault", "The centre has a fault", "Nothing was taken; send it again later.", 30) from None


def _refusals(app: FastAPI) -> None:
    """Every refusal is a problem document."""

    async def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return respond(error)

    async def away(_: Request, error: Exception) -> Response:
        return respond(unavailable())

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(Problem(error.status_code, "http", str(error.detail), "See the OpenAPI document."))

    async def invalid(_: Request, error: Exception) -> Response:
        return respond(_invalid())

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(LedgerUnavailable, away)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
