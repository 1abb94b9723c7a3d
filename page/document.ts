import { createHash } from "node:crypto";
import { html } from "hono/html";
import { dense, type Html } from "./html";

/** A page that needs nothing else. */
export interface PageParts {
  readonly title: string;
  readonly body: Html;
  readonly style: string;
  /** @default none */
  readonly script?: string;
}

/** Nothing is loaded, nothing is sent, and no script runs but the page's own. */
function policyOf(script: string | undefined): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    ...(script === undefined
      ? []
      : [`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`]),
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

export async function documentOf({ title, body, style, script }: PageParts): Promise<string> {
  const head = html`
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policyOf(script)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="referrer" content="no-referrer" />
    <title>${title}</title>
  `;
  return [
    "<!doctype html>",
    '<html lang="en">',
    `<head>${await dense(head)}<style>${style}</style></head>`,
    `<body>${await dense(body)}${script === undefined ? "" : `<script>${script}</script>`}</body>`,
    "</html>",
    "",
  ].join("\n");
}
