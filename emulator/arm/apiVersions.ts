import { Refusal } from "../azure/refusal";

/**
 * API versions of Microsoft.MachineLearningServices with online endpoints, from the oldest that a supported client sends
 * (azure-ai-ml 1.35) to the one that this project writes (azure-native 3.28, documentation of OnlineEndpoint). They differ
 * in what a client knows, not in what the API answers.
 */
const API_VERSIONS = new Set([
  "2022-02-01-preview",
  "2022-05-01",
  "2022-06-01-preview",
  "2022-10-01",
  "2022-10-01-preview",
  "2022-12-01-preview",
  "2023-02-01-preview",
  "2023-04-01",
  "2023-04-01-preview",
  "2023-06-01-preview",
  "2023-08-01-preview",
  "2023-10-01",
  "2024-01-01-preview",
  "2024-04-01",
  "2024-04-01-preview",
  "2024-07-01-preview",
  "2024-10-01",
  "2024-10-01-preview",
  "2025-01-01-preview",
  "2025-04-01",
  "2025-04-01-preview",
  "2025-06-01",
  "2025-07-01-preview",
  "2025-09-01",
  "2025-10-01-preview",
  "2025-12-01",
]);

/** @throws Refusal in the codes of ARM */
export function assertApiVersion(version: string | undefined): void {
  if (version === undefined || version === "") {
    throw new Refusal(
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
      "arm-api-version-missing",
    );
  }
  if (!API_VERSIONS.has(version)) {
    throw new Refusal(
      "NoRegisteredProviderFound",
      `No registered resource provider found for API version '${version}' of Microsoft.MachineLearningServices. ` +
        `The supported api-versions are '${[...API_VERSIONS].join(", ")}'.`,
      "arm-api-version-unknown",
    );
  }
}
