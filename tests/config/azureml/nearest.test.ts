import { describe, expect, it } from "@jest/globals";
import { nearest } from "../../../config/azureml/nearest";

describe("the nearest known word", () => {
  it.each([
    ["bleu", ["blue", "green"], "blue"],
    ["instanceType", ["instance_type", "instance_count"], "instance_type"],
    ["enviroment", ["environment", "environment_variables"], "environment"],
    ["auth-mode", ["auth_mode"], "auth_mode"],
    ["modle", ["code", "model"], "model"],
  ])("for %s is offered", (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });

  it.each([
    ["tags", ["name"]],
    ["none", ["code"]],
    ["violet", ["blue", "green"]],
    ["x", []],
  ])("for %s is not invented", (word, known) => {
    expect(nearest(word, known)).toBeUndefined();
  });
});
