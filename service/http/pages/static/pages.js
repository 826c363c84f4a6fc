"use strict";
// Small helps; every page works without them: search as one types, sliders, dropped files, parts loaded when wanted.

document.documentElement.classList.add("js");

const later = (wait, work) => {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), wait); };
};

const piece = async (address) => {
  const answer = await fetch(address, { headers: { "X-Part": "1" }, credentials: "same-origin" });
  const text = await answer.text();
  if (!answer.headers.get("content-type")?.startsWith("text/html")) return null;
  const parsed = new DOMParser().parseFromString(text, "text/html");
  return { parsed, ended: answer.status === 401 };
};

const put = (place, { parsed }) => {
  const main = parsed.querySelector("main") || parsed.body;
  for (const held of main.querySelectorAll("[autofocus]")) held.removeAttribute("autofocus");
  place.replaceChildren(...main.childNodes);
};

// Said once to who hears the page: the line is there from the start, so that a change of it is noticed.
const say = (text) => {
  const line = document.getElementById("heard");
  if (line && text) line.textContent = text;
};

// Search as one types: the newest question wins, and the address keeps it.
for (const box of document.querySelectorAll("[data-search]")) {
  const form = box.form;
  let asked = 0;
  const look = later(120, async () => {
    const mine = ++asked;
    const query = new URLSearchParams(new FormData(form));
    const address = `${box.dataset.search}?${query}`;
    const found = await piece(address).catch(() => null);
    if (found && mine === asked) {
      const place = document.getElementById("results");
      put(place, found);
      say(place.querySelector("[data-said]")?.dataset.said || place.textContent.trim());
      if (!found.ended) history.replaceState(null, "", address);
    }
  });
  box.addEventListener("input", look);
}

// Files dropped anywhere on their box; series go to the field for series.
const list = (files) => {
  const made = new DataTransfer();
  for (const file of files) made.items.add(file);
  return made.files;
};
for (const box of document.querySelectorAll("[data-drop]")) {
  const chooser = box.querySelector("input[type=file]");
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("over"); });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    const dropped = [...event.dataTransfer.files];
    const beside = chooser.form.querySelector("input[type=file][multiple]");
    const series = beside ? dropped.filter((file) => /\.csv$/i.test(file.name)) : [];
    const others = dropped.filter((file) => !series.includes(file));
    if (others.length) chooser.files = list(others);
    if (series.length) beside.files = list(series);
  });
}

const tell = (control) => {
  const text = `${control.value > 0 ? "+" : ""}${control.value} %`;
  const out = control.parentElement.querySelector("output");
  if (out) out.value = text;
  control.setAttribute("aria-valuetext", text);
};

// Sliders: the newest position is asked for once the answer before it is there.
const sliders = (root) => {
  for (const form of root.querySelectorAll("[data-what-if]")) {
    const whole = form.closest(".what-if");
    let busy = false;
    let wanted = false;
    const show = (told) => {
      const fault = whole.querySelector("[data-answer=fault]");
      fault.textContent = told.ok ? "" : told.fault || told.errors?.map((item) => item.message).join(" ") || told.title;
      if (told.sign_in) {
        const way = document.createElement("a");
        way.href = told.sign_in;
        way.textContent = told.word;
        fault.append(" ", way);
      }
      whole.classList.toggle("old", !told.ok);
      if (!told.ok) return;
      whole.querySelector("[data-answer=total]").textContent = told.total;
      whole.querySelector("[data-answer=difference]").textContent = told.difference;
      for (const [stage, text] of Object.entries(told.stages)) {
        const cell = whole.querySelector(`[data-answer="stage:${CSS.escape(stage)}"]`);
        if (cell) cell.textContent = text;
      }
    };
    const ask = async () => {
      if (busy) { wanted = true; return; }
      busy = true;
      const query = new URLSearchParams(new FormData(form));
      const headers = { Accept: "application/json" };
      try {
        const answer = await fetch(`${form.action}?${query}`, { headers, credentials: "same-origin" });
        show(await answer.json());
      } catch {
        whole.classList.add("old");  // no answer: what is shown is of before, and looks so
      } finally {
        busy = false;
        if (wanted) { wanted = false; ask(); }
      }
    };
    form.addEventListener("input", (event) => {
      tell(event.target);
      ask();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
    const back = form.querySelector("a");
    back?.addEventListener("click", (event) => {
      event.preventDefault();
      form.reset();
      for (const control of form.querySelectorAll("input[type=range]")) {
        control.value = 0;
        tell(control);
      }
      ask();
    });
  }
};
sliders(document);

// Parts that are made when they are wanted: at a click, or when they come into sight.
const load = async (place, asked) => {
  if (place.dataset.busy) return;
  place.dataset.busy = "1";
  const waits = place.querySelector(".waits");
  if (waits) waits.hidden = false;
  if (asked) say(waits?.textContent);
  const found = await piece(place.dataset.load).catch(() => null);
  if (!found) {
    if (waits) waits.hidden = true;
    delete place.dataset.busy;
    return;
  }
  const here = asked || place.contains(document.activeElement);
  put(place, found);
  sliders(place);
  if (here) {  // the link that was pressed is gone: a keyboard goes on at what came in its place
    place.tabIndex = -1;
    place.focus();
  }
};
const seen = "IntersectionObserver" in window
  ? new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); load(entry.target); }
  }, { rootMargin: "300px" })
  : null;
for (const place of document.querySelectorAll("[data-load]")) {
  if (place.dataset.when === "seen" && seen) seen.observe(place);
  place.querySelector("a")?.addEventListener("click", (event) => { event.preventDefault(); load(place, true); });
}

// A list of jobs that still run is asked for again every three seconds; not after the session has ended.
for (const place of document.querySelectorAll("[data-refresh]")) {
  const clock = setInterval(async () => {
    if (document.hidden || place.contains(document.activeElement)) return;
    const found = await piece(place.dataset.refresh).catch(() => null);
    if (!found) return;
    put(place, found);
    if (found.ended) {
      clearInterval(clock);
      say(place.textContent.trim());
    }
  }, 3000);
}

// The secret of a link stands in the fragment, which browsers do not send.
const secrets = document.querySelectorAll("[data-fragment]");
const take = () => {
  if (location.hash.length <= 20) return;
  for (const place of secrets) {
    place.querySelector("input").value = location.hash.slice(1);
    place.hidden = true;
    history.replaceState(null, "", location.pathname);
  }
};
take();
addEventListener("hashchange", () => {
  // A link opened over what the one before showed: the page is the same to a browser, which then loads nothing.
  if (secrets.length) take();
  else if (/^#pcf_(link|share)_/.test(location.hash)) location.assign(`${location.pathname}?next${location.hash}`);
});
