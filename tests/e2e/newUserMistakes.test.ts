import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CommandLine, type Done } from "./commandLine";
import { copyProject } from "./projectCopy";

/** What a new user does wrong first, with `up` of a new endpoint and `up` again of one that serves. */

const FILES = {
  "endpoint.yml": `$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: gauge-endpoint
traffic:
  blue: 100
`,
  "blue.yml": `$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: gauge-endpoint
model:
  path: model
code_configuration:
  code: code
  scoring_script: score.py
environment:
  image: mcr.microsoft.com/azureml/minimal-py311-inference:1
  conda_file: conda.yml
instance_type: Standard_DS3_v2
instance_count: 1
`,
  // The environment of the other suites, so that it is there already.
  "conda.yml": `name: scoring
dependencies:
  - python=3.11
  - pip
  - pip:
      - azureml-inference-server-http==1.5.1
`,
  "code/score.py": `import json
import os
from pathlib import Path


def init():
    global weight
    path = Path(os.environ["AZUREML_MODEL_DIR"]) / "model" / "weights.json"
    weight = json.loads(path.read_text())["weight"]


def run(raw_data):
    return [weight * value for value in json.loads(raw_data)["data"]]
`,
  "model/weights.json": '{ "weight": 2 }',
  "sample-request.json": '{"data": [1, 2.5]}',
} satisfies Record<string, string>;

interface Mistake {
  readonly file: keyof typeof FILES;
  readonly from: string;
  readonly to: string;
  /** Lines of the message; LOG stands for the line that says where the log is. */
  readonly said: readonly (string | RegExp)[];
  /** Goes on with a warning. @default false */
  readonly isWarning?: true;
}

const LOG = /^ {2}Log: \/\S+\.log$/;
const NOT_STARTED =
  /^ {2}The deployment blue did not start: its server exited with status \d+, 3 times in a row\.$/;

const MISTAKES: Readonly<Record<string, Mistake>> = {
  "a typo in a key": {
    file: "blue.yml",
    from: "instance_count",
    to: "instance_cout",
    said: [
      'error: mine/blue.yml:13: instance_cout: is not a known key; did you mean "instance_count"?',
    ],
  },
  "wrong indentation": {
    file: "blue.yml",
    from: "  scoring_script",
    to: "scoring_script",
    said: [
      'error: mine/blue.yml:8: scoring_script: is not a known key; it belongs under "code_configuration"',
    ],
  },
  "a missing file": {
    file: "blue.yml",
    from: "conda.yml",
    to: "conda.yaml",
    said: [
      'error: mine/blue.yml:11: environment.conda_file: is "conda.yaml", a conda file that does not exist; did you mean "conda.yml"?',
    ],
  },
  "a wrong Python version": {
    file: "conda.yml",
    from: "python=3.11",
    to: "python=2.7",
    said: [
      /^warning: mine\/conda\.yml:3: asks for Python =2\.7, which is not on PATH; Python 3\.\d+\.\d+ \(\S+\) is used instead$/,
    ],
    isWarning: true,
  },
  "a package that is missing in the conda file": {
    file: "code/score.py",
    from: "import os\n",
    to: "import os\nimport no_such_boost\n",
    said: [
      "mine/code/score.py:3: ModuleNotFoundError: No module named 'no_such_boost'",
      "  Add the package that has no_such_boost under pip in mine/conda.yml.",
      NOT_STARTED,
      LOG,
    ],
  },
  "an import error in the scoring script": {
    file: "code/score.py",
    from: "import os\n",
    to: "import os\nfrom json import loadz\n",
    said: [
      /^mine\/code\/score\.py:3: ImportError: cannot import name 'loadz' from 'json' /,
      NOT_STARTED,
      LOG,
    ],
  },
  "an exception in init()": {
    file: "code/score.py",
    from: "    global weight\n",
    to: '    raise RuntimeError("no weights today")\n',
    said: ["mine/code/score.py:7: RuntimeError: no weights today (in init)", NOT_STARTED, LOG],
  },
  "a slow init()": {
    file: "code/score.py",
    from: "    global weight\n",
    to: "    import time\n    time.sleep(3600)\n",
    said: [
      // A busy machine has not come to init() yet.
      /^mine\/code\/score\.py:(?:6: init\(\) has not returned|1: the server is still loading the script); readiness_probe \(mine\/blue\.yml:14\) sets how long that may take$/,
      /^ {2}The deployment blue did not start: its server was not ready within \d+ s\.$/,
      LOG,
    ],
  },
  "an exception in run()": {
    file: "code/score.py",
    from: "    return [",
    to: '    raise ValueError("cannot score")\n    return [',
    said: [
      "mine/code/score.py:13: ValueError: cannot score (in run)",
      "  The deployment blue answered mine/sample-request.json with HTTP 424.",
      LOG,
    ],
  },
  "a wrong model path": {
    file: "blue.yml",
    from: "path: model",
    to: "path: models",
    said: [
      'error: mine/blue.yml:5: model.path: is "models", a custom model that does not exist; did you mean "model"?',
    ],
  },
};

const IMPATIENT =
  "readiness_probe: {initial_delay: 1, period: 1, timeout: 1, failure_threshold: 1}\n";

describe("a mistake of a new user", () => {
  const project = copyProject();
  const [first, again] = [new CommandLine(project), new CommandLine(project)];
  const up = (cli: CommandLine) =>
    cli.beside("local/cli.ts", "up", "--detach", "--endpoint", "mine");
  const write = (changes: Partial<typeof FILES> = {}) => {
    for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
      mkdirSync(dirname(join(project, "mine", name)), { recursive: true });
      writeFileSync(join(project, "mine", name), text);
    }
  };

  beforeAll(async () => {
    write();
    const { status, stderr } = await up(again);
    if (status !== 0) throw new Error(stderr);
  });
  afterAll(() => {
    first.remove();
    again.remove();
    rmSync(project, { recursive: true, force: true });
  });

  it.each(Object.entries(MISTAKES))(
    "ends with the file, the line and what to do: %s",
    async (what, { file, from, to, said, isWarning = false }) => {
      const text = FILES[file];
      expect(text.split(from)).toHaveLength(2);
      write({
        ...(what === "a slow init()" ? { "blue.yml": FILES["blue.yml"] + IMPATIENT } : {}),
        [file]: text.replace(from, to),
      });
      const [fresh, running] = await Promise.all([up(first), up(again)]);
      first.local("down");
      const status = isWarning ? 0 : 1;
      expect([fresh.status, running.status]).toEqual([status, status]);
      expectLines(messageOf(fresh), said);
      const kept = isWarning ? [] : ["Nothing was changed: blue keeps serving as before."];
      expectLines(messageOf(running), [...said, ...kept]);
    },
  );
});

/** What was printed in the end, without the progress before it. */
function messageOf({ stderr }: Done): string[] {
  const lines = stderr.trimEnd().split("\n");
  const progress = /^(?:$|The endpoint runs already|(?:blue|endpoint): )/;
  return lines.slice(lines.findLastIndex((line) => progress.test(line)) + 1);
}

function expectLines(lines: readonly string[], said: readonly (string | RegExp)[]): void {
  expect(lines).toEqual(
    said.map((line) => (typeof line === "string" ? line : expect.stringMatching(line))),
  );
  expect(lines.length).toBeLessThanOrEqual(5);
}
