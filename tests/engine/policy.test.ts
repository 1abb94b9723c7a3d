import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { dayOf } from "../../policy/exemptions";
import { PRODUCTION, productionSettings, sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * The policy pack as the real Pulumi engine runs it, on first previews of both stacks with the emulator as provider. It
 * does not prove what the pack says at `pulumi up`, where everything is known.
 */

const PROJECT = join(__dirname, "..", "..");

/** What the project's own stacks have and the fixtures of other tests do not. */
const OWN = {
  endpointDirectory: join(PROJECT, "scoring", "flash-flood-predictor"),
  tags: { application: "gauge", environment: "tests", owner: "tests" },
};

const ADVICE_IN_SANDBOX = [
  "advisory endpoint-entra-auth endpoint",
  "advisory insights-entra-only observability-application-insights",
  "advisory workspace-approved-outbound workspace",
];

/** A day of the calendar, counted from today. */
function day(ahead: number): string {
  return dayOf(new Date(Date.now() + ahead * 86_400_000));
}

(hasEngine() ? describe : describe.skip)("the policy pack in the real engine", () => {
  const engine = new Engine();
  const configFile = (stack: string) => join(engine.home, `Pulumi.${stack}.yaml`);
  const sandbox = (changes: Record<string, unknown> = {}) =>
    sandboxSettings({
      ...OWN,
      network: { isolationMode: "AllowInternetOutbound" },
      ...changes,
    });
  const production = (changes: Record<string, unknown> = {}) =>
    productionSettings({ ...OWN, deployment: "multi-model", ...changes });

  beforeAll(() => {
    engine.init("sandbox", sandbox());
    engine.init("production", production());
  });
  afterAll(() => {
    engine.dispose();
  });

  /** Whether the preview was refused, and each finding as `severity rule resource`. */
  function judged(stack: string): { refused: boolean; findings: string[]; printed: string } {
    const { printed, refused } = preview(stack);
    const lines = printed.matchAll(/- \[(\w+)\] +([\w-]+) +\(.+?: ([^: ]+)\)$/gm);
    const findings = [...lines].map(([, severity, rule, name]) => `${severity} ${rule} ${name}`);
    return { refused, findings: [...new Set(findings)].sort(), printed };
  }

  function preview(stack: string): { printed: string; refused: boolean } {
    const where = ["--stack", stack, "--config-file", configFile(stack)];
    const how = ["--non-interactive", "--policy-pack", join(PROJECT, "policy")];
    try {
      return { printed: engine.pulumi("preview", ...how, ...where), refused: false };
    } catch (error) {
      return { printed: (error as Error).message, refused: true };
    }
  }

  it("finds nothing mandatory in the sandbox, and advises what it advises without an engine", () => {
    const { refused, findings, printed } = judged("sandbox");
    expect(findings).toEqual(ADVICE_IN_SANDBOX);
    expect(printed).toContain("mlscore@v0.1.0");
    expect(refused).toBe(false);
  });

  it("finds nothing mandatory in production, where neither ids nor the image to be built are known", () => {
    const releaseId = /release ([0-9a-f]{12}) is not in/.exec(engine.refusal("production"))?.[1];
    const exceptions = [{ releaseId, reason: "the gate is not what this is about" }];
    const release = { ...PRODUCTION.release, exceptions };
    engine.configure("production", production({ release, image: { build: "docker" } }));
    const { refused, findings, printed } = judged("production");
    expect(findings).toEqual([
      "advisory alert-action-group cluster",
      "advisory gateway-tls scoring-gateway",
      "advisory pools-host-encryption cluster",
      "advisory pools-host-encryption cluster-scoring",
    ]);
    expect(printed).toContain("docker:index:Image");
    expect(refused).toBe(false);
  });

  it("refuses what breaks a rule, and an exemption that is over", () => {
    breakSandbox(day(-1));
    const { refused, findings, printed } = judged("sandbox");
    expect(refused).toBe(true);
    expect(findings).toEqual([
      ...ADVICE_IN_SANDBOX,
      "mandatory exemption-expired mlscore-sandbox",
      "mandatory workspace-isolation workspace",
    ]);
    expect(printed).toContain(
      `workspace: the exemption from workspace-isolation ended on ${day(-1)}`,
    );
  });

  it("lets it pass with an exemption, and shows whose it is", () => {
    breakSandbox(day(30));
    const { refused, findings, printed } = judged("sandbox");
    expect(findings).toEqual(
      [...ADVICE_IN_SANDBOX, "advisory exemption-used mlscore-sandbox"].sort(),
    );
    expect(printed).toContain(`(until ${day(30)}, tests: waiting for the network team)`);
    expect(refused).toBe(false);
  });

  /** An exemption as people write it, its day without quotes. */
  function breakSandbox(expires: string): void {
    engine.configure("sandbox", sandbox({ network: { isolationMode: "Disabled" } }));
    appendFileSync(
      configFile("sandbox"),
      `  mlscore:policyExemptions:
    - rule: workspace-isolation
      resource: workspace
      owner: tests
      reason: waiting for the network team
      expires: ${expires}
`,
    );
  }
});
