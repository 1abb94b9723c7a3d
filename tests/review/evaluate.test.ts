import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { evaluated, failure, readableSettings, spokenLines } from "../../review/evaluate";

/** Evaluations of checkouts that are not this one's, each with a `render/cli.ts` that behaves in its own way. */

let checkout: string;
const created: string[] = [];

function write(path: string, text: string): void {
  mkdirSync(join(checkout, path, ".."), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "mlscore-checkout-"));
  created.push(checkout);
  write("Pulumi.test.yaml", "config:\n  mlscore:target: sandbox\n  tags: {a: b}\n");
});
afterAll(() => {
  for (const folder of created) rmSync(folder, { recursive: true, force: true });
});

const RENDER = `
  import { writeFileSync } from "node:fs";
  const out = process.argv[process.argv.indexOf("--out") + 1];
  console.error("warning: [runtime] a.yml:3: doubtful");
  console.error("warning: [runtime] a.yml:3: doubtful");
  writeFileSync(out + "/resources.json", JSON.stringify(`;

describe("an evaluation", () => {
  it("is the graph that the checkout's own program renders, with its warnings once", async () => {
    const resource = {
      urn: "urn:pulumi:test::mlscore::azure-native:keyvault/v20230701:Vault::vault",
      type: "azure-native:keyvault/v20230701:Vault",
      name: "vault",
      id: "/v",
      protect: true,
      ignoreChanges: [],
      inputs: { vaultName: "v" },
      another: "of a later version",
    };
    const component = { ...resource, type: "mlscore:keyVault:KeyVault", urn: "urn:c", name: "c" };
    write(
      "render/cli.ts",
      `${RENDER}${JSON.stringify({ resources: [resource, component], outputs: { a: 1 } })}));`,
    );
    expect(await evaluated(checkout, "test")).toEqual({
      kind: "graph",
      graph: {
        resources: [
          {
            urn: resource.urn,
            type: "azure-native:keyvault:Vault",
            name: "vault",
            id: "/v",
            protect: true,
            ignoreChanges: [],
            inputs: { vaultName: "v" },
            sources: {},
          },
        ],
        outputs: { a: 1 },
        principals: {},
        warnings: ["a.yml:3: doubtful"],
      },
      settings: { "mlscore:target": "sandbox", "mlscore:tags": '{"a":"b"}' },
    });
  });

  it("says what the program refuses", async () => {
    write(
      "render/cli.ts",
      'console.error("error: a.yml:4: traffic: sums to 110\\nwarning: b.yml:1: doubtful\\nerror: c.yml: x");\nprocess.exit(1);',
    );
    expect(await evaluated(checkout, "test")).toEqual({
      kind: "refused",
      problems: ["a.yml:4: traffic: sums to 110", "c.yml: x"],
    });
  });

  it("says that the program fails, by one line of its stack", async () => {
    write("render/cli.ts", 'throw new TypeError("no such thing");');
    expect(await evaluated(checkout, "test")).toEqual({
      kind: "broken",
      said: ["the program failed: TypeError: no such thing"],
    });
  });

  it("says that the layout is another one, or the graph is none", async () => {
    expect(await evaluated(checkout, "test")).toEqual({
      kind: "broken",
      said: ["render/cli.ts is missing: the checkout has a different folder layout"],
    });
    write("render/cli.ts", `${RENDER}{}));`);
    expect(await evaluated(checkout, "test")).toMatchObject({ kind: "broken" });
  });

  it("is of a stack that this checkout has", async () => {
    expect(await evaluated(checkout, "other")).toEqual({ kind: "absent" });
  });
});

describe("what a program says", () => {
  it("is told line by line, and what only announces the rest is left out", () => {
    const text = "This would be refused:\n  vault: the name is taken\n  account: so is this\n";
    expect(failure(text, spokenLines(text))).toEqual({
      kind: "refused",
      problems: ["vault: the name is taken", "account: so is this"],
    });
    const waited = `info: hashing models: 1 of 2 MB read\n${text}`;
    expect(failure(waited, spokenLines(waited))).toEqual(failure(text, spokenLines(text)));
    expect(failure("There is no stack.\n", spokenLines("There is no stack.\n"))).toEqual({
      kind: "refused",
      problems: ["There is no stack."],
    });
    expect(failure("", [])).toEqual({
      kind: "broken",
      said: ["the program failed: no further details"],
    });
  });
});

describe("settings", () => {
  it("that cannot be read are none: the evaluation says why", () => {
    write("Pulumi.test.yaml", "config: [");
    expect(readableSettings(checkout, "test")).toEqual({});
    expect(readableSettings(checkout, "other")).toEqual({});
  });

  it("are those of the engine: a key without a value is missing", () => {
    write("Pulumi.test.yaml", "config:\n  target: sandbox\n  mlscore:image:\n");
    expect(readableSettings(checkout, "test")).toEqual({ "mlscore:target": "sandbox" });
  });
});
