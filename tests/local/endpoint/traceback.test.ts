import { describe, expect, it } from "@jest/globals";

import { lastException, scriptError } from "../../../local/endpoint/traceback";

const CODE = "/state/assets/code-1";

/** What the inference server 1.5.1 prints when `init()` raises, with its paths shortened. */
const IN_INIT = `2026-11-30 03:06:25,913 E [16775] azmlinfsrv - Encountered Exception Traceback (most recent call last):
  File "/env/azureml_inference_server_http/server/user_script.py", line 119, in invoke_init
    self._user_init()
  File "${CODE}/score.py", line 5, in init
    load()
    ~~~~^^
  File "${CODE}/model/weights.py", line 12, in load
    return numpy.load(path)
  File "/env/numpy/lib/npyio.py", line 427, in load
    raise ValueError("cannot load")
ValueError: cannot load

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/env/azureml_inference_server_http/server/aml_blueprint.py", line 109, in setup
    self.user_script.invoke_init()
azureml_inference_server_http.server.user_script.UserScriptException: Caught an unhandled exception from the user script

2026-11-30 03:06:25,913 I [16775] azmlinfsrv - Model Directory Contents:
`;

describe("the error of a scoring script", () => {
  it("is in the last line of the user's own code, whatever library raised it", () => {
    expect(scriptError(IN_INIT, CODE)).toEqual({
      file: `${CODE}/model/weights.py`,
      line: 12,
      inFunction: "load",
      exception: "ValueError: cannot load",
    });
  });

  it("is the last of several", () => {
    const second = IN_INIT.replaceAll("ValueError: cannot load", "OSError: gone");
    expect(scriptError(IN_INIT + second, CODE)?.exception).toBe("OSError: gone");
  });

  it.each([
    [
      "a syntax error",
      `  File "${CODE}/score.py", line 6\n    y = 2\nIndentationError: unexpected indent`,
    ],
    ["code that an import runs", `  File "${CODE}/score.py", line 6, in <module>\n    y = 2\nE: x`],
  ])("names no function for %s", (_what, lines) => {
    const found = scriptError(`Traceback (most recent call last):\n${lines}\n`, CODE);
    expect(found).toMatchObject({ file: `${CODE}/score.py`, line: 6 });
    expect(found).not.toHaveProperty("inFunction");
  });

  it.each([
    ["no traceback", "Booting worker\n"],
    ["a traceback of the server alone", IN_INIT.replaceAll(CODE, "/elsewhere")],
    ["a folder that only begins alike", IN_INIT.replaceAll(CODE, `${CODE}-old`)],
    ["a traceback that is cut off", IN_INIT.slice(0, IN_INIT.indexOf("ValueError: cannot"))],
  ])("is not found in %s", (_what, output) => {
    expect(scriptError(output, CODE)).toBeUndefined();
  });

  it("moves no cursor and stays a line", () => {
    const hostile = IN_INIT.replace(
      "ValueError: cannot load\n",
      `ValueError: \u001b[2J${"x".repeat(999)}\n`,
    );
    const exception = scriptError(hostile, CODE)?.exception ?? "";
    expect(exception).toMatch(/^ValueError: {2}\[2Jx+ …$/);
    expect(exception).toHaveLength(302);
  });

  it("is known without a place where the server itself raised", () => {
    expect(lastException(IN_INIT)).toMatch(/UserScriptException: Caught/);
    expect(lastException("")).toBeUndefined();
  });
});
