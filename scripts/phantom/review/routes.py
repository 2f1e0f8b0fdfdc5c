"""The addresses under /api: of a review, and of a comparison."""

from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phantom.records.comparisons import Name
from phantom.review.comparing import Comparing
from phantom.review.requests import PickSave, Refused, Save
from phantom.review.session import Review

NAME: TypeAdapter[str] = TypeAdapter(Name)


class NoJson(Exception):
    """The body of a request is of another kind."""


def review_routes(review: Review) -> list[Route]:
    """What the page of examples asks for and saves."""

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

    async def why(request: Request) -> Response:
        # It computes for a second or more; others go on meanwhile.
        example_id = request.query_params.get("id", "")
        return JSONResponse(await run_in_threadpool(review.explain, example_id))

    async def progress(request: Request) -> Response:
        return JSONResponse(review.progress(_name(request)))

    async def save(request: Request) -> Response:
        wanted = Save.model_validate_json(await _json(request))
        return JSONResponse(review.save(wanted))

    return [
        Route("/api/setup", setup),
        Route("/api/example/{position:int}", show),
        Route("/api/next/{position:int}", find_next),
        Route("/api/conflict", conflict),
        Route("/api/why", why),
        Route("/api/progress", progress),
        Route("/api/save", save, methods=["POST"]),
    ]


def comparing_routes(comparing: Comparing) -> list[Route]:
    """What the page of candidates asks for and saves."""

    async def show(request: Request) -> Response:
        return JSONResponse(comparing.describe(_name(request)))

    async def save(request: Request) -> Response:
        wanted = PickSave.model_validate_json(await _json(request))
        return JSONResponse(comparing.save(wanted))

    return [
        Route("/api/comparison", show),
        Route("/api/pick", save, methods=["POST"]),
    ]


async def _json(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise NoJson
    return await request.body()


def _name(request: Request) -> str:
    return NAME.validate_python(request.query_params.get("annotator", ""))
