"""Problem documents (RFC 9457): every refusal says in one sentence what is wrong and what to do."""

from dataclasses import dataclass

from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


@dataclass(slots=True)
class Problem(Exception):
    """A refusal. `kind` is the last part of the problem's type and stays the same for ever."""

    status: int
    kind: str
    title: str
    detail: str
    retry_after: int | None = None


def respond(problem: Problem) -> JSONResponse:
    """The refusal as an answer."""
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after is not None else None
    return JSONResponse(
        {
            "type": f"urn:daan:problem:{problem.kind}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
        },
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def unavailable() -> Problem:
    """The ledger does not answer."""
    return Problem(
        503, "ledger-unavailable", "The ledger does not answer", "Nothing was taken; send it again shortly.", 5
    )


def too_large(limit: int) -> Problem:
    """The body is over the limit."""
    return Problem(413, "too-large", "The body is too large", f"Send at most {limit} bytes.")


def unsigned() -> Problem:
    """No signature that counts."""
    return Problem(
        401,
        "signature-rejected",
        "The signature does not hold",
        "The request is unsigned, altered, or by a station that is not enrolled; enrol the station.",
    )
