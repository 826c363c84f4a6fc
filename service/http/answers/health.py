"""Answers for whoever runs the service."""

from __future__ import annotations

from typing import Final

from service.http.answers.notation import Answer, form, sha, text, word

ANSWERS: Final = {
    "health": Answer("Alive.", form(
        "Alive", "The service answers.",
        status=word("Always ok.", "ok"),
        version=text("Version of the program.", "0.1.0"),
    )),
    "ready": Answer("Ready.", form(
        "Ready", "The store answers too.",
        status=word("Always ready.", "ready"),
        revision=text("Revision of the tables.", "0008"),
        release=sha("Hash of the default factor release."),
    )),
    "metrics": Answer(
        "Counts in the text format of Prometheus.", text("Lines.", "pcf_queued_jobs 0.0"), media="text/plain"
    ),
}  # fmt: skip
