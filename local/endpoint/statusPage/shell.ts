/** What of the page stays: the frame, the form and the choices; a script fills the parts in (page.js). */
import { html } from "hono/html";

import { BASE_STYLE } from "../../../page/baseStyle";
import { CHART_STYLE } from "../../../page/chart";
import { dense } from "../../../page/html";

export async function shell(sampleRequest: string): Promise<string> {
  const body = html`
    <a class="skip" href="#main">Skip to the deployments</a>
    <header>
      <p class="eyebrow">Local endpoint</p>
      <h1>Status</h1>
      <div data-part="head"></div>
      <p id="connection" role="status">Connecting …</p>
    </header>
    <main id="main" tabindex="-1">
      <h2>Deployments</h2>
      <div data-part="deployments"></div>
      <h2>Last five minutes</h2>
      <div data-part="charts"></div>
      <h2>Rollout</h2>
      <div data-part="rollout"></div>
      <h2>Log</h2>
      <p>
        <label
          >Instance
          <select id="log-of"></select
        ></label>
      </p>
      <pre id="log" tabindex="0" role="log" aria-label="Log of the instance"></pre>
      <section id="capturing" hidden>
        <h2>Captured requests</h2>
        <div data-part="captured"></div>
        <p>
          <label
            >Request
            <select id="captured"></select
          ></label>
          <button type="button" id="copy">Copy to the form</button>
        </p>
      </section>
      <h2>Send a request</h2>
      <form id="request">
        <p>
          <label
            >Deployment
            <select id="target">
              <option value="">by the split</option>
            </select></label
          >
        </p>
        <p><label for="body">Body, as JSON</label></p>
        <textarea id="body" rows="8" spellcheck="false">${sampleRequest}</textarea>
        <p><button>Send</button> <span id="outcome" role="status"></span></p>
      </form>
      <pre id="answer" tabindex="0" aria-label="Answer" hidden></pre>
    </main>
  `;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Status of the local endpoint</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/_status/page.css"></head>
<body>${await dense(body)}<script src="/_status/page.js"></script></body>
</html>
`;
}

export const STYLE = `${BASE_STYLE}${CHART_STYLE}
.series.s0, .stroke.s0 { stroke: var(--traffic); border-color: var(--traffic); }
.series.s1, .stroke.s1 { stroke: var(--update); border-color: var(--update); stroke-dasharray: 6 3; border-top-style: dashed; }
.series.s2, .stroke.s2 { stroke: var(--replace); border-color: var(--replace); stroke-dasharray: 2 2; border-top-style: dotted; }
.series.s3, .stroke.s3 { stroke: var(--create); border-color: var(--create); }
.series.s4, .stroke.s4 { stroke: var(--delete); border-color: var(--delete); stroke-dasharray: 6 3; border-top-style: dashed; }
pre { margin: 0; padding: 10px 12px; max-height: 320px; overflow: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
#log { height: 320px; }
select, textarea, button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--quiet); border-radius: 6px; padding: 6px 10px; max-width: 100%; }
textarea { display: block; width: 100%; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
button { cursor: pointer; font-weight: 600; }
#connection { margin: 4px 0 0; color: var(--quiet); } #connection.lost { color: var(--delete); font-weight: 600; }
main { padding-bottom: 40px; }
[data-part="deployments"] td { white-space: nowrap; }
td { font-variant-numeric: tabular-nums; } td br:last-child { display: none; }
`;
