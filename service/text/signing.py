"""Keys, signatures, copies, shares and the audit log on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.text.words import Language, pick

if TYPE_CHECKING:
    from service.companies.audit import Checked, Entry
    from service.companies.shares import Share
    from service.records.envelope import Judged

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "signed": ("signed", "已签名"),
    "unsigned": ("unsigned", "未签名"),
    "unknown key": ("unknown key", "未知密钥"),
    "expired key": ("expired key", "密钥已过期"),
    "bad signature": ("bad signature", "签名无效"),
    "by": ("by", "签名方"),
    "claimed": ("at, as the signer says,", "签名方声称时间"),
    "why_form": ("the envelope has not the form of pcf-signature/1", "信封格式不符"),
    "why_draft": ("a draft is never signed", "草稿不得签名"),
    "why_signature": ("the signature is not of this record", "签名与此记录不符"),
    "why_other_key": ("the key inside is not the one named", "所附密钥与密钥编号不符"),
    "why_other_algorithm": ("not the algorithm of this key", "与该密钥的算法不符"),
    "why_algorithm": ("this algorithm is not installed here", "此处未安装该算法"),
    "why_no_key": ("no key to check it with", "没有可用于验证的密钥"),
    "why_not_pinned": ("nobody here vouches for this key: pcf key trust FILE", "此处未信任该密钥：pcf key trust FILE"),
    "why_before_key": ("signed before the key was made", "签名时间早于密钥生成"),
    "why_after_revocation": ("signed after the key was revoked", "签名时间晚于密钥吊销"),
    "why_compromised": ("the key is compromised: its time proves nothing", "密钥已泄露，其时间不足为证"),
    "why_revoked": ("the key was revoked later", "密钥其后被吊销"),
    "why_after_expiry": ("signed after the key expired", "签名时间晚于密钥到期"),
    "why_expired": ("the key has expired since", "密钥现已到期"),
    "unproven": ("nothing but the sender's word proves", "仅凭提供方声明，无法验证"),
    "unseen": ("left out of this copy, made anew and not compared", "此副本未包含，已重新生成但未比对"),
    "no_keys": ("No keys: pcf key new", "尚无密钥：pcf key new"),
    "none": ("None.", "无。"),
    "id": ("Key", "密钥"),
    "algorithm": ("Algorithm", "算法"),
    "title": ("For", "名称"),
    "state": ("State", "状态"),
    "in_use": ("in use", "使用中"),
    "expired": ("expired", "已到期"),
    "revoked": ("revoked", "已吊销"),
    "open": ("open", "有效"),
    "expires_at": ("Good until", "有效期至"),
    "made": ("Made; its file", "已生成，私钥文件"),
    "not_locked": (
        "The file is not encrypted: who reads it can sign. PCF_KEY_PASSPHRASE encrypts it.",
        "私钥文件未加密，任何能读取者均可签名；设置 PCF_KEY_PASSPHRASE 可加密。",
    ),
    "trusted": (
        "Trusted from now on. Compare the id with its owner by another way first:",
        "已信任。请先通过其他途径与所有者核对编号：",
    ),
    "key_revoked": ("Revoked", "已吊销"),
    "level": ("Level", "级别"),
    "shows": ("Shows", "显示内容"),
    "left_out": ("Left out", "未披露"),
    "not_signed": (
        "Not signed: the extract of the result is proven by nothing but your word (pcf sign first).",
        "未签名：结果摘录仅凭声明，无法验证（请先 pcf sign）。",
    ),
    "record": ("Record", "核算记录"),
    "share": ("Share", "分享"),
    "shown_once": ("Shown once; only its digest is kept.", "仅显示一次，系统只保存其摘要。"),
    "entries": ("entries hold", "条记录完好"),
    "head": ("head", "链首"),
    "broken": ("First entry that does not hold", "首条不符记录"),
    "changed": ("changed", "被修改"),
    "missing": ("missing", "缺失"),
    "moved": ("not after the one it names", "顺序不符"),
    "recorded": ("recorded", "记录值"),
    "found": ("found", "发现"),
    "anchored": ("The log head of this signature is entry", "该签名所记日志位置为条目"),
    "not_anchored": ("The log head of this signature is not in this log: entry", "本日志中没有该签名所记的条目："),
    "no_anchor": ("The record has no signature of this company's keys.", "记录没有本公司密钥的签名。"),
    "log_short": (
        "and the log ends before it: entries were cut off, or this is another log",
        "且日志在其之前结束：条目被删除，或不是同一日志",
    ),
}  # fmt: skip


def said(key: str, language: Language) -> str:
    """A word of this list in the language."""
    return pick(WORDS, key, language)


def print_signatures(console: Console, judged: Iterable[Judged], unproven: Iterable[str], language: Language) -> None:
    """A line for each envelope, and what nothing proves."""
    for item in judged:
        who = f"{item.title} {item.key_id[:16]}".strip()
        line = f"  {said(item.verdict, language)}: {said('by', language)} {who}"
        if item.time:
            line += f", {said('claimed', language)} {item.time}"
        console.print(Text(line), highlight=False)
        if item.why:
            console.print(Text(f"    {said(f'why_{item.why}', language)}"), highlight=False)
    for name in unproven:
        console.print(Text(f"  {said('unproven', language)}: {name}"), highlight=False)


def print_keys(console: Console, keys: Iterable[Mapping[str, str]], language: Language) -> None:
    """Keys with their whole ids: a cut id is no id to compare."""
    for key in keys:
        state = said(key["state"], language) + (f" ({key['reason']}, {key['revoked_at']})" if key["reason"] else "")
        console.print(Text(key["id"], style="bold"), highlight=False)
        ends = f"{said('expires_at', language)} {key['expires_at'][:10]}"
        console.print(Text(f"  {key['title']} · {key['algorithm']} · {state} · {ends}"), highlight=False)


def print_shares(console: Console, shares: Iterable[Share], language: Language) -> None:
    """Shares as a table."""
    table = Table(box=None, pad_edge=False)
    for name in ("share", "record", "level", "title", "state", "expires_at"):
        table.add_column(said(name, language))
    for item in shares:
        table.add_row(
            item.id, item.record_name[:16], item.level, Text(item.title), said(item.state, language),
            item.expires_at[:10],
        )  # fmt: skip
    console.print(table)


def print_entries(console: Console, entries: Iterable[Entry]) -> None:
    """Entries of the log, one a line."""
    for item in entries:
        line = f"{item.serial:>6} {item.at[:19]} {item.actor} · {item.action} · {item.target}"
        console.print(Text(line), highlight=False, soft_wrap=True)


def print_checked(console: Console, checked: Checked, language: Language) -> None:
    """How far the chain holds, and the first entry that does not."""
    console.print(Text(f"{checked.entries} {said('entries', language)} · {said('head', language)} {checked.head}"))
    if (broken := checked.broken) is not None:
        head = f"{said('broken', language)}: {broken.serial}, {said(broken.kind, language)}"
        console.print(Text(head, style="bold red"))
        console.print(Text(f"  {said('recorded', language)}: {broken.recorded}"), highlight=False)
        console.print(Text(f"  {said('found', language)}: {broken.found}"), highlight=False)
