import { describe, expect, it } from "@jest/globals";
import { masker } from "../../conformance/mask";

const masked = masker({
  subscriptionId: "12345678-1234-1234-1234-123456789abc",
  resourceGroup: "rg",
  workspace: "mlscf-1a2b3c4d",
  endpoint: "mlscf-1a2b3c4d-a",
});

describe("a masked value", () => {
  it.each([
    [
      "a known name, in any case",
      "/subscriptions/12345678-1234-1234-1234-123456789ABC/resourcegroups/RG/x/mlscf-1a2b3c4d-a",
      "/subscriptions/{{subscriptionId}}/resourcegroups/{{resourceGroup}}/x/{{endpoint}}",
    ],
    [
      "a host with a known name",
      "https://mlscf-1a2b3c4d-a.canadacentral.inference.ml.azure.com/score",
      "https://{{endpoint}}.canadacentral.inference.ml.azure.com/score",
    ],
    ["no known name inside of a word", "the target's cargo", "the target's cargo"],
    ["an address of a person", "made by jane.doe@example.org", "made by {{email}}"],
    ["an address of a machine", "from 10.1.2.3", "from {{address}}"],
    [
      "a token",
      "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLWl0",
      "Bearer {{opaque}}",
    ],
    [
      "a signature in an address",
      "https://x/?sv=2024&sig=ab%2Bcd&a=1",
      "https://x/?sv={{masked}}&sig={{masked}}&a=1",
    ],
    [
      "a hash",
      "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "sha256:{{opaque}}",
    ],
    [
      "no ordinary text",
      "The request is invalid. InferencingClientCallFailed",
      "The request is invalid. InferencingClientCallFailed",
    ],
    [
      "no percentages and versions",
      "blue 90, api-version=2025-12-01",
      "blue 90, api-version=2025-12-01",
    ],
  ])("shows %s", (_what, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it("gives the same GUID the same number, and another one another", () => {
    const one = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    const other = "bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee";
    const number = masked(one) as string;
    expect(number).toMatch(/^\{\{guid-\d+\}\}$/);
    expect(masked([other, one.toUpperCase()])).toEqual([
      expect.not.stringMatching(`^${number}$`),
      number,
    ]);
  });

  it.each([
    "primaryKey",
    "accessToken",
    "clientSecret",
    "password",
    "connectionString",
    "principalId",
    "tenantId",
  ])("has nothing of %s", (name) => {
    expect(masked({ [name]: "short" })).toEqual({ [name]: "{{masked}}" });
  });

  it("keeps what is compared", () => {
    const body = {
      tags: { extra: "1" },
      sku: { capacity: 2 },
      properties: {
        authMode: "Key",
        provisioningState: "Succeeded",
        traffic: { blue: 90 },
        keys: null,
      },
    };
    expect(masked(body)).toEqual(body);
  });
});
