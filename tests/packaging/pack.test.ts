import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import project from "../../package.json";
import { TARBALL } from "../../packaging/pack";
import { packWithTemplate } from "../../packaging/template";
import { ENDPOINT_DIRECTORY, productionSettings } from "../stacks";
import { linkedInstall } from "./linkedInstall";

/**
 * The packed package in another program's folder, with the packages that both name as links and without a registry. Does not
 * prove that npm finds those packages.
 */

const PROJECT = join(__dirname, "..", "..");
const FIXTURE = join(PROJECT, "tests", "fixtures", "consumer");

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

describe("the packed package", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-packed-"));
  const consumer = join(folder, "consumer");
  const installed = join(consumer, "node_modules", "mlscore");
  const node = (args: readonly string[], directory = consumer) =>
    spawnSync(process.execPath, args, { cwd: directory, encoding: "utf8" });

  beforeAll(() => {
    const { tarball, template } = packWithTemplate(join(folder, "out"));
    cpSync(FIXTURE, consumer, { recursive: true });
    cpSync(ENDPOINT_DIRECTORY, join(consumer, "endpoint"), { recursive: true });
    cpSync(join(template, "tsconfig.json"), join(consumer, "tsconfig.json"));
    const { dependencies, devDependencies } = manifestOf(template);
    const manifest = { dependencies: { ...dependencies, mlscore: `file:${tarball}` } };
    writeFileSync(join(consumer, "package.json"), JSON.stringify({ ...manifest, devDependencies }));
    linkedInstall(consumer);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("has compiled modules, their declarations and what is to be read, and nothing else", () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
    const outside = files.filter((file) => !file.startsWith("dist/")).sort();
    expect(outside).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    const compiled = files.filter((file) => file.startsWith("dist/"));
    expect(compiled.filter((file) => !/\.(js|d\.ts)$/.test(file))).toEqual([
      "dist/secrets/gitleaks.json",
    ]);
    const folders = new Set(compiled.map((file) => file.split("/")[1]));
    for (const name of ["tests", "scoring", "local", "emulator", "policy", "review"]) {
      expect(folders).not.toContain(name);
    }
    expect(readFileSync(join(installed, "README.md"), "utf8")).toMatch(/^# The package `mlscore`/);
  });

  it("depends on the project's own versions, and brings no commands", () => {
    const packed = JSON.parse(
      readFileSync(join(installed, "package.json"), "utf8"),
    ) as typeof project & { readonly peerDependencies: Record<string, string> };
    const own: Record<string, string> = project.dependencies;
    for (const [name, version] of Object.entries(packed.dependencies)) {
      expect(version).toBe(own[name]);
    }
    expect(packed.dependencies).not.toHaveProperty("hono");
    expect(Object.keys(packed.peerDependencies)).toEqual([
      "@pulumi/azure-native",
      "@pulumi/pulumi",
    ]);
    expect(packed).not.toHaveProperty("scripts");
    expect(packed).not.toHaveProperty("devDependencies");
  });

  it("has types for a program with two components, and for every example of its documentation", () => {
    const examples = [
      ...readFileSync(join(installed, "README.md"), "utf8").matchAll(/```ts\n(.*?)```/gs),
    ];
    expect(examples).toHaveLength(6);
    mkdirSync(join(consumer, "examples"));
    const files = examples.map(([, text = ""], index) => {
      const file = join("examples", `example${index}.ts`);
      writeFileSync(join(consumer, file), text);
      return file;
    });
    const wrong = join("examples", "wrong.ts");
    writeFileSync(
      join(consumer, wrong),
      'import { loadEndpoint, OnlineEndpoint } from "mlscore";\n' +
        'export = async () => new OnlineEndpoint("e", { definition: await loadEndpoint(1) });\n',
    );
    const tsconfig = { extends: "./tsconfig.json", files: ["index.ts", ...files, wrong] };
    writeFileSync(join(consumer, "tsconfig.examples.json"), JSON.stringify(tsconfig));
    const tsc = createRequire(join(consumer, "index.ts")).resolve("typescript/package.json");
    const checked = node([join(tsc, "..", "bin", "tsc"), "-p", "tsconfig.examples.json"]);
    const faults = checked.stdout.split("\n").filter((line) => line.includes("error"));
    expect(faults.map((line) => line.replace(/\(.*/, ""))).toEqual([wrong, wrong]);
  });

  it("declares an endpoint and a split in a program of its own, which reads its own folder", () => {
    const evaluated = node(["--import", "tsx", "evaluate.mjs"]);
    if (evaluated.status !== 0) throw new Error(evaluated.stderr);
    const { resources, outputs } = JSON.parse(evaluated.stdout) as {
      readonly resources: readonly Declared[];
      readonly outputs: Record<string, unknown>;
    };
    expect(
      resources.map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`).sort(),
    ).toEqual([
      "DiagnosticSetting endpoint-diagnostics",
      "OnlineDeployment endpoint-blue",
      "OnlineDeployment endpoint-green",
      "OnlineEndpoint endpoint",
      "OnlineEndpoint endpoint",
      "RoleAssignment endpoint-acr-pull",
      "RoleAssignment endpoint-metrics-writer",
      "RoleAssignment endpoint-storage-reader",
      "TrafficSplit endpoint-traffic",
      "TrafficSplit shared-traffic",
      "UserAssignedIdentity endpoint-identity",
    ]);
    expect(outputs).toEqual({ scoringUri: "https://gauge.example/score" });
    const split = resources.find(({ name }) => name === "shared-traffic");
    expect(split?.inputs).toMatchObject({ endpointName: "shared", traffic: { old: 90, new: 10 } });
    expect(split?.inputs["__provider"]).toBe(
      'exports.handler = () => require("mlscore/providers/trafficProvider").provider;',
    );
  });

  it("finds the project above the folder in which a program runs", () => {
    const script =
      'require("mlscore").loadEndpoint("endpoint").then(({ name }) => console.log(name))';
    const read = node(["-e", script], join(consumer, "endpoint"));
    expect(read.stdout).toBe("gauge-endpoint\n");
  });

  it("says that an image is built where the program's project has what it is built from", () => {
    const settings = productionSettings({
      endpointDirectory: "endpoint",
      image: { build: "docker" },
    });
    const script =
      'require("@pulumi/pulumi").runtime.setAllConfig(JSON.parse(process.argv[1]));' +
      'require("mlscore").declareStack().catch(({ message }) => console.log(message))';
    const declared = node(["-e", script, JSON.stringify(settings)]);
    expect(declared.stdout).toContain("image.build: needs scoring/Dockerfile");
    expect(declared.stdout).toContain("set image.digest to an image that has been built");
  });

  it("tells what is wrong with the program's YAML by the path in its project", () => {
    const file = join(consumer, "endpoint", "endpoint.yml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("auth_mode: key", "auth_mode: password"));
    const evaluated = node(["--import", "tsx", "evaluate.mjs"]);
    writeFileSync(file, text);
    expect(evaluated.stderr).toContain('endpoint/endpoint.yml:3: auth_mode: is "password"');
  });

  it.each(["assetUploadProvider", "assetVersionProvider", "gatewayApiProvider", "trafficProvider"])(
    "has %s where Pulumi's host of dynamic providers looks for it",
    (file) => {
      const text = `exports.handler = () => require("mlscore/providers/${file}").provider;`;
      const loaded = node(["loadProvider.mjs", text]);
      expect(loaded.stderr).toBe("");
      const methods = JSON.parse(loaded.stdout) as string[];
      expect(methods).toEqual(expect.arrayContaining(["create", "delete", "diff"]));
    },
  );

  it("exports nothing else", () => {
    const inside = node(["-e", 'require("mlscore/dist/components/cluster.js")']);
    expect(inside.stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("lies in the template, whose packages have the project's versions", () => {
    const template = join(folder, "out", "template");
    expect(existsSync(join(template, TARBALL))).toBe(true);
    const { dependencies, devDependencies } = manifestOf(template);
    const all: Record<string, string> = { ...project.dependencies, ...project.devDependencies };
    expect(dependencies["mlscore"]).toBe(`file:${TARBALL}`);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (name !== "mlscore") expect([name, version]).toEqual([name, all[name]]);
    }
  });
});

function manifestOf(folder: string) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies: Record<string, string>;
    readonly devDependencies: Record<string, string>;
  };
}
