import { describe, expect, it } from "@jest/globals";
import { translateCondaFile } from "../../../conda/condaPackages";
import { answerFailureText, startFailureText } from "../../../local/endpoint/failureText";
import { instanceEnvironment } from "../../../local/endpoint/instanceEnvironment";
import { MLFLOW_HOST, MLFLOW_REQUIREMENTS } from "../../../mlflow/host";
import { deployment } from "./support/endpoint";

const SPEC = deployment("blue", {
  ...MLFLOW_HOST,
  modelDirectory: "/copies/azureml-models/m/1",
  mlflowModel: "model",
});

describe("an MLflow model without a scoring script", () => {
  it("is found by the script where Azure's looks for it", () => {
    const env = instanceEnvironment(SPEC, "/env", "/home", {});
    expect(env).toMatchObject({
      AZUREML_MODEL_DIR: "/copies/azureml-models/m/1",
      MLFLOW_MODEL_FOLDER: "model",
      AZUREML_ENTRY_SCRIPT: "mlflow_score.py",
      MLFLOW_DISABLE_TELEMETRY: "true",
    });
    const own = deployment("green", { modelDirectory: "/copies/m/1" });
    expect(instanceEnvironment(own, "/env", "/home", {})).not.toHaveProperty("MLFLOW_MODEL_FOLDER");
  });

  it.each([
    ["has neither", "- scikit-learn==1.7.0", ["mlflow", "azureml-inference-server-http==1.5.1"]],
    ["has MLflow", "- mlflow==3.1.0", ["azureml-inference-server-http==1.5.1"]],
    ["has both", "- MLflow\n      - azureml-inference-server-http", []],
  ])("gets what the script needs without a word: its conda file %s", (_what, line, added) => {
    const conda = `dependencies:\n  - python=3.12\n  - pip:\n      ${line}\n`;
    const { requirements, warnings } = translateCondaFile(conda, "conda.yaml", MLFLOW_REQUIREMENTS);
    expect(requirements.slice(line.split("\n").length)).toEqual(added);
    expect(warnings).toEqual([]);
  });

  const output = [
    "Traceback (most recent call last):",
    `  File "${MLFLOW_HOST.codeDirectory}/mlflow_score.py", line 152, in run`,
    "    result = model.predict(data)",
    "mlflow.exceptions.MlflowException: no /copies/azureml-models/m/1/model/model.pkl",
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    '  File "/env/azureml_inference_server_http/server/user_script.py", line 130, in invoke_run',
    "    raise UserScriptException(ex) from ex",
    "azureml_inference_server_http.server.user_script.UserScriptException: Caught an unhandled exception from the user script",
  ].join("\n");

  it("is named with MLflow's words where it fails, and not the script", () => {
    const failure = { spec: SPEC, output, logPath: "/log" };
    const first = (text: string) => text.split("\n")[0];
    const words =
      "model (YAML of blue): the MLflow model model raised mlflow.exceptions.MlflowException: no $AZUREML_MODEL_DIR/model/model.pkl";
    expect(first(answerFailureText(failure, "424", "fails"))).toBe(words);
    expect(first(startFailureText(failure, "exited with status 3"))).toBe(words);
    expect(first(answerFailureText(failure, "408", "times out"))).toContain(
      "run() takes longer than",
    );
  });
});
