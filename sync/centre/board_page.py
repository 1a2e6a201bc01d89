"""The board's page: template, words and files. What it shows comes from `/v1/board` and `/v1/board/live`.

The page carries no figure of its own, so that it can be served to a browser before the first station is enrolled.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from config.messages.catalogue import LANGUAGES, Catalogue
from config.theme import assets

_HERE: Final = Path(__file__).parent
_THEMES: Final = ("light", "dark")
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def choose_language(asked: str | None, accepted: str) -> str:
    """The language of the page: the one that the address asks for, else the browser's first that we speak, else Thai.

    Args:
        asked: `lang` of the query, as given.
        accepted: the header `Accept-Language` (RFC 9110, 12.5.4); its order is taken as the order of wish.
    """
    if asked in LANGUAGES:
        return asked
    wished = (part.split(";")[0].strip().lower().split("-")[0] for part in accepted.split(","))
    return next((language for language in wished if language in LANGUAGES), LANGUAGES[0])


def mount(app: FastAPI) -> None:
    """Add `GET /`, `/theme/*` and `/static/*` to the centre's application.

    Raises:
        FileNotFoundError: the page's files or the catalogues are not installed.
    """
    words = {language: Catalogue.load(language).under("board.") for language in LANGUAGES}
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    template = environment.get_template("board.html")
    sprite = Markup(assets.text("pictograms.svg").replace("<svg ", '<svg hidden aria-hidden="true" ', 1))  # noqa: S704

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def board(request: Request, lang: str | None = None, theme: str | None = None) -> HTMLResponse:
        language = choose_language(lang, request.headers.get("accept-language", ""))
        fixed = theme if theme in _THEMES else None
        extra = {"theme": fixed} if fixed else {}
        page = template.render(
            language=language,
            theme=fixed,
            words=words[language],
            sprite=sprite,
            links={other: "/?" + urlencode({"lang": other, **extra}) for other in LANGUAGES},
        )
        return HTMLResponse(page, headers=dict(_HEADERS))

    @app.get("/theme/{name}", include_in_schema=False)
    def theme_file(name: str) -> Response:
        try:
            body = assets.read(name)
        except KeyError as error:
            raise HTTPException(404, "the theme has no file of that name") from error
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(body, media_type=assets.MEDIA_TYPES[name], headers=headers)

    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="board-static")
