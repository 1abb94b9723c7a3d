import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { CommandLine } from "../../e2e/commandLine";
import { closeAndExpectNothingLeft, deployment, endpoint, startEndpoint } from "./support/endpoint";
import { until } from "./support/router";

interface Answered {
  readonly label: string;
  readonly pid: number;
}

describe("npm run local -- fault", () => {
  const cli = new CommandLine();
  const folder = join(cli.state, "sandbox", "endpoint");
  const local = (...args: string[]) => cli.beside("local/cli.ts", ...args);

  afterEach(closeAndExpectNothingLeft);
  afterAll(() => {
    cli.remove();
  });

  it("lets a running deployment misbehave until it is switched off, and shows that", async () => {
    mkdirSync(folder, { recursive: true });
    const test = await startEndpoint({ folder });
    const spec = endpoint([deployment("blue"), deployment("green")], { blue: 100, green: 0 });
    await test.apply(spec);
    const green = { "azureml-model-deployment": "green" };
    const fault = (...words: string[]) => local("fault", "green", ...words);

    const answered = async () => {
      const answer = JSON.parse((await test.call({}, green)).body) as Answered;
      return { label: answer.label, pid: answer.pid };
    };
    const { label, pid } = await answered();
    expect(label).toBe("green");

    expect(await fault("errors=100%", "slow=1.5x", "answers")).toEqual({
      status: 0,
      stderr: "",
      stdout:
        "green: 100 % of the answers fail, answers take 1.5 times as long, numbers in answers are changed.\n" +
        "It ends with: npm run local -- fault green off, the next revision of the deployment, or down.\n",
    });
    expect((await test.call({}, green)).status).toBe(424);
    expect((await test.call({})).status).toBe(200);
    expect((await local("status")).stdout).toContain(
      "green: injected fault: 100 % of the answers fail, answers take 1.5 times as long, numbers in answers are changed\n",
    );
    expect(test.status("green").fault).toEqual({
      errorPercent: 100,
      slowFactor: 1.5,
      changesAnswers: true,
    });

    // The last command counts, alone.
    await fault("answers");
    expect(await answered()).toEqual({ label, pid: 2 * pid });

    // An update with the same revision leaves it, the next revision ends it.
    await test.apply(spec);
    expect(test.status("green").fault).toEqual({ changesAnswers: true });
    const next = deployment("green", { revision: "green-2" });
    await test.apply(endpoint([deployment("blue"), next], { blue: 100, green: 0 }));
    expect(test.status("green").fault).toBeUndefined();

    await fault("errors=5");
    expect((await fault("off")).stdout).toBe("green has no injected fault.\n");
    expect(test.status("green").fault).toBeUndefined();

    const before = test.status("green").instances[0];
    expect((await fault("crash")).status).toBe(0);
    await until(() => {
      const [now] = test.status("green").instances;
      return now?.state === "ready" && now.restarts === 1 && now.pid !== before?.pid;
    });
    expect(test.status("green").fault).toBeUndefined();

    expect(await local("fault", "red", "errors=5%")).toMatchObject({
      status: 1,
      stderr: "no deployment red runs; there is blue, green\n",
    });
  });
});
