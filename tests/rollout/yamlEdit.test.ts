import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { editYaml, type Edit } from "../../rollout/yamlEdit";

/** Does not prove that every YAML there is can be changed: what cannot is refused. */

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "yaml-"));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

const file = () => join(folder, "endpoint.yml");

async function edit(text: string, ...edits: [Edit["path"], number | undefined][]) {
  writeFileSync(file(), text);
  const lines = await editYaml(
    file(),
    edits.map(([path, value]) => ({ path, value })),
  );
  return { text: readFileSync(file(), "utf8"), lines };
}

const FULL = `# Ours.
$schema:   https://example.org/endpoint.json   # uneven spaces

name: flood
traffic:
    blue:   90   # the old one
    green: "10"
tags: {a: b,   c: 'd'}
list:
- one
-   two
`;

describe("a YAML file", () => {
  it("keeps everything to the letter but the numbers that change", async () => {
    const { text, lines } = await edit(FULL, [["traffic", "blue"], 0], [["traffic", "green"], 100]);
    expect(text).toBe(FULL.replace("blue:   90", "blue:   0").replace('green: "10"', "green: 100"));
    expect(lines).toEqual(["traffic.blue: 90 → 0", 'traffic.green: "10" → 100']);
  });

  it("keeps Windows' line ends", async () => {
    const { text } = await edit("traffic:\r\n  blue: 1\r\n", [["traffic", "blue"], 2]);
    expect(text).toBe("traffic:\r\n  blue: 2\r\n");
  });

  it("is not touched when all is as desired", async () => {
    writeFileSync(file(), FULL);
    const before = statSync(file()).mtimeMs;
    expect(await editYaml(file(), [{ path: ["traffic", "blue"], value: 90 }])).toEqual([]);
    expect(await editYaml(file(), [{ path: ["traffic", "pink"], value: 0 }])).toEqual([]);
    expect(await editYaml(file(), [{ path: ["mirror_traffic"], value: undefined }])).toEqual([]);
    expect(statSync(file()).mtimeMs).toBe(before);
  });

  it("gets new keys and keeps its comments and order", async () => {
    const { text, lines } = await edit(
      "# Ours.\nname: flood # here\ntraffic:\n  blue: 100 # old\n# end\n",
      [["traffic", "blue"], 90],
      [["traffic", "green"], 10],
      [["mirror_traffic", "pink"], 5],
    );
    expect(text).toBe(
      "# Ours.\nname: flood # here\ntraffic:\n  blue: 90 # old\n  green: 10\nmirror_traffic:\n  pink: 5\n\n# end\n",
    );
    expect(lines).toEqual([
      "traffic.blue: 100 → 90",
      "traffic.green: nothing → 10",
      "mirror_traffic.pink: nothing → 5",
    ]);
  });

  it("gets a mapping where a key has no value", async () => {
    const { text } = await edit("name: flood\ntraffic:\n", [["traffic", "blue"], 100]);
    expect(text).toBe("name: flood\ntraffic:\n  blue: 100\n");
  });

  it("takes flow style", async () => {
    const { text } = await edit("traffic: {blue: 90, green: 10}\n", [["traffic", "green"], 100]);
    expect(text).toBe("traffic: {blue: 90, green: 100}\n");
  });

  it("loses keys that are taken away", async () => {
    const { text, lines } = await edit(
      "traffic:\n  blue: 100 # old\n  green: 0\nmirror_traffic:\n  green: 5\n",
      [["traffic", "green"], undefined],
      [["mirror_traffic"], undefined],
    );
    expect(text).toBe("traffic:\n  blue: 100 # old\n");
    expect(lines).toEqual(["traffic.green: 0 → nothing", "mirror_traffic: a mapping → nothing"]);
  });

  it.each([
    ["an alias", "a: &a {blue: 1}\ntraffic: *a\n"],
    ["a key that YAML 1.1 reads as a switch", "traffic:\n  on: 1\n"],
    ["no YAML", "traffic: [\n"],
  ])("is refused and left as it is with %s", async (_what, text) => {
    writeFileSync(file(), text);
    const name = text.includes("on:") ? "on" : "blue";
    const fault = await editYaml(file(), [{ path: ["traffic", name], value: 7 }]).catch(
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(UserError);
    expect(readFileSync(file(), "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["endpoint.yml"]);
  });

  it("keeps its rights", async () => {
    writeFileSync(file(), FULL, { mode: 0o640 });
    await editYaml(file(), [{ path: ["traffic", "blue"], value: 1 }]);
    expect(statSync(file()).mode & 0o777).toBe(0o640);
  });

  it("is refused when it is not there", async () => {
    await expect(editYaml(join(folder, "no.yml"), [])).rejects.toThrow(UserError);
  });
});
