"""The page's server: a fixed set of addresses, every answer typed."""

import json
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from phantom.review.guard import Guard, TooLarge
from phantom.review.records import Name
from phantom.review.session import Refused, Review, Save

MEDIA = {
    "page.html": "text/html",
    "page.css": "text/css",
    "icon.svg": "image/svg+xml",
}
SCRIPT = "text/javascript"
NAME: TypeAdapter[str] = TypeAdapter(Name)
STATUS = {"unknown": 404, "stale": 409, "invalid": 422}


def make_app(review: Review, token: str) -> Guard:
    """The application of one review, behind its guard."""
    # Read once: no address of a request ever opens a file.
    page = {
        item.name: item.read_bytes()
        for item in files("phantom.review").joinpath("page").iterdir()
        if item.name.endswith((".html", ".css", ".js", ".svg"))
    }

    async def enter(request: Request) -> Response:
        if not guard.is_token(request.query_params.get("token")):
            return PlainTextResponse("This token is not the one printed.\n", 401)
        answer = Response(status_code=303, headers={"Location": "/"})
        answer.set_cookie(guard.cookie, token, httponly=True, samesite="strict")
        return answer

    async def static(request: Request) -> Response:
        name = request.path_params.get("name", "page.html")
        if name not in page:
            return PlainTextResponse("No such page.\n", 404)
        return Response(page[name], media_type=MEDIA.get(name, SCRIPT))

    async def setup(request: Request) -> Response:
        return JSONResponse(review.describe())

    async def show(request: Request) -> Response:
        position = request.path_params["position"]
        if position >= len(review.order):
            raise Refused("unknown", f"the queue has {len(review.order)} examples")
        return JSONResponse(review.show(_name(request), position))

    async def find_next(request: Request) -> Response:
        position = request.path_params["position"]
        return JSONResponse({"position": review.find_next(_name(request), position)})

    async def conflict(request: Request) -> Response:
        example_id = request.query_params.get("id", "")
        return JSONResponse(review.show_conflict(_name(request), example_id))

    async def progress(request: Request) -> Response:
        return JSONResponse(review.progress(_name(request)))

    async def save(request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json":
            return _explain("invalid", "send JSON as application/json", 415)
        wanted = Save.model_validate_json(await request.body())
        return JSONResponse(review.save(wanted))

    app = Starlette(
        routes=[
            Route("/enter", enter),
            Route("/", static),
            Route("/api/setup", setup),
            Route("/api/example/{position:int}", show),
            Route("/api/next/{position:int}", find_next),
            Route("/api/conflict", conflict),
            Route("/api/progress", progress),
            Route("/api/save", save, methods=["POST"]),
            Route("/{name}", static),
        ],
        exception_handlers={
            Refused: _refused,
            TooLarge: _too_large,
            ValidationError: _malformed,
            ValueError: _broken,
            OSError: _broken,
        },
    )
    guard = Guard(app, token)
    return guard


def _name(request: Request) -> str:
    return NAME.validate_python(request.query_params.get("annotator", ""))


async def _refused(request: Request, error: Any) -> Response:
    problems = [problem.model_dump() for problem in error.problems]
    return _explain(error.code, str(error), STATUS[error.code], problems)


async def _too_large(request: Request, error: Any) -> Response:
    return _explain("invalid", "the request is larger than any decision", 413)


async def _malformed(request: Request, error: Any) -> Response:
    item = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, item["loc"])) or "request"
    return _explain("invalid", f"{where}: {item['msg']}", 422)


async def _broken(request: Request, error: Any) -> Response:
    return _explain("broken", f"not saved: {error}", 500)


def _explain(
    code: str, detail: str, status: int, problems: list[dict[str, Any]] | None = None
) -> Response:
    content = {"code": code, "detail": detail, "problems": problems or []}
    return Response(json.dumps(content), status, media_type="application/json")
