import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { whenCreationFails } from "../../components/endpointCreation";
import { readEndpointDirectory } from "../../config/azureml";
import { ConfigError } from "../../errors";
import { ENDPOINT_DIRECTORY } from "../stacks";

const NOT_FOUND = 'Status=404 Code="NotFound" Message="The specified resource was not found."';
const NO_REASON = 'Status=400 Code="BadRequest" Message="The request is invalid."';
const FILE = join(ENDPOINT_DIRECTORY, "endpoint.yml");

async function asked(errors: string[], failedOperation = "create") {
  const { definition } = await readEndpointDirectory(ENDPOINT_DIRECTORY);
  const waits: number[] = [];
  const wait = (ms: number) => Promise.resolve(waits.push(ms));
  const onFailure = whenCreationFails(definition!, "canadacentral", wait);
  const answer = await onFailure({ failedOperation, errors }).catch((error: unknown) => error);
  return { answer, waits };
}

async function refusal(...errors: string[]): Promise<string> {
  const { answer, waits } = await asked(errors);
  expect(answer).toBeInstanceOf(ConfigError);
  expect(waits).toEqual([]);
  return (answer as Error).message;
}

describe("a creation of the endpoint that fails", () => {
  it("is tried again after half a minute when Azure answers NotFound", async () => {
    expect(await asked([NOT_FOUND])).toEqual({ answer: true, waits: [30_000] });
    expect(await asked(Array<string>(10).fill(NOT_FOUND))).toEqual({
      answer: true,
      waits: [30_000],
    });
  });

  it("ends after eleven answers of NotFound, with the name's line", async () => {
    expect(await refusal(...Array<string>(11).fill(NOT_FOUND))).toBe(
      `${FILE}:2: name: is "gauge-endpoint", and Azure has answered NotFound for five minutes, as it does for some ` +
        "time after an endpoint of this name was deleted; run this again later, or choose another name " +
        `(Azure: ${NOT_FOUND})`,
    );
  });

  it.each([
    'Code="BadRequest" Message="There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name."',
    `Code="UserError" Message="The specified endpoint name 'gauge-endpoint' is not available. Endpoint names must be unique within the region."`,
  ])("leads to the name when Azure says that it is taken: %s", async (answer) => {
    expect(await refusal(answer)).toBe(
      `${FILE}:2: name: is "gauge-endpoint", which an endpoint in canadacentral has already, in this or another ` +
        "workspace; choose another name, or, if it was just deleted, run this again in a few minutes " +
        `(Azure: ${answer})`,
    );
  });

  it("leads to the name when azure-native drops Azure's reason, and says that this is a guess", async () => {
    expect(await refusal(NO_REASON)).toContain(
      `${FILE}:2: name: is "gauge-endpoint", and Azure has refused the endpoint without a reason that azure-native passes ` +
        "on; most likely another endpoint in canadacentral",
    );
  });

  it.each([
    ["for lack of a right", 'Status=403 Code="AuthorizationFailed" Message="…"'],
    ["for lack of a workspace", 'Status=404 Code="ParentResourceNotFound" Message="…"'],
    ["for another reason", 'Status=400 Code="BadRequest" Message="The identity is not valid."'],
  ])("is left to the engine %s", async (_what, answer) => {
    expect(await asked([answer])).toEqual({ answer: false, waits: [] });
  });

  it("is no deletion or update that fails", async () => {
    expect(await asked([NOT_FOUND], "delete")).toEqual({ answer: false, waits: [] });
    expect(await asked([NO_REASON], "update")).toEqual({ answer: false, waits: [] });
  });
});
