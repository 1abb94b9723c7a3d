import { html } from "hono/html";
import { isWithin, leaves } from "../graph/changes";
import { alike, type Alike } from "./alike";
import { prose, say, type Text } from "./document";
import { visible } from "../page/visible";
import { tableHtml, type Html } from "../page/html";
import { textHtml } from "./htmlBlocks";
import type { ResourceChange } from "./model";
import { stackName } from "./pageParts";
import { named } from "./naming";
import type { Report } from "./report";
import { OP_SIGNS, OP_WORDS } from "./topology/model";
import { shownValue } from "./shownValue";
import { count } from "./typeNames";

type AnchorOf = (stack: string, urn: string) => string | undefined;

/** Places of the resources in the page; made of numbers, since names may hold anything. */
export function anchors({ stacks }: Report): AnchorOf {
  const groups = stacks.flatMap(({ review }) =>
    alike(changed(review.changes)).map((group) =>
      group.map(({ resource }) => `${review.stack} ${resource.urn}`),
    ),
  );
  const places = new Map(
    groups.flatMap((keys, index) => keys.map((key) => [key, `change-${index + 1}`] as const)),
  );
  return (stack, urn) => places.get(`${stack} ${urn}`);
}

/** Every property that differs, to be searched. */
export function differencesHtml({ stacks }: Report, anchorOf: AnchorOf): Html {
  const total = stacks.reduce((sum, { review }) => sum + changed(review.changes).length, 0);
  return html`<section aria-labelledby="differences">
    <h2 id="differences">Property differences</h2>
    ${
      total === 0
        ? html`<p>No property differs.</p>`
        : html`<div class="search" role="search">
              <label for="search">Search names, properties and values</label>
              <input id="search" type="search" autocomplete="off" spellcheck="false" />
              <p id="found" role="status">${count(total, "resource")}</p>
            </div>
            ${stacks
              .filter(({ review }) => changed(review.changes).length > 0)
              .map(
                ({ review }) =>
                  html`<h3>${stackName(review.stack)}</h3>
                    ${alike(changed(review.changes)).map((group) =>
                      changeHtml(group, anchorOf(review.stack, group[0].resource.urn) ?? ""),
                    )}`,
              )}`
    }
  </section>`;
}

/** What is changed for itself comes before what only goes along. */
function changed(changes: readonly ResourceChange[]): ResourceChange[] {
  const all = changes.filter(({ op }) => op !== "same");
  const along = all.filter((one) => one.with !== undefined);
  return [...all.filter((one) => one.with === undefined), ...along];
}

function changeHtml(group: Alike, anchor: string): Html {
  const [change] = group;
  const { op, resource } = change;
  const rows = rowsOf(change);
  const isWhole = change.before === undefined || change.after === undefined;
  const head = isWhole ? ["property", "value"] : ["property", "before", "after"];
  const why = whyText(change);
  const isOne = group.length === 1;
  const title = isOne ? named(resource) : prose(`${group.length} resources alike`);
  return html`<details class="change" id="${anchor}" data-resources="${group.length}">
    <summary>
      <span class="op ${op}">${OP_SIGNS[op]} ${OP_WORDS[op]}</span> ${textHtml(title)}
      <small
        >${why.length > 0 ? textHtml(why) : count(rows.length, "property", "properties")}</small
      >
    </summary>
    ${
      isOne
        ? html``
        : html`<ul class="members">
            ${group.map((one) => html`<li>${textHtml(named(one.resource))}</li>`)}
          </ul>`
    }
    ${
      rows.length === 0
        ? html`<p>No property differs.</p>`
        : tableHtml(`Properties of ${isOne ? resource.name : "each of them"}`, head, rows)
    }
  </details>`;
}

/** Why it changes, where that is not for its own properties. */
function whyText({ with: gone, renamed }: ResourceChange): Text {
  if (gone !== undefined) return say`along with ${named(gone)}`;
  if (renamed === undefined) return [];
  return "from" in renamed ? say`was ${renamed.from}` : say`becomes ${renamed.to}`;
}

function rowsOf({ before, after, resource, properties, immutable }: ResourceChange): Html[][] {
  if (before === undefined || after === undefined) {
    return leaves(resource.inputs).map(({ path, value }) => [pathHtml(path), valueHtml(value)]);
  }
  return properties.map(({ path, before, after }) => [
    pathHtml(
      path,
      immutable.some((one) => isWithin(path, one)),
    ),
    valueHtml(before),
    valueHtml(after),
  ]);
}

function pathHtml(path: string, isImmutable = false): Html {
  const mark = isImmutable ? html` <small>cannot be changed in place</small>` : html``;
  return html`<code>${visible(path)}</code>${mark}`;
}

function valueHtml(value: unknown): Html {
  return html`<code>${visible(shownValue(value, "page"))}</code>`;
}
