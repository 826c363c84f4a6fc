"""A bare FastAPI endpoint for comparison: the same body, the same rows as many and as long, the same durability.

It parses the JSON, writes the rows in one transaction through the same engine settings, and answers with a body of the
same size. It calculates nothing and checks nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Column, MetaData, Table, Text, insert

from factordb.store import open_store

STORE = os.environ["BARE_STORE"]
ROWS: list[int] = json.loads(os.environ["BARE_ROWS"])
"""Characters of each row that a request of the other service writes."""
ANSWER = int(os.environ["BARE_ANSWER"])

app = FastAPI()
engine = open_store(STORE)
rows = Table("bare", MetaData(), Column("tenant_id", Text, primary_key=True), Column("id", Text, primary_key=True),
             Column("body", Text))  # fmt: skip
rows.metadata.create_all(engine)
FILL = "x" * max(ROWS)


@app.post("/bare", status_code=201)
async def bare(request: Request) -> JSONResponse:
    content = await request.body()

    def work() -> dict[str, Any]:
        data = json.loads(content)
        made = [{"tenant_id": "local", "id": uuid.uuid4().hex, "body": FILL[:size]} for size in ROWS]
        with engine.begin() as connection:
            connection.execute(insert(rows), made)
        return {"works": data["works"]["name"], "filled": FILL[:1] * ANSWER}

    return JSONResponse(await asyncio.to_thread(work), 201)
