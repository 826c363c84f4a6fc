"""`python -m benchmarks.search`: search over 50,000 made-up factors, and SQLite's FTS5 trigram index in the same run.

The factors come from a seeded generator: names put together from the words of the shipped release, a tenth of them as
the same name for several places, as a table of country defaults has them. Numbers only; no verdict.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files

from factordb.factor import Factor
from factordb.files import ReleaseFiles, read
from factordb.index import Index, index_of
from factordb.release import Release
from factordb.search import find

FACTORS, ASKED, SEED = 50_000, 1_000, 20261121
_WORDS = {
    "before": "普通 热轧 冷轧 高纯 工业级 再生 原生 轻质 重质 无缝 镀锌 食品级 电池级 低碳 高强 改性 阻燃 光伏级 国产",
    "middle": "硅酸盐 聚乙烯 聚丙烯 碳酸 硫酸 氯化 氧化 环氧 丙烯酸 磷酸 铝合金 不锈钢 铜合金 玻璃 陶瓷 石墨 橡胶",
    "thing": "水泥 钢板 钢筋 铝锭 电缆 管材 型材 薄膜 树脂 涂料 电池 电机 轴承 阀门 板材 粉末 溶液 气体 纤维 包装箱",
    "english": "portland rolled cold pure industrial recycled primary light heavy seamless galvanised coated steel "
    "rebar aluminium ingot cable pipe profile film resin paint battery motor bearing valve panel powder gas",
    "places": "CN DE FR GB US JP KR IN BR GLO RER",
}
BEFORE, MIDDLE, THING, ENGLISH, PLACES = (words.split() for words in _WORDS.values())


def made(base: Factor, count: int, seed: int = SEED) -> list[Factor]:
    """Factors with names of three words and a grade, in both languages."""
    pick = random.Random(seed)
    rows: list[Factor] = []
    while len(rows) < count:
        grade = f"{pick.choice('ABCDEFGH')}{pick.randrange(1, 400)}"
        zh = f"{pick.choice(BEFORE)}{pick.choice(MIDDLE)}{pick.choice(THING)}{grade}（{pick.choice(BEFORE)}法）"
        en = f"{' '.join(pick.sample(ENGLISH, 3))} {grade}"
        for place in pick.sample(PLACES, 5 if pick.randrange(10) == 0 else 1):
            name = f"made-{len(rows):05d}"
            year, kind = str(pick.randrange(2010, 2026)), pick.choice(("cradle_to_gate", "wtw", "process_emission"))
            codes = {"cn": f"{pick.randrange(25, 90)}{pick.randrange(10**6):06d}"}
            rows.append(replace(base, id=name, name_zh=zh, name_en=en, place=place, year=year, kind=kind, codes=codes))
    return rows[:count]


def asked(rows: Sequence[Factor], count: int, seed: int = SEED + 1) -> dict[str, list[str]]:
    """What people would type for these rows, by the way of typing."""
    from pypinyin import lazy_pinyin

    pick = random.Random(seed)
    found: dict[str, list[str]] = {}
    for place in range(count):
        row = pick.choice(rows)
        word, thing = pick.choice(MIDDLE), pick.choice(THING)
        english = pick.choice([word for word in ENGLISH if len(word) > 4])
        cut = pick.randrange(1, len(english) - 1)
        way, text = (
            ("two characters", thing[:2]),
            ("phrase", word + thing),
            ("two words", f"{word} {row.name_en.split()[-1]}"),
            ("pinyin", "".join(lazy_pinyin(thing))),
            ("initials", "".join(part[0] for part in lazy_pinyin(thing))),
            ("english", english),
            ("typo", english[:cut] + english[cut + 1 :]),
            ("whole name", row.name_zh),
            ("code", row.codes["cn"]),
            ("nothing", "烤鸭" if place % 2 else "zzyzx"),
        )[place % 10]
        found.setdefault(way, []).append(text)
    return found


def times_ms(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    taken = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def line(name: str, taken: Sequence[float]) -> str:
    ordered = sorted(taken)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"  {name:<18} p50 {statistics.median(ordered):7.2f} ms   p95 {p95:7.2f} ms   worst {ordered[-1]:7.2f} ms"


def peer(rows: Sequence[Factor]) -> tuple[Callable[[str], list[tuple[str]]], float]:
    """The same names in SQLite's FTS5 with the trigram tokenizer; the query as a phrase, best by bm25."""
    store = sqlite3.connect(":memory:")
    store.execute("CREATE VIRTUAL TABLE names USING fts5(id, zh, en, tokenize='trigram')")
    start = time.perf_counter()
    store.executemany("INSERT INTO names VALUES (?, ?, ?)", ((row.id, row.name_zh, row.name_en) for row in rows))
    taken = time.perf_counter() - start

    def query(text: str) -> list[tuple[str]]:
        phrase = " ".join('"' + part.replace('"', '""') + '"' for part in text.split())
        return store.execute("SELECT id FROM names WHERE names MATCH ? ORDER BY rank LIMIT 10", (phrase,)).fetchall()

    return query, taken


def main() -> None:
    content: ReleaseFiles = read(files("factordb").joinpath("data/releases/cn-2026.1"))
    base = next(item for item in content.factors if item.id == "gbt51366-d-003")
    rows = made(base, FACTORS)
    release = Release(replace(content, factors=tuple(rows), left_out={}, same_year={}))
    start = time.perf_counter()
    index_of((release,))
    built = time.perf_counter() - start
    queries = asked(rows, ASKED)
    print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, {len(rows)} factors, {ASKED} queries")
    print(f"index built in {built:.1f} s (first use of pypinyin inside)")
    everything: list[float] = []
    for way, texts in queries.items():
        taken = times_ms(lambda text: find((release,), text), texts)
        everything += taken
        found = sum(bool(find((release,), text, 1).hits) for text in texts)
        print(line(way, taken) + f"   found {found}/{len(texts)}")
    print(line("all", everything))
    query, taken_s = peer(rows)
    print(f"peer: SQLite FTS5 trigram, filled in {taken_s:.1f} s")
    everything = []
    for way, texts in queries.items():
        taken = times_ms(query, texts)
        everything += taken
        print(line(way, taken) + f"   found {sum(bool(query(text)) for text in texts)}/{len(texts)}")
    print(line("all", everything))
    print(
        f"peak of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:.0f} MiB, release included"
    )
    tracemalloc.start()
    kept = Index((release,))
    print(f"memory of the index: {tracemalloc.get_traced_memory()[0] / 2**20:.0f} MiB ({len(kept.postings)} keys)")


if __name__ == "__main__":
    main()
