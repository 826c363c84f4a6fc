"""All pages, for the application to include."""

from __future__ import annotations

from typing import Final

from service.http.pages import (
    beside,
    company,
    deeds,
    downloads,
    factors,
    fill,
    jobs,
    listing,
    result,
    shared,
    sign_in,
    start,
    statics,
    verify,
    whatif,
)

ROUTERS: Final = tuple(
    module.router
    for module in (
        start, sign_in, fill, listing, whatif, beside, downloads, result, deeds, shared, factors, jobs, company,
        verify, statics,
    )
)  # fmt: skip
