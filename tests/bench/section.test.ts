import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { barChart } from "./chart";
import { withSection } from "./document";
import { ratios, spreadText } from "./section";

describe("the ratios of rounds", () => {
  it("are taken in each round, not of the medians", () => {
    expect(ratios([10, 40, 90], [10, 20, 30])).toEqual({ median: 2, least: 1, most: 3 });
  });

  it("are a median with its range", () => {
    expect(spreadText(ratios([1, 3, 8], [1, 2, 4]))).toBe("1.50 (1.00–2.00)");
  });
});

describe("docs/performance.md", () => {
  const section = {
    id: "router",
    title: "A title",
    rows: [
      ["", "µs"],
      ["nginx", "40"],
    ],
  };

  it("gets a section between its marks, and nothing else changes", () => {
    const text = "before\n<!-- bench router -->\nold\n<!-- end of router -->\nafter\n";
    expect(withSection(text, section, "2026-11-30")).toBe(
      "before\n<!-- bench router -->\n\nA title, 2026-11-30:\n\n" +
        "|       | µs  |\n| ----- | --- |\n| nginx | 40  |\n\n<!-- end of router -->\nafter\n",
    );
  });

  it("must have a place for a section", () => {
    expect(() => withSection("nothing", section, "2026-11-30")).toThrow(
      'docs/performance.md has no "<!-- bench router -->" … "<!-- end of router -->"',
    );
  });

  it.each(["evaluation", "review", "hashing", "servers", "router", "features"])(
    "has a place for %s",
    (id) => {
      const text = readFileSync(join(__dirname, "..", "..", "docs", "performance.md"), "utf8");
      const titled = withSection(text, { ...section, id, title: `The title of ${id}` }, "today");
      expect(titled.split(`The title of ${id}, today:`)).toHaveLength(2);
    },
  );
});

describe("the chart", () => {
  it("draws a bar to the median, a line over the range, and the number", () => {
    const drawn = barChart("a < b", [
      { name: "first", median: 1, least: 1, most: 1 },
      { name: "second", median: 2, least: 1, most: 4 },
    ]);
    expect(drawn).toContain('<title id="title">a &lt; b</title>');
    // From 170 to 650: a quarter of 480, and a half.
    expect([...drawn.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => width)).toEqual([
      "120.0",
      "240.0",
    ]);
    expect(drawn).toContain('d="M290.0 79H650.0M290.0 74v10M650.0 74v10"');
    expect(drawn).toContain('<text x="658" y="83">2.00</text>');
  });
});
