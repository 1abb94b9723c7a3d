import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { deployable } from "../../../local/deployable";
import { sourcesOf } from "../../../local/blobs";
import type { EndpointSpec, EndpointStatus } from "../../../local/endpoint";
import { withTelemetry } from "../../../local/telemetry";
import { withNewCode, type Known } from "../../../local/watch/codeEdit";
import { ENDPOINT_DIRECTORY, sandboxRun } from "../../stacks";

/** What an edit of code makes of the endpoint, beside what an evaluation of the same files makes of it. */

describe("an edit of scoring code", () => {
  let folder = "";
  let copies = "";
  let code = "";
  let known: Known;

  const evaluated = async (): Promise<Known> => {
    const { created } = await sandboxRun({ endpointDirectory: join(folder, "endpoint") });
    const { spec } = await deployable(created, copies);
    return { spec, sources: [...sourcesOf(created.values(), copies)] };
  };
  /** The endpoint as it runs, as far as it is asked. */
  const live = ({ name, deployments, ...split }: EndpointSpec) =>
    ({ ...split, name, deployments }) as unknown as EndpointStatus;
  const edited = (...names: string[]) =>
    withNewCode(
      known,
      names.map((name) => join(code, name)),
      live(known.spec),
    );
  const change = (name: string) => {
    writeFileSync(join(code, name), `# ${name}\n${readFileSync(join(code, "score.py"), "utf8")}`);
  };

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "code-edit-")));
    copies = join(folder, "copies");
    code = join(folder, "endpoint", "code");
    cpSync(ENDPOINT_DIRECTORY, join(folder, "endpoint"), { recursive: true });
    known = await evaluated();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("makes of it what an evaluation makes of it, copies included", async () => {
    change("score.py");
    mkdirSync(join(code, "more"));
    change("more/helper.py");
    const next = await edited("score.py", "more/helper.py");
    const copied = readdirSync(copies).length;
    const byEvaluation = await evaluated();
    expect(next?.spec).toEqual(byEvaluation.spec);
    expect(readdirSync(copies)).toHaveLength(copied);
    for (const [copy, source] of byEvaluation.sources) {
      expect(new Map(next?.sources).get(copy)).toBe(source);
    }
    const revisions = ({ spec }: Known) => spec.deployments.map(({ revision }) => revision);
    for (const revision of revisions(next!)) expect(revisions(known)).not.toContain(revision);
  });

  it("is the same with telemetry on this machine, so that nothing is started twice", async () => {
    const observed = ({ spec, sources }: Known): Known => {
      const deployments = spec.deployments.map((one) => withTelemetry(one, "file", "sandbox"));
      return { spec: { ...spec, deployments }, sources };
    };
    known = observed(known);
    change("score.py");
    const next = await edited("score.py");
    expect(next?.spec).toEqual(observed(await evaluated()).spec);
  });

  it("keeps the split and the tags that the endpoint has now", async () => {
    change("score.py");
    const now = { traffic: { blue: 0, green: 100 }, mirrorTraffic: { blue: 5 }, tags: { a: "b" } };
    const asRunning = live({ ...known.spec, ...now });
    const next = await withNewCode(known, [join(code, "score.py")], asRunning);
    expect(next?.spec).toMatchObject(now);
  });

  it("is evaluated where more than Python code changed, or what runs is not what is known", async () => {
    change("score.py");
    const script = join(code, "score.py");
    expect(await edited("score.py", "data.json")).toBeUndefined();
    expect(await edited("score.py", "../blue.yml")).toBeUndefined();
    expect(await edited("score.py", "../elsewhere.py")).toBeUndefined();
    const [blue, green] = known.spec.deployments;
    const others: Partial<EndpointSpec>[] = [
      { name: "another" },
      { deployments: [blue!] },
      { deployments: [blue!, { ...green!, revision: "0" }] },
    ];
    for (const other of others) {
      const running = live({ ...known.spec, ...other });
      expect(await withNewCode(known, [script], running)).toBeUndefined();
    }
    expect(await edited("score.py")).toBeDefined();
  });

  it("is evaluated where the scoring script is gone, for the message", async () => {
    rmSync(join(code, "score.py"));
    writeFileSync(join(code, "renamed.py"), "");
    expect(await edited("score.py", "renamed.py")).toBeUndefined();
  });
});
