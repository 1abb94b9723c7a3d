import { Refusal } from "./refusal";

/** As quoted in azureml-examples pull request 1931; Azure does not say who has the name. */
const NAME_TAKEN =
  "There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.";

export function endpointNameTaken(): Refusal {
  return new Refusal(
    "BadRequest",
    NAME_TAKEN,
    "endpoint-name-regional",
    "endpoint-name-taken-answer",
  );
}

/** Code and text as quoted in azure-cli-extensions issue 7660. */
export function endpointNotFoundYet(): Refusal {
  return new Refusal(
    "NotFound",
    "The specified resource was not found.",
    "endpoint-name-after-deletion",
  );
}

/** An error of ARM: what azure-native passes on of it is code and message, never the details. */
export interface ArmErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly code: string; readonly message: string }[];
}

/** The error's body where the service behind Azure ML refuses, which the resource provider wraps; undefined for another. */
export function wrappedError({ code, message, sources }: Refusal): ArmErrorBody | undefined {
  if (sources.includes("endpoint-name-taken-answer")) {
    const reason = message.slice(`${code}: `.length);
    const inner = { errors: { "": [reason] }, title: "One or more validation errors occurred." };
    return {
      code,
      message: "The request is invalid.",
      details: [{ code: "InferencingClientCallFailed", message: JSON.stringify(inner) }],
    };
  }
  if (sources.includes("endpoint-name-after-deletion")) {
    return {
      code,
      message: message.slice(`${code}: `.length),
      details: [{ code: "InferencingClientCallFailed", message: '{"title":"Not Found"}' }],
    };
  }
  return undefined;
}
