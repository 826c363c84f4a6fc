"""What the tests of pages share: a watch over console, policy and requests, and an accessibility check of our own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

WATCH = "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
WIDTHS = (1280, 390)
DRAWN = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  await frame();
  await frame();
  const wanted = document.querySelector('[autofocus]');
  for (let n = 0; wanted && n < 120 && document.activeElement === document.body; n++) await frame();
}"""
BUSY = "Autofocus processing was blocked"
"""Chromium says so where somebody types before the page is drawn and keeps the keyboard: as it should be."""
AUDIT = """() => {
  const wrong = [];
  const say = (what, e) => wrong.push(`${what}: ${e ? e.outerHTML.slice(0, 140) : ''}`);
  const shown = e => e.getClientRects().length > 0;
  if (!['en', 'zh-Hans'].includes(document.documentElement.lang)) say('language');
  if (!document.title.trim()) say('title');
  const heads = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')];
  if (heads.filter(h => h.tagName === 'H1').length !== 1) say('not one h1');
  heads.reduce((before, h) => {
    const level = Number(h.tagName[1]);
    if (level > before + 1) say('a heading skips a level', h);
    return level;
  }, 0);
  for (const mark of ['header', 'nav', 'main', 'footer'])
    if (!document.querySelector(mark)) say(`no ${mark}`);
  const names = [...document.querySelectorAll('nav')].map(n => n.getAttribute('aria-label') || '');
  if (names.includes('') || new Set(names).size !== names.length) say('navigations without names of their own');
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  ids.filter((id, k) => ids.indexOf(id) !== k).forEach(id => say(`id twice ${id}`));
  for (const e of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
    if (![...e.labels].some(l => l.textContent.trim()) && !e.getAttribute('aria-label')) say('no label', e);
  for (const e of document.querySelectorAll('a,button'))
    if (!e.textContent.trim() && !e.getAttribute('aria-label') && e.getAttribute('aria-hidden') !== 'true')
      say('no text', e);
  for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) say('no alt', e);
  for (const e of document.querySelectorAll('svg'))
    if (!e.closest('[aria-hidden=true]') && !e.parentElement.closest('svg')
        && !(e.getAttribute('role') === 'img' && e.querySelector('title'))) say('drawing without words', e);
  for (const t of document.querySelectorAll('table')) {
    if (!t.caption || !t.caption.textContent.trim()) say('no caption', t);
    for (const h of t.querySelectorAll('th')) if (!h.scope) say('no scope', h);
  }
  for (const e of document.querySelectorAll('[style]')) say('inline style', e);
  const rgb = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const light = c => { const s = c.slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * s[0] + 0.7152 * s[1] + 0.0722 * s[2]; };
  const ground = e => { for (let n = e; n; n = n.parentElement) {
      const c = rgb(getComputedStyle(n).backgroundColor); if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !shown(e) || e.closest('svg,.heard,.skip,.watermark,option')) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const [a, b] = [light(rgb(style.color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least) say(`contrast ${ratio.toFixed(2)}`, e);
  }
  return wrong;
}"""
"""Labels, order of headings, landmarks, language, alternatives, tables, contrast; what is wrong, in words."""


def settled(page: Page) -> None:
    """Wait until a page is loaded and drawn: a browser gives the keyboard to what asks for it when it draws."""
    page.wait_for_load_state()
    page.evaluate(DRAWN)


@dataclass
class Watched:
    """A browser's page with everything it said and asked for."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def until(self, script: str, wanted: Callable[[Any], bool], seconds: float = 20.0) -> Any:
        """What a script answers as soon as it is wanted.

        Asked from here: ``wait_for_function`` evaluates its text inside the page, which the page's policy forbids.
        """
        until = time.monotonic() + seconds
        while not wanted(answer := self.page.evaluate(script)):
            assert time.monotonic() < until, f"{self.page.url}: {script} still answers {answer!r}"
            self.page.wait_for_timeout(25)
        return answer

    def check(self, *, said: int = 0) -> None:
        """Nothing on the console but ``said`` refused documents, no violation, no other origin, room at both widths."""
        settled(self.page)
        here = urlsplit(self.url).netloc
        assert [asked for asked in self.asked if urlsplit(asked).netloc != here] == []
        assert self.page.evaluate("window.violations") == []
        told = [text for text in self.said if not text.startswith(BUSY)]
        noise = [text for text in told if "responded with a status of 4" not in text]
        assert (noise, len(told) - len(noise)) == ([], said), self.said
        assert self.page.evaluate(AUDIT) == [], self.page.url
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            over = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
            assert over <= 0, f"{self.page.url} is {over} px wider than {width}"
        self.page.set_viewport_size({"width": 1280, "height": 900})


def watched(page: Page, url: str) -> Watched:
    """Watch a page from now on."""
    made = Watched(page, url)
    page.add_init_script(WATCH)
    page.on("console", lambda message: made.said.append(message.text))
    page.on("pageerror", lambda error: made.said.append(f"error: {error}"))
    page.on("request", lambda request: made.asked.append(request.url))
    return made
