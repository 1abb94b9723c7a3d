import { beforeAll, describe, expect, it } from "@jest/globals";
import { allows, roleActions } from "../../azure/roleActions";
import { GROUP_SCOPE, SUBSCRIPTION_SCOPE } from "../../azure/right";
import { rights } from "../../azure/rights";
import { checks } from "../../preflight/checks";
import { subscription } from "../../preflight/checks/subscription";
import type { Declared } from "../../preflight/declared";
import { emulatedSubscription, soundSubscription } from "../../preflight/emulator";
import { readerOf } from "../../preflight/reader";
import { exitCodeOf, reportJson, reportText } from "../../preflight/report";
import { preflight } from "../../preflight/run";
import { VARIANTS } from "../productionVariants";
import {
  productionRun,
  productionSettings,
  sandboxRun,
  sandboxSettings,
  SUBSCRIPTION,
} from "../stacks";
import { declaredBy, NOW, preflightOf, TENANT, withDocument } from "./subscriptions";

/** What preflight makes of answers that are refused, late, empty or of no shape at all, and what it may ask. */

let sandbox: Declared;
let hub: Declared;
beforeAll(async () => {
  const variant = VARIANTS["in a network of others"];
  sandbox = declaredBy(sandboxSettings(), await sandboxRun());
  hub = declaredBy(productionSettings(variant), await productionRun(variant));
});

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;

describe("what cannot be asked", () => {
  it("is told with the missing right, and ends with 2", async () => {
    const path = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/locations/canadacentral/usages`;
    const result = await preflightOf(sandbox, () => ({
      refusals: { [path]: [403, "AuthorizationFailed"] },
    }));
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]).toMatchObject({
      check: "instance-quota",
      kind: "unanswered",
      command: `az role assignment create --assignee <object id> --role Reader --scope /subscriptions/${SUBSCRIPTION}`,
    });
    expect(result.findings[0]?.missing).toContain(
      "Microsoft.MachineLearningServices/locations/usages/read",
    );
    expect(exitCodeOf(result)).toBe(2);
  });

  it("does not hide what is missing, and that ends with 1", async () => {
    const result = await preflightOf(sandbox, (sound) => ({
      ...withDocument("/Microsoft.KeyVault", { registrationState: "NotRegistered" })(sound),
      refusals: { [`/subscriptions/${SUBSCRIPTION}/resources`]: [500, "InternalServerError"] },
    }));
    expect(result.findings.map(({ check, kind }) => [check, kind])).toEqual([
      ["resource-provider", "shortage"],
      ["endpoint-name", "unanswered"],
    ]);
    expect(exitCodeOf(result)).toBe(1);
    expect(reportText("sandbox", "Azure", result)).toMatch(/1 missing, 1 unknown/);
  });

  it("is a note where it is the validation alone", async () => {
    const result = await preflightOf(sandbox, () => ({
      refusals: {
        [`${GROUP}/providers/Microsoft.Resources/deployments`]: [403, "AuthorizationFailed"],
      },
    }));
    expect(result.findings.map(({ check, kind }) => [check, kind])).toEqual([
      ["validation", "note"],
    ]);
    expect(exitCodeOf(result)).toBe(0);
  });

  it("is everything where nobody is signed in", async () => {
    const error = Object.assign(new Error("Please run az login\nand more"), {
      name: "CredentialUnavailableError",
    });
    const reader = { ask: () => Promise.reject(error) };
    const result = await preflight(sandbox, { reader, now: NOW });
    expect(result.findings).toEqual([
      {
        check: "signed-in",
        kind: "unanswered",
        missing: "Azure rejects the sign-in (not signed in: Please run az login)",
        who: "you: sign in again",
        command: "az login",
      },
    ]);
    expect(exitCodeOf(result)).toBe(2);
  });

  it("is a bug where it is none of Azure's errors", async () => {
    const reader = { ask: () => Promise.reject(new TypeError("of ours")) };
    await expect(preflight(sandbox, { reader, now: NOW })).rejects.toThrow("of ours");
  });
});

describe("answers without what they should have", () => {
  const shapes: readonly (readonly [string, unknown])[] = [
    ["null", null],
    ["text", "what?"],
    ["nothing", {}],
    [
      "null everywhere",
      { value: null, values: null, properties: null, displayName: null, error: null },
    ],
    [
      "lists of null",
      { value: [null, 7, "x", {}], values: [null, {}], properties: { subnets: [null] } },
    ],
    ["half a list", { value: [{ name: null, limit: null, currentValue: "5", actions: null }] }],
  ];

  it.each(shapes)("are reported or skipped, and never crash: %s", async (_name, body) => {
    for (const declared of [sandbox, hub]) {
      const reader = { ask: () => Promise.resolve({ status: 200, body }) };
      const result = await preflight(declared, { reader, now: NOW });
      expect(result.checks).toBeGreaterThan(10);
      expect(JSON.parse(reportJson("sandbox", "Azure", result))).toHaveProperty("findings");
    }
  });
});

describe("the reader", () => {
  it("asks a question once", async () => {
    const { arm, reads } = emulatedSubscription(soundSubscription(sandbox, TENANT));
    const reader = readerOf(arm);
    const [question] = subscription.questions(sandbox);
    if (question === undefined) throw new Error("no question");
    await Promise.all([reader.ask(question), reader.ask(question)]);
    expect(reads.recorded).toHaveLength(1);
  });

  it.each(["/regenerateKeys", "/listKeys", "/validateNot", "/checkNameAvailability/x"])(
    "sends no POST to %s",
    async (end) => {
      const { arm, reads } = emulatedSubscription(soundSubscription(sandbox, TENANT));
      const question = { path: `${GROUP}${end}`, apiVersion: "1", action: "none", body: {} };
      await expect(readerOf(arm).ask(question)).rejects.toThrow("is not called");
      expect(reads.recorded).toEqual([]);
    },
  );
});

describe("the right to ask", () => {
  const all = (declared: Declared) =>
    [subscription, ...checks(NOW)].flatMap((check) => check.questions(declared));
  const ofTable = (scope: string) =>
    rights.filter((one) => one.who === "deploying identity" && one.scope === scope);
  const mayDo = (action: string, scope: string) =>
    ofTable(scope).some(({ role }) =>
      allows(roleActions[role as keyof typeof roleActions], action, "actions"),
    );

  it("is in the table: Reader on the subscription, and what the update needs on the group", () => {
    for (const declared of [sandbox, hub]) {
      const own = declared.resourceGroup.id.toLowerCase();
      const refused = all(declared).filter(({ path, action }) => {
        const isOwn = path.toLowerCase().startsWith(own);
        return !mayDo(action, isOwn ? GROUP_SCOPE : SUBSCRIPTION_SCOPE);
      });
      expect(refused.map(({ action }) => action)).toEqual([]);
    }
    expect(ofTable(SUBSCRIPTION_SCOPE).map(({ role }) => role)).toEqual(["Reader"]);
  });

  it("only reads, except for the validation", () => {
    const actions = new Set([...all(sandbox), ...all(hub)].map(({ action }) => action));
    expect([...actions].filter((action) => !action.endsWith("/read"))).toEqual([
      "Microsoft.Resources/deployments/validate/action",
    ]);
  });
});
