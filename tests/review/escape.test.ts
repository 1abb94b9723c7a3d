import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { visible } from "../../page/visible";
import { markdownCode, markdownText } from "../../review/escape";
import { cases } from "../thorough";
import { HOSTILE } from "./hostile";

/**
 * What others wrote stays text, whatever it is: read back with a Markdown parser that knows HTML, tables and bare links. It
 * does not prove what GitHub does after that, beyond the calls that its filters look for in text.
 */

const parser = new MarkdownIt({ html: true, linkify: true });

/** Text as a reader sees it. */
function rendered(markdown: string): { readonly text: string; readonly markup: string } {
  const markup = parser.render(markdown);
  const text = markup
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  return { text, markup };
}

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(fc.constantFrom(...HOSTILE, "`", "|", "<", ">", "\\", "\n", "@a", "*", "_", "]", "&"), {
      maxLength: 6,
    })
    .map((parts) => parts.join("")),
);

/** Elements that only our own words may make. */
const ALLOWED = /<\/?(p|code|table|thead|tbody|tr|th|td|ul|li)>/g;

/** As shown, less what is put in between so that nobody is called. */
const seen = (value: string) => visible(value).trim().replace(/\s+/g, " ");
const uncalled = (text: string) => text.replaceAll("\u200b", "").trim().replace(/\s+/g, " ");

describe("a sentence in Markdown", () => {
  it("is read back letter by letter, with no markup made by it", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { text, markup } = rendered(`Said: ${markdownText(value)}`);
        expect(uncalled(text)).toBe(`Said: ${seen(value)}`.trim());
        expect(markup.replace(ALLOWED, "")).not.toContain("<");
      }),
      { numRuns: cases(200, 1000) },
    );
  });

  it("calls nobody and links to nothing", () => {
    for (const value of HOSTILE) {
      const { text } = rendered(`- ${markdownText(value)}`);
      expect(text).not.toMatch(/@\w|#\d|\bGH-\d|:\w+:/);
    }
  });

  it("stays in its cell of a table", () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const row = `| ${markdownText(one)} | ${markdownCode(other)} | end |`;
        const { markup } = rendered(`| a | b | c |\n| --- | --- | --- |\n${row}`);
        expect(markup.match(/<td>/g)).toHaveLength(3);
        expect(markup).toContain("<td>end</td>");
      }),
      { numRuns: cases(200, 1000) },
    );
  });

  it("makes no list or heading where it begins a line", () => {
    for (const value of ["- one", "1. one", "12) one", "+ one", "# one", "> one", "=== one"]) {
      expect(rendered(markdownText(value)).markup).toMatch(/^<p>/);
    }
  });
});

describe("a name or value in Markdown", () => {
  it("is one piece of code, read back letter by letter", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { text, markup } = rendered(`Name ${markdownCode(value)} ends`);
        expect(uncalled(text)).toBe(`Name ${seen(value)} ends`.replace(/\s+/g, " "));
        expect(markup.match(/<code>/g)).toHaveLength(1);
        expect(markup.replace(ALLOWED, "")).not.toContain("<");
      }),
      { numRuns: cases(200, 1000) },
    );
  });

  it("is written plainly where nothing is in it that could be read as something else", () => {
    expect(markdownCode("network.subnets[nodes]")).toBe("`network.subnets[nodes]`");
    expect(markdownCode("name@sha256:0a")).toBe("`name@sha256:0a`");
    expect(markdownCode("a|b")).toBe("<code>a&#124;b</code>");
    expect(markdownCode("a\\b")).toBe("<code>a&#92;b</code>");
  });
});

describe("what cannot be seen", () => {
  it("is written out", () => {
    expect(visible("a\u202eb\u200bc\u0007d\ud800e\u{e0041}f")).toBe(
      "a\\u{202e}b\\u{200b}c\\u{7}d\\u{d800}e\\u{e0041}f",
    );
    expect(visible("one\r\ntwo\tthree")).toBe("one two three");
    expect(visible("Ünï 漢字 💥")).toBe("Ünï 漢字 💥");
  });
});
