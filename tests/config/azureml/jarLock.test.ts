import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../../config/azureml";
import { jarLockProblems } from "../../../config/azureml/jarLock";
import { DEPLOYMENT, folderWith, lines, SOUND } from "./harness";

const SPARK = path.join(__dirname, "../../../scoring/environment-spark");
const OURS = readFileSync(path.join(SPARK, "jars.lock"), "utf8");
const OUR_CONDA = readFileSync(path.join(SPARK, "conda.yml"), "utf8");

const DIGEST = `sha256:${"a".repeat(64)}`;
const LOCK = `# Made by bake.py
pyspark=4.2.0
delta-spark=4.4.0
scala=2.13
hadoop=3.5.0
io.delta:delta-spark_4.2_2.13:4.4.0 ${DIGEST}
org.apache.hadoop:hadoop-azure:3.5.0 ${DIGEST}
org.apache.hadoop:hadoop-azure-datalake:3.5.0 ${DIGEST}
`;
const CONDA =
  "dependencies:\n  - python=3.11\n  - pip:\n    - pyspark==4.2.0\n    - delta-spark==4.4.0\n";
const FIX = "run bake.py --lock with the packages of conda.yml installed";

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nothing to replace: ${from}`);
  return text.replace(from, to);
}

describe("a JAR lock and the conda file beside it", () => {
  it("agree in this project, and in the example that the tests change", () => {
    expect(jarLockProblems(OURS, OUR_CONDA)).toEqual([]);
    expect(jarLockProblems(LOCK, CONDA)).toEqual([]);
    expect(jarLockProblems(LOCK.replaceAll("\n", "\r\n"), CONDA)).toEqual([]);
  });

  it("agree when conda's own list has the packages", () => {
    const conda = "dependencies: [python=3.11, pyspark=4.2.0, delta-spark=4.4.0]\n";
    expect(jarLockProblems(LOCK, conda)).toEqual([]);
  });

  it.each([
    [
      "another pyspark",
      "pyspark==4.2.0",
      "pyspark==4.1.0",
      `was made for pyspark 4.2.0, but conda.yml has pyspark 4.1.0; ${FIX}`,
      2,
    ],
    [
      "another delta-spark",
      "delta-spark==4.4.0",
      "delta-spark==4.4.1",
      `was made for delta-spark 4.4.0, but conda.yml has delta-spark 4.4.1; ${FIX}`,
      3,
    ],
    [
      "a range",
      "pyspark==4.2.0",
      "pyspark>=4.2.0",
      `was made for pyspark 4.2.0, but conda.yml pins no pyspark exactly; ${FIX}`,
      2,
    ],
    [
      "a prefix",
      "pyspark==4.2.0",
      "pyspark==4.2.*",
      `was made for pyspark 4.2.0, but conda.yml pins no pyspark exactly; ${FIX}`,
      2,
    ],
  ])("disagree with %s in the conda file", (_what, from, to, message, line) => {
    expect(jarLockProblems(LOCK, replaced(CONDA, from, to))).toEqual([{ line, message }]);
  });

  it.each([
    [
      "an older hadoop-azure, which would even read a table",
      "hadoop-azure:3.5.0",
      "hadoop-azure:3.4.1",
      `org.apache.hadoop:hadoop-azure has version 3.4.1, but hadoop is 3.5.0: it must be the same; ${FIX}`,
      7,
    ],
    [
      "another Spark's Delta",
      "delta-spark_4.2_2.13:4.4.0",
      "delta-spark_4.1_2.13:4.4.0",
      `io.delta:delta-spark_4.2_2.13 is not in it, but delta-spark is 4.4.0: it must be the same; ${FIX}`,
      3,
    ],
    [
      "another Scala's Delta",
      "scala=2.13",
      "scala=2.12",
      `io.delta:delta-spark_4.2_2.12 is not in it, but delta-spark is 4.4.0: it must be the same; ${FIX}`,
      3,
    ],
    ["no Hadoop", "hadoop=3.5.0\n", "", `does not say which hadoop it was made for; ${FIX}`, 1],
    [
      "a JAR without its checksum",
      `hadoop-azure-datalake:3.5.0 ${DIGEST}`,
      `hadoop-azure-datalake:3.5.0 ${DIGEST}\nx:y:1`,
      `has neither name=version nor group:artifact:version sha256:<64 digits>; ${FIX}`,
      9,
    ],
  ])("are refused with %s in the lock", (_what, from, to, message, line) => {
    expect(jarLockProblems(replaced(LOCK, from, to), CONDA)).toEqual([{ line, message }]);
  });

  it.each([
    ["is not there", undefined, "has no conda.yml beside it that pins pyspark and delta-spark"],
    ["is no conda file", "just text", "was made for pyspark 4.2.0, but conda.yml pins no pyspark"],
  ])("are refused when the conda file %s", (_what, conda, message) => {
    const [first] = jarLockProblems(LOCK, conda);
    expect(first?.message).toContain(message);
  });
});

describe("a deployment with a build context for Spark", () => {
  const built = DEPLOYMENT.replace(
    / {2}image: .*\n {2}conda_file: .*\n/,
    "  build: {path: spark}\n",
  );
  const said = async (lock: string) => {
    const context = {
      "spark/Dockerfile": "FROM x",
      "spark/conda.yml": CONDA,
      "spark/jars.lock": lock,
    };
    const folder = folderWith({ ...SOUND, ...context, "d.yml": built });
    const { value, problems } = await readDeploymentFile(path.join(folder, "d.yml"));
    return { value, said: lines(problems, folder) };
  };

  it("is read when lock and conda file agree", async () => {
    const { value, said: problems } = await said(LOCK);
    expect(problems).toEqual([]);
    expect(value?.environment).toMatchObject({ kind: "inline", buildContext: { shape: "folder" } });
  });

  it("is refused, with file and line, when they do not", async () => {
    const { value, said: problems } = await said(LOCK.replace("pyspark=4.2.0", "pyspark=4.1.0"));
    expect(value).toBeUndefined();
    expect(problems[0]).toBe(
      `error spark/jars.lock:2 was made for pyspark 4.1.0, but conda.yml has pyspark 4.2.0; ${FIX}`,
    );
  });
});
