import { describe, expect, it } from "@jest/globals";
import MarkdownIt from "markdown-it";
import { comment } from "../../review/comment";
import { reportOf } from "../../review/report";
import { reviewOf } from "./graphs";
import { HOSTILE } from "./hostile";
import { change, resource } from "./smallStack";

/** The whole comment: hostile names in every place of it, and more than a comment holds. */

const parser = new MarkdownIt({ html: true, linkify: true });

/** Elements that the comment itself is made of. */
const OWN = /<\/?(h2|h3|h4|p|ul|li|strong|b|em|code|table|thead|tbody|tr|th|td|details|summary)>/g;

describe("a comment", () => {
  it("has no markup, link or call but its own, whatever things are called", () => {
    const resources = HOSTILE.map((text, index) =>
      resource("keyvault:Vault", `${index} ${text}`, { [text]: text, tags: { [text]: text } }),
    );
    const text = comment(reportOf(reviewOf(change(resources, resources.slice(1)))));
    const other = comment(reportOf(reviewOf(change([], resources))));
    for (const markup of [text, other].map((one) => parser.render(one))) {
      expect(markup.replace("<!-- mlscore-review -->", "").replace(OWN, "")).not.toMatch(/<[^ ]/);
      expect(markup).not.toMatch(/<a /);
      expect(markup.match(/<details>/g)).toHaveLength(markup.match(/<\/details>/g)?.length ?? 0);
    }
    expect(other).toContain("a&#92;u&#123;202e&#125;b");
  });

  it("tells changes of one shape once, and others by themselves", () => {
    const vaults = (owner: string) =>
      Array.from({ length: 40 }, (_, index) =>
        resource("keyvault:Vault", `vault-${index}`, { tags: { owner } }),
      );
    const files = (owner: string, size: number) =>
      resource("storage:StorageAccount", "files", { tags: { owner }, size });
    const text = comment(
      reportOf(reviewOf(change([...vaults("a"), files("a", 1)], [...vaults("b"), files("b", 2)]))),
    );
    expect(text.match(/^\| property \|/gm)).toHaveLength(2);
    expect(text.match(/^- key vault/gm)).toHaveLength(40);
    expect(text.match(/^\| `tags.owner` \| `a` \| `b` \|$/gm)).toHaveLength(2);
  });

  it("keeps changes apart whose values differ", () => {
    const before = ["a", "b"].map((name) => resource("keyvault:Vault", name, { tags: { name } }));
    const after = before.map((one) => ({ ...one, inputs: { tags: { name: "same" } } }));
    expect(
      comment(reportOf(reviewOf(change(before, after)))).match(/^\| property \|/gm),
    ).toHaveLength(2);
  });

  it("keeps its summary when the rest does not fit, and says that it does not", () => {
    const vaults = (days: number) =>
      Array.from({ length: 3000 }, (_, index) =>
        resource("keyvault:Vault", `vault-${index}`, {
          properties: { softDeleteRetentionInDays: days, publicNetworkAccess: "Disabled" },
        }),
      );
    const text = comment(reportOf(reviewOf(change(vaults(90), vaults(7)))));
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text.split("\n").slice(2, 10)).toEqual([
      "## 🛑 Infrastructure review: 6 blocking",
      "",
      "- **`test`**: 0 to create, 3000 to update, 0 to replace, 0 to delete, 0 unchanged",
      "",
      "### `test`",
      "",
      "- 🛑 **Data:** key vault `vault-0` would have 7 days of soft delete, not 90",
      "- 🛑 **Data:** key vault `vault-1` would have 7 days of soft delete, not 90",
    ]);
    expect(text).toMatch(
      /_\d+ parts? did not fit into a comment; the page `review.html` has everything._\n$/,
    );
  });

  it("keeps a summary of many refusals within the size as well", () => {
    const refusals = Array.from(
      { length: 5000 },
      (_, index) => `file.yml:${index}: ${"x".repeat(300)}`,
    );
    const review = { ...change([], []), after: undefined, refusals };
    const text = comment(reportOf(reviewOf(review)));
    expect(Buffer.byteLength(text)).toBeLessThan(64_000);
    expect(text).toContain("- **`test`**: would be refused: 5000 problems");
  });
});
