/** The rollout on the page: read again when its record has changed, and drawn up to now. */
import { statSync } from "node:fs";
import { html } from "hono/html";

import { MOST_BYTES, readTextIfThere } from "../../../input/userFile";
import type { Html } from "../../../page/html";
import { currentNumbers } from "../../../rollout/picture/current";
import { rolloutHtml } from "../../../rollout/picture/drawing";
import { pictureOf } from "../../../rollout/picture/model";
import { parseRecord, type Line } from "../../../rollout/record";
import type { EndpointStatus } from "../status";

export type RolloutPart = (status: EndpointStatus, now: number) => Promise<Html>;

/** @param path of the record; undefined where the endpoint has none */
export function createRolloutPart(path: string | undefined): RolloutPart {
  let known = "";
  let lines: readonly Line[] = [];
  return async (status, now) => {
    const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    const version = found === undefined ? "" : `${found.mtimeMs} ${found.size}`;
    if (path !== undefined && version !== known) {
      lines = parseRecord(readTextIfThere(path, MOST_BYTES.document) ?? "").lines;
      known = version;
    }
    if (version === "" || status.name === undefined) return NONE;
    const current = await currentNumbers(lines, status);
    const picture = pictureOf(lines, status.name, new Date(now).toISOString(), current);
    return picture === undefined ? NONE : rolloutHtml(picture);
  };
}

const NONE = html`<p>
  No rollout is on record. <code>npm run rollout -- start --canary NAME</code> begins one.
</p>`;
