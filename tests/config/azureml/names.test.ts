import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  assetName,
  assetNameProblem,
  assetVersionProblem,
  contentModel,
  contentVersion,
  modelVersionProblem,
  endpointNameProblem,
} from "../../../config/azureml/names";

const RULE = "a name has 3 to 32 letters, digits and single dashes, and begins with a letter";

describe("the name of an endpoint or a deployment", () => {
  it.each(["abc", "blue", "Flood-Predictor-2", "a1-b2-c3", "a".repeat(32)])("may be %s", (name) => {
    expect(endpointNameProblem(name)).toBeUndefined();
  });

  it.each([
    ["ab", `is too short (2); ${RULE}`],
    ["a".repeat(33), `is too long (33); ${RULE}`],
    ["1ab", `does not begin with a letter; ${RULE}`],
    ["-ab", `does not begin with a letter; ${RULE}`],
    ["my_endpoint", `has the character "_"; ${RULE}`],
    ["naïve", `has the character "ï"; ${RULE}`],
    ["a--b", `has two dashes in a row; ${RULE}`],
    ["ab-", `ends with a dash; ${RULE}`],
  ])("may not be %s", (name, fault) => {
    expect(endpointNameProblem(name)).toBe(fault);
  });

  it("is judged as one regular expression of the documented rule judges it", () => {
    const anyName = fc.string({
      unit: fc.constantFrom("a", "Z", "0", "9", "-", "_", " ", "é"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(anyName, (name) => {
        const isGood =
          /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/.test(name) && name.length >= 3 && name.length <= 32;
        expect(endpointNameProblem(name) === undefined).toBe(isGood);
      }),
    );
  });
});

describe("the name of an asset", () => {
  it.each(["a", "1", "sklearn-1.5", "my_model", "a".repeat(255)])("may be %s", (name) => {
    expect(assetNameProblem(name)).toBeUndefined();
  });

  it.each([
    [
      "",
      "may have only letters, digits, dashes, underscores and dots, beginning with a letter or a digit",
    ],
    [
      "-a",
      "may have only letters, digits, dashes, underscores and dots, beginning with a letter or a digit",
    ],
    [
      "a b",
      "may have only letters, digits, dashes, underscores and dots, beginning with a letter or a digit",
    ],
    ["a".repeat(256), "is too long (256); at most 255 characters"],
  ])("may not be %j", (name, fault) => {
    expect(assetNameProblem(name)).toBe(fault);
  });

  it("is made from endpoint and deployment, and then always keeps Azure's rule", () => {
    expect(assetName("flood", "blue", "model")).toBe("flood-blue-model");
    expect(assetName(undefined, "blue", "model")).toBe("blue-model");
    expect(assetName(undefined, "blue", "code")).toBe("blue-code");
    expect(assetName("flood", "blue", "code")).toBe("flood-code");
    expect(assetName("flood", "green", "environment")).toBe("flood-environment");
    const name = fc
      .stringMatching(/^[a-zA-Z](-?[a-zA-Z0-9]){2,31}$/)
      .filter((text) => text.length <= 32);
    fc.assert(
      fc.property(name, name, (endpoint, deployment) => {
        expect(assetNameProblem(assetName(endpoint, deployment, "environment"))).toBeUndefined();
      }),
    );
  });
});

describe("a model without a version", () => {
  it("has its content's first 16 digits in its name and version 1", () => {
    expect(contentModel("flood-blue-model", "0123456789abcdef".repeat(4))).toEqual({
      name: "flood-blue-model-0123456789abcdef",
      version: "1",
    });
  });
});

describe("the version of a model", () => {
  it.each(["1", "9", "10", "20260101"])("may be %s", (version) => {
    expect(modelVersionProblem(version)).toBeUndefined();
  });

  it.each(["0", "01", "-1", "+1", "1.0", "1e3", "v1", "2024-01-01", "0123456789abcdef", "", " 1"])(
    "may not be %j",
    (version) => {
      expect(modelVersionProblem(version)).toBe(
        "is not a positive whole number, and Azure takes nothing else as the version of a model; write 1, 2, …, or leave it out to get one from the content",
      );
    },
  );
});

describe("the version of an asset", () => {
  it("is the first 16 digits of the content hash when the YAML has none", () => {
    expect(contentVersion("0123456789abcdef".repeat(4))).toBe("0123456789abcdef");
  });

  it("may not be the moving label latest", () => {
    expect(assetVersionProblem("1.2")).toBeUndefined();
    expect(assetVersionProblem("Latest")).toBe(
      "is a label that moves, not a version; write a number, or leave it out to get one from the content",
    );
  });
});
