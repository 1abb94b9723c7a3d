import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { comment } from "../../review/comment";
import { page } from "../../review/page";
import { previewedStack } from "../../review/preview";
import { reviewOfPreviews } from "../../review/reviews";
import { reportOf } from "../../review/report";
import { plainText } from "../../review/document";

/**
 * What the real engine printed for a sandbox with another deployer, other tags and more days of logs (a part of it), with
 * the emulator as its provider. It does not prove what previews of later engines look like.
 */

const FILE = "sandbox-preview.json";
const TEXT = readFileSync(join(__dirname, "fixtures", FILE), "utf8");

const TREE = { commit: "1".repeat(40), parents: [], hasUncommittedChanges: true };

interface Preview {
  steps: Step[];
  diagnostics: object[];
  changeSummary: Record<string, number>;
}

function edited(edit: (preview: Preview) => void): string {
  const preview = JSON.parse(TEXT) as Preview;
  edit(preview);
  return JSON.stringify(preview);
}

interface Step {
  op: string;
  urn: string;
  oldState?: Record<string, unknown>;
  newState?: Record<string, unknown>;
  replaceReasons?: string[];
}

function step(steps: Step[], name: string): Step {
  const found = steps.filter(({ urn }) => urn.endsWith(`::${name}`));
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** A registered version of code with another path. */
function versionStates(urn: string): Pick<Step, "oldState" | "newState"> {
  const type = "pulumi-nodejs:dynamic/mlscore:CodeVersion";
  const state = (codeUri: string) => ({
    urn: `${urn}-version`,
    type,
    custom: true,
    id: "/w/codes/c/versions/1",
    inputs: { properties: { codeUri } },
  });
  return { oldState: state("a"), newState: state("b") };
}

describe("a real preview", () => {
  it("is read with its stack, both sides and what the engine would do", () => {
    const { stack, before, after, changes, errors } = previewedStack(TEXT, FILE);
    expect(stack).toBe("sandbox");
    expect(errors).toEqual([]);
    expect(changes.map(({ op, resource: { name } }) => `${op} ${name}`).sort()).toEqual([
      "create assets-deployer-bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee",
      "delete assets-deployer-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
      "same assets-container",
      "same endpoint-acr-pull",
      "update endpoint-blue",
      "update endpoint-identity",
      "update endpoint-traffic",
      "update observability-application-insights",
      "update observability-log-analytics",
      "update registry",
      "update workspace",
    ]);
    expect(before.resources).toHaveLength(10);
    expect(after.resources).toHaveLength(10);
    expect(before.outputs).toHaveProperty("foundation");
    expect(Object.values(after.principals)).toEqual(Object.values(before.principals));
    expect(Object.keys(before.principals)).toHaveLength(2);
  });

  it("becomes a report with the same sections, roles by name", () => {
    const report = reportOf(reviewOfPreviews([{ file: FILE, text: TEXT }], () => [], TREE));
    const [sandbox] = report.stacks;
    expect(sandbox?.headlines.map(({ weight, text }) => `${weight}: ${plainText(text)}`)).toEqual([
      expect.stringContaining(
        "blocking: Secret: tests/fixtures/endpoint/blue.yml:14: environment_variables.",
      ),
      "review: Role: user bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee gets Storage Blob Data Contributor on blob container assets-container",
      "note: group aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee loses Storage Blob Data Contributor on blob container assets-container",
      "note: Cost: Log Analytics workspace observability-log-analytics: days of logs 30 → 60",
    ]);
    const text = comment(report);
    expect(text).toContain(
      "managed identity `endpoint-identity` | `AcrPull` | container registry `registry`",
    );
    expect(text).toContain("From a real preview");
    expect(text).toContain("the working tree at commit `111111111111`, with uncommitted changes");
    expect(text).not.toContain("exports.handler");
  });

  it("tells what Azure would refuse, as far as the preview has what that depends on", () => {
    const text = edited(({ steps }) => {
      const { newState } = step(steps, "assets-container");
      steps.push({
        op: "update",
        urn: `${String(newState?.["urn"])}-version`,
        ...versionStates(String(newState?.["urn"])),
      });
    });
    const [stack] = reportOf(reviewOfPreviews([{ file: FILE, text }], () => [], TREE)).stacks;
    expect(stack?.review.refusedChanges.map(({ message }) => message)).toEqual([
      "UserError: Asset paths cannot be updated. (/w/codes/c/versions/1)",
    ]);
  });

  it("takes the steps of a replacement together", () => {
    const text = edited(({ steps }) => {
      const registry = step(steps, "registry");
      registry.op = "replace";
      registry.replaceReasons = ["location"];
      const { newState: _new, ...old } = registry;
      steps.push({ ...old, op: "delete-replaced" }, { ...registry, op: "create-replacement" });
    });
    const { changes } = previewedStack(text, FILE);
    expect(changes.filter(({ resource: { name } }) => name === "registry")).toMatchObject([
      { op: "replace", immutable: ["location"] },
    ]);
    const report = reportOf(reviewOfPreviews([{ file: FILE, text }], () => [], TREE));
    expect(plainText(report.stacks[0]!.headlines[0]!.text)).toBe(
      "Data: container registry registry would be replaced with its images, because location cannot be changed in place; it is protected, so Pulumi would refuse",
    );
  });

  it("that failed is told as refused, in the engine's words", () => {
    const text = edited(({ diagnostics }) => {
      diagnostics.push({
        severity: "error",
        message: "error: Pulumi.sandbox.yaml:3: x: is wrong\n",
      });
    });
    const report = reportOf(reviewOfPreviews([{ file: FILE, text }], () => [], TREE));
    expect(plainText(report.verdict)).toBe("sandbox would be refused");
    expect(report.stacks[0]?.headlines.map((one) => plainText(one.text))).toEqual([
      "Refused: Pulumi.sandbox.yaml:3: x: is wrong",
    ]);
  });

  it("of a new stack has everything created", () => {
    const text = edited((preview) => {
      preview.steps = preview.steps.filter(({ newState }) => newState !== undefined);
      for (const one of preview.steps) {
        delete one.oldState;
        one.op = "create";
      }
      preview.changeSummary = { create: preview.steps.length };
    });
    const [stack] = reportOf(reviewOfPreviews([{ file: FILE, text }], () => [], TREE)).stacks;
    expect(stack?.counts).toMatchObject({ create: 10, update: 0, replace: 0, delete: 0 });
    expect(stack?.review.notes).toEqual([{ note: "New stack: everything is created.", said: [] }]);
  });
});

describe("what a preview does not know yet", () => {
  const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const urn = (type: string, name: string) => `urn:pulumi:new::mlscore::${type}::${name}`;
  const create = (type: string, name: string, inputs: object, propertyDependencies: object) => {
    const newState = { urn: urn(type, name), type, custom: true, inputs, propertyDependencies };
    return { op: "create", urn: urn(type, name), newState };
  };
  const ADDRESS = "azure-native:network:PublicIPAddress";
  const grant = (name: string, sources: object) =>
    create(
      "azure-native:authorization:RoleAssignment",
      name,
      {
        principalId: UNKNOWN,
        principalType: "ServicePrincipal",
        scope: UNKNOWN,
        roleDefinitionId: "/r/7f951dda-4ed3-4680-a7ca-43fe172d538d",
      },
      sources,
    );
  const text = JSON.stringify({
    steps: [
      create(ADDRESS, "address", {}, {}),
      create(
        "azure-native:network:NatGateway",
        "nat",
        { publicIpAddresses: [{ id: UNKNOWN }], sku: { name: UNKNOWN } },
        { publicIpAddresses: [urn(ADDRESS, "address")] },
      ),
      grant("one", {}),
      grant("other", { principalId: ["urn:pulumi:new::mlscore::x::component"] }),
    ],
  });

  it("is said in words, and its use is read from the dependencies", () => {
    const report = reportOf(reviewOfPreviews([{ file: "x.json", text }], () => [], TREE));
    const headlines = report.stacks[0]?.headlines.map((one) => plainText(one.text)) ?? [];
    expect(headlines).toContain(
      "Role: an identity created in this update gets AcrPull on something that is not known yet",
    );
    expect(headlines).toContain(
      "Public: public IP address address for outbound traffic of the NAT gateway nat; it accepts no inbound connections",
    );
    expect(comment(report)).not.toContain(UNKNOWN);
  });

  it("never reaches the page either", async () => {
    const report = reportOf(reviewOfPreviews([{ file: "x.json", text }], () => [], TREE));
    expect(await page(report)).not.toContain(UNKNOWN);
  });
});

describe("a file that is no preview", () => {
  it.each([
    ["no JSON", "Previewing update (sandbox):"],
    ["another JSON", '{"steps": 3}'],
  ])("is refused when it is %s", (_what, text) => {
    expect(() => previewedStack(text, "x.json")).toThrow(
      "x.json is not what `pulumi preview --json` prints. Write it with: pulumi preview --json --show-sames --stack NAME > FILE",
    );
  });

  it("is refused when it leaves out what stays", () => {
    const text = edited(({ steps }) => {
      steps.splice(0, steps.length, ...steps.filter(({ op }) => op !== "same"));
    });
    expect(() => previewedStack(text, "x.json")).toThrow(
      "x.json leaves out what does not change. Write it with: pulumi preview --json --show-sames --stack NAME > FILE",
    );
  });

  it("is refused without a step, and twice the same stack", () => {
    expect(() => previewedStack("{}", "x.json")).toThrow(
      "x.json has no steps, so it does not say which stack it is of.",
    );
    const twice = [FILE, "b"].map((file) => ({ file, text: TEXT }));
    expect(() => reviewOfPreviews(twice, () => [], TREE)).toThrow(
      'Two of the previews are of the stack "sandbox".',
    );
  });
});
