"""Alive, ready, counted: for whoever runs the service."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from factordb.store import current_revision
from lca.faults import Fault
from service.desk import DEFAULT_RELEASE, HEAD
from service.http.problems import refused, responses
from service.jobs.backlog import backlog

router = APIRouter(tags=["service"])


@router.get("/healthz", operation_id="health")
async def healthz() -> dict[str, str]:
    """Alive; says nothing about the store."""
    return {"status": "ok", "version": version("pcf-engine")}


@router.get("/readyz", operation_id="ready", responses={503: responses()[503]})
async def readyz(request: Request) -> Any:
    """Ready: the database answers, its tables are those of this version, the default release opens."""

    def work() -> dict[str, str]:
        desk = request.app.state.desk
        revision = current_revision(desk.engine)
        return {"revision": str(revision), "release": request.app.state.shelf.release(desk, DEFAULT_RELEASE).sha256}

    try:
        found = await asyncio.to_thread(work)
    except Exception as error:  # whatever it is, the service is not ready; the log of requests holds the reason
        return refused(request, [Fault("not_ready", found=type(error).__name__, expected="a store that answers")])
    if found["revision"] != HEAD:
        return refused(request, [Fault("not_ready", found=f"revision {found['revision']}", expected=HEAD)])
    return {"status": "ready", **found}


@router.get("/metrics", operation_id="metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Prometheus text format. No label names a company."""
    counts = request.app.state.counts
    queued, oldest = await asyncio.to_thread(backlog, request.app.state.desk.engine)
    counts.jobs.set(queued)
    counts.oldest_job.set(oldest)
    return Response(generate_latest(counts.registry), media_type=CONTENT_TYPE_LATEST)
