"""Jobs on a terminal: a list, and one job with its faults."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.jobs.clock import shown
from service.jobs.job import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, Job
from service.text.faults import print_faults
from service.text.words import Language, pick

WORDS: Final = {
    QUEUED: ("queued", "排队"),
    RUNNING: ("running", "进行中"),
    SUCCEEDED: ("succeeded", "完成"),
    FAILED: ("failed", "失败"),
    CANCELLED: ("cancelled", "已取消"),
    "silent": ("no sign of life", "无响应"),
    "cancel_asked": ("to be cancelled", "等待取消"),
    "id": ("job", "任务"),
    "kind": ("kind", "类型"),
    "state": ("state", "状态"),
    "progress": ("items", "项"),
    "created": ("created", "创建"),
    "started": ("started", "开始"),
    "finished": ("ended", "结束"),
    "attempts": ("attempts", "次数"),
    "caller": ("caller", "提交者"),
    "worker": ("held by", "执行者"),
    "request": ("request", "请求"),
    "result": ("result", "结果"),
    "none": ("no jobs", "没有任务"),
    "cleared": (
        "dropped: {jobs} jobs, {results} results, {deliveries} deliveries",
        "已清除：{jobs} 个任务、{results} 项结果、{deliveries} 次投递",
    ),
    "would_clear": (
        "would be dropped: {jobs} jobs, {results} results, {deliveries} deliveries",
        "将清除：{jobs} 个任务、{results} 项结果、{deliveries} 次投递",
    ),
    "working": ("waits for jobs", "等待任务"),
    "stopped": ("stopped; what it held is back in the queue", "已停止，所持任务已退回队列"),
}
LONG: Final = 200


def said(key: str, language: Language) -> str:
    """A word about jobs in the language."""
    return pick(WORDS, key, language)


def state_of(job: Job, silent: bool, language: Language) -> str:
    """The state in words, with what the word alone hides."""
    more = [said("silent", language)] if silent else []
    more += [said("cancel_asked", language)] if job.cancel_asked and not job.ended else []
    return ", ".join([said(job.state, language), *more])


def print_jobs(console: Console, jobs: Sequence[Job], silent: Collection[str], language: Language) -> None:
    """One line per job; ``silent``: ids of those whose holder has not been heard of in time."""
    if not jobs:
        console.print(said("none", language))
        return
    table = Table(box=None, pad_edge=False)
    for name in ("id", "kind", "state", "progress", "created", "finished"):
        table.add_column(said(name, language), overflow="fold")
    for job in jobs:
        times = (shown(at)[:19].replace("T", " ") for at in (job.created_at, job.finished_at))
        state = state_of(job, job.id in silent, language)
        table.add_row(job.id, job.kind, state, f"{job.done}/{job.total}", *times)
    console.print(table)


def print_job(console: Console, job: Job, silent: bool, language: Language) -> None:
    """All of one job; of its request what is short."""
    asked = {name: value for name, value in job.asked.items() if len(json.dumps(value)) <= LONG}
    rows = {
        "id": job.id,
        "kind": job.kind,
        "state": state_of(job, silent, language),
        "progress": f"{job.done}/{job.total}",
        "created": shown(job.created_at),
        "started": shown(job.started_at),
        "finished": shown(job.finished_at),
        "attempts": str(job.attempts),
        "caller": job.caller,
        "worker": job.worker,
        "request": json.dumps(asked, ensure_ascii=False),
        "result": job.result,
    }
    for name, value in rows.items():
        if value:
            console.print(Text.assemble((f"{said(name, language)}: ", "bold"), value))
    if job.faults:
        print_faults(console, job.faults, language)
