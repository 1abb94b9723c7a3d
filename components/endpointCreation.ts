import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../errors";
import type { OnlineEndpointDefinition } from "../config/types";
import { yamlLines } from "../config/yamlLines";

/** Waits so many milliseconds; tests give one that does not. */
export type Pause = (ms: number) => Promise<unknown>;

export const pause: Pause = (ms) => setTimeout(ms);

/** Between two tries of a creation that Azure answers with NotFound, and how many tries there are. */
const RETRY_MS = 30_000;
const TRIES = 11;

/** What Azure's answer to the creation of an endpoint means. */
type Meaning = "deletedJustNow" | "taken" | "noReason" | "other";

/**
 * What the engine asks when the endpoint cannot be created; bound to the resource by `hooks.onError`, which needs the
 * Pulumi CLI 3.244 (Pulumi.yaml, `requiredPulumiVersion`). Nothing where the program is evaluated without the engine: Pulumi's
 * mocks announce error hooks and do not have them.
 */
export function endpointCreationHooks(
  name: string,
  definition: OnlineEndpointDefinition,
  location: string,
  wait: Pause,
): pulumi.ResourceHookBinding {
  if (!pulumi.runtime.hasEngine()) return {};
  const onFailure = whenCreationFails(definition, location, wait);
  return { onError: [new pulumi.ErrorHook(`${name}-creation`, onFailure)] };
}

/**
 * Whether a failed creation is to be tried again. One that somebody's name is in the way of is not: the error then leads to
 * the name in the endpoint's YAML.
 *
 * @throws ConfigError for a name that cannot be had
 */
export function whenCreationFails(
  definition: OnlineEndpointDefinition,
  location: string,
  wait: Pause,
): (failure: Pick<pulumi.ErrorHookArgs, "failedOperation" | "errors">) => Promise<boolean> {
  return async ({ failedOperation, errors }) => {
    const [answer = ""] = errors;
    if (failedOperation !== "create") return false;
    const meaning = meaningOf(answer);
    if (meaning === "other") return false;
    if (meaning === "deletedJustNow" && errors.length < TRIES) {
      await wait(RETRY_MS);
      return true;
    }
    throw nameRefused(definition, explanation(meaning, location), answer);
  };
}

/**
 * Azure says that a name is taken in the details of its answer ("There is already an endpoint with this name, Endpoint name
 * needs to be unique within a region", azureml-examples pull request 1931), newer services in the message ("not available.
 * Endpoint names must be unique within the region", ansible-collections/azure pull request 2231). azure-native passes on the
 * message alone (its newResponseError), which for the first is "The request is invalid."
 * A name that was used before can be NotFound for some time (azure-cli-extensions issue 7660).
 */
function meaningOf(answer: string): Meaning {
  if (/already an endpoint with this name|unique within (a|the) region/i.test(answer)) {
    return "taken";
  }
  if (/Code="NotFound"/.test(answer)) return "deletedJustNow";
  return /Code="BadRequest" Message="The request is invalid\.?"/.test(answer)
    ? "noReason"
    : "other";
}

function explanation(meaning: Exclude<Meaning, "other">, location: string): string {
  switch (meaning) {
    case "taken":
      return (
        `which an endpoint in ${location} has already, in this or another workspace; choose another name, or, ` +
        "if it was just deleted, run this again in a few minutes"
      );
    case "deletedJustNow":
      return (
        "and Azure has answered NotFound for five minutes, as it does for some time after an endpoint of this name was " +
        "deleted; run this again later, or choose another name"
      );
    case "noReason":
      return (
        "and Azure has refused the endpoint without a reason that azure-native passes on; most likely another endpoint in " +
        `${location}, in this or another workspace, has this name: choose another one. The reason is in the ` +
        "activity log of the workspace"
      );
  }
}

function nameRefused(
  { file, name }: OnlineEndpointDefinition,
  why: string,
  answer: string,
): ConfigError {
  const line = yamlLines(file).lineOf(["name"]);
  const message = `is "${name}", ${why} (Azure: ${answer.trim()})`;
  return new ConfigError([{ file, line, key: "name", message, severity: "error" }]);
}
