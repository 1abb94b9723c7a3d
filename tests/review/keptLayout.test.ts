import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { laidOut } from "../../review/topology/keptLayout";

const graph = (width: number) => ({
  id: "all",
  layoutOptions: { "elk.algorithm": "layered", "elk.direction": "RIGHT" },
  children: [
    { id: "a", width, height: 20 },
    { id: "b", width: 30, height: 20 },
  ],
  edges: [{ id: "e", sources: ["a"], targets: ["b"] }],
});

describe("the layout of a drawing", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layouts-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is kept, and the same when it is read again", async () => {
    const first = await laidOut(graph(30), folder);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(first.children?.map(({ x }) => x)).toEqual([12, 62]);
    expect(JSON.stringify(await laidOut(graph(30), folder))).toBe(JSON.stringify(first));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is another one for another graph", async () => {
    await laidOut(graph(30), folder);
    const placed = await laidOut(graph(50), folder);
    expect(placed.children?.map(({ x }) => x)).toEqual([12, 82]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("is made again where the kept one is damaged", async () => {
    await laidOut(graph(30), folder);
    const [kept = ""] = readdirSync(folder);
    writeFileSync(join(folder, kept), "damaged\n{}");
    const placed = await laidOut(graph(30), folder);
    expect(placed.children).toHaveLength(2);
  });
});
