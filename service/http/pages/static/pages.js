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
  const parsed = new DOMParser().parseFromString(text, "text/html");
  return answer.headers.get("content-type")?.startsWith("text/html") ? parsed : null;
};

const put = (place, parsed) => {
  const main = parsed.querySelector("main") || parsed.body;
  place.replaceChildren(...main.childNodes);
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
      put(document.getElementById("results"), found);
      history.replaceState(null, "", address);
    }
  });
  box.addEventListener("input", look);
}

// A file dropped anywhere on its box.
for (const box of document.querySelectorAll("[data-drop]")) {
  const chooser = box.querySelector("input[type=file]");
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("over"); });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    if (event.dataTransfer.files.length) chooser.files = event.dataTransfer.files;
  });
}

// Sliders: the newest position is asked for once the answer before it is there.
const sliders = (root) => {
  for (const form of root.querySelectorAll("[data-what-if]")) {
    const whole = form.closest(".what-if");
    let busy = false;
    let wanted = false;
    const show = (told) => {
      whole.querySelector("[data-answer=fault]").textContent = told.ok ? "" : told.fault;
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
        const told = await answer.json();
        if (answer.ok) show(told);
      } finally {
        busy = false;
        if (wanted) { wanted = false; ask(); }
      }
    };
    form.addEventListener("input", (event) => {
      const out = event.target.parentElement.querySelector("output");
      if (out) out.value = `${event.target.value > 0 ? "+" : ""}${event.target.value} %`;
      ask();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
    const back = form.querySelector("a");
    back?.addEventListener("click", (event) => {
      event.preventDefault();
      form.reset();
      for (const control of form.querySelectorAll("input[type=range]")) {
        control.value = 0;
        control.parentElement.querySelector("output").value = "0 %";
      }
      ask();
    });
  }
};
sliders(document);

// Parts that are made when they are wanted: at a click, or when they come into sight.
const load = async (place) => {
  if (place.dataset.busy) return;
  place.dataset.busy = "1";
  const waits = place.querySelector(".waits");
  if (waits) waits.hidden = false;
  const found = await piece(place.dataset.load).catch(() => null);
  if (found) { put(place, found); sliders(place); } else if (waits) { waits.hidden = true; delete place.dataset.busy; }
};
const seen = "IntersectionObserver" in window
  ? new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); load(entry.target); }
  }, { rootMargin: "300px" })
  : null;
for (const place of document.querySelectorAll("[data-load]")) {
  if (place.dataset.when === "seen" && seen) seen.observe(place);
  place.querySelector("a")?.addEventListener("click", (event) => { event.preventDefault(); load(place); });
}

// A list of jobs that still run is asked for again every three seconds.
for (const place of document.querySelectorAll("[data-refresh]")) {
  setInterval(async () => {
    if (document.hidden || place.contains(document.activeElement)) return;
    const found = await piece(place.dataset.refresh).catch(() => null);
    if (found) put(place, found);
  }, 3000);
}

// The one-time link stands in the fragment, which browsers do not send.
for (const place of document.querySelectorAll("[data-fragment]")) {
  const field = place.querySelector("input");
  if (location.hash.length > 20) {
    field.value = location.hash.slice(1);
    place.hidden = true;
    history.replaceState(null, "", location.pathname);
  }
}
