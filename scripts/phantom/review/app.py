"""The page's server: a fixed set of addresses, every answer typed."""

import json
from importlib.resources import files
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from phantom.review.comparing import Comparing
from phantom.review.guard import Guard, TooLarge
from phantom.review.requests import Refused
from phantom.review.routes import NoJson, comparing_routes, review_routes
from phantom.review.session import Review

MEDIA = {".html": "text/html", ".css": "text/css", ".svg": "image/svg+xml"}
SCRIPT = "text/javascript"
STATUS = {"unknown": 404, "stale": 409, "invalid": 422}


def make_app(session: Review | Comparing, token: str) -> Guard:
    """The application of one review or comparison, behind its guard."""
    # Read once: no address of a request ever opens a file.
    page = {
        item.name: item.read_bytes()
        for item in files("phantom.review").joinpath("page").iterdir()
        if item.name.endswith((*MEDIA, ".js"))
    }
    if isinstance(session, Review):
        first, routes = "page.html", review_routes(session)
    else:
        first, routes = "compare.html", comparing_routes(session)

    async def enter(request: Request) -> Response:
        if not guard.is_token(request.query_params.get("token")):
            return PlainTextResponse("This token is not the one printed.\n", 401)
        answer = Response(status_code=303, headers={"Location": "/"})
        answer.set_cookie(guard.cookie, token, httponly=True, samesite="strict")
        return answer

    async def static(request: Request) -> Response:
        name = request.path_params.get("name", first)
        if name not in page:
            return PlainTextResponse("No such page.\n", 404)
        kind = MEDIA.get("." + name.rpartition(".")[2], SCRIPT)
        return Response(page[name], media_type=kind)

    app = Starlette(
        routes=[
            Route("/enter", enter),
            Route("/", static),
            *routes,
            Route("/{name}", static),
        ],
        exception_handlers={
            Refused: _refused,
            TooLarge: _too_large,
            NoJson: _no_json,
            ValidationError: _malformed,
            ValueError: _broken,
            OSError: _broken,
        },
    )
    guard = Guard(app, token)
    return guard


async def _refused(request: Request, error: Any) -> Response:
    problems = [problem.model_dump() for problem in error.problems]
    return _explain(error.code, str(error), STATUS[error.code], problems)


async def _too_large(request: Request, error: Any) -> Response:
    return _explain("invalid", "the request is larger than any decision", 413)


async def _no_json(request: Request, error: Any) -> Response:
    return _explain("invalid", "send JSON as application/json", 415)


async def _malformed(request: Request, error: Any) -> Response:
    item = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, item["loc"])) or "request"
    return _explain("invalid", f"{where}: {item['msg']}", 422)


async def _broken(request: Request, error: Any) -> Response:
    said = f"not saved: {error}" if request.method == "POST" else str(error)
    return _explain("broken", said, 500)


def _explain(
    code: str, detail: str, status: int, problems: list[dict[str, Any]] | None = None
) -> Response:
    content = {"code": code, "detail": detail, "problems": problems or []}
    return Response(json.dumps(content), status, media_type="application/json")
