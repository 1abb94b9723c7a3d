"use strict";
/* global document, Option, EventSource, setTimeout, fetch */
/* Keeps the page up to date. It runs in the browser as it is. Markup comes from the endpoint, which has escaped what is in it. */
(function () {
  const byId = (id) => document.getElementById(id);
  const connection = byId("connection");
  const logOf = byId("log-of");
  const target = byId("target");
  const log = byId("log");
  const captured = byId("captured");
  let deploymentOf = new Map();
  const MOST_LINES = 1000;
  let source;

  function say(text, isLost) {
    connection.textContent = text;
    connection.classList.toggle("lost", isLost);
  }

  /* A table that is replaced keeps its place and the focus. */
  function replace(part, markup) {
    const old = Array.from(part.querySelectorAll(".scroll"));
    const places = old.map((one) => one.scrollLeft);
    const focused = old.indexOf(document.activeElement);
    part.innerHTML = markup;
    part.querySelectorAll(".scroll").forEach((one, index) => {
      one.scrollLeft = places[index] || 0;
      if (index === focused) one.focus({ preventScroll: true });
    });
  }

  function setChoices(select, values, first) {
    const chosen = select.value;
    const options = first.concat(values);
    const known = Array.from(select.options, (one) => one.value);
    if (JSON.stringify(known) === JSON.stringify(options.map(([value]) => value))) return;
    select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
    if (options.some(([value]) => value === chosen)) select.value = chosen;
  }

  function connect() {
    if (source) source.close();
    source = new EventSource(`/_status/events?log=${encodeURIComponent(logOf.value)}`);
    source.onopen = () => {
      log.textContent = "";
      say("Up to date.", false);
    };
    source.onerror = () => {
      say("The endpoint does not answer; trying again …", true);
      /* The browser connects again by itself unless the answer was a refusal. */
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
    };
    source.addEventListener("parts", ({ data }) => {
      for (const [name, markup] of Object.entries(JSON.parse(data))) {
        replace(document.querySelector(`[data-part="${name}"]`), markup);
      }
    });
    source.addEventListener("choices", ({ data }) => {
      const { deployments, instances, captured: requests } = JSON.parse(data);
      byId("capturing").hidden = !requests;
      byId("copy").disabled = !requests || requests.length === 0;
      deploymentOf = new Map(requests);
      setChoices(
        captured,
        (requests || []).map(([number, name]) => [number, `${number}, ${name}`]),
        [],
      );
      setChoices(
        target,
        deployments.map((name) => [name, name]),
        [["", "by the split"]],
      );
      const before = logOf.value;
      setChoices(
        logOf,
        instances.map((name) => [name, name]),
        [],
      );
      if (logOf.value !== before) connect();
    });
    source.addEventListener("log", ({ data }) => {
      const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
      const { lines } = JSON.parse(data);
      log.append(...lines.map((text) => document.createTextNode(`${text}\n`)));
      while (log.childNodes.length > MOST_LINES) log.firstChild.remove();
      if (isAtEnd) log.scrollTop = log.scrollHeight;
    });
  }

  logOf.addEventListener("change", connect);
  byId("copy").addEventListener("click", async () => {
    const number = captured.value;
    const outcome = byId("outcome");
    try {
      const response = await fetch(`/_status/captured?number=${encodeURIComponent(number)}`);
      const { body, message } = await response.json();
      outcome.textContent = message || `Request ${number} is in the form.`;
      if (!response.ok) return;
      byId("body").value = body;
      target.value = deploymentOf.get(number) || "";
      byId("body").focus();
    } catch {
      outcome.textContent = "The endpoint does not answer.";
    }
  });
  byId("request").addEventListener("submit", async (event) => {
    event.preventDefault();
    const outcome = byId("outcome");
    const answer = byId("answer");
    outcome.textContent = "Sending …";
    try {
      const response = await fetch("/_status/request", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ deployment: target.value, body: byId("body").value }),
      });
      const { status, from, milliseconds, body, message } = await response.json();
      outcome.textContent = message || `HTTP ${status} from ${from} in ${milliseconds} ms`;
      answer.textContent = body || "";
      answer.hidden = !body;
    } catch {
      outcome.textContent = "The endpoint does not answer.";
    }
  });
  connect();
})();
