import { describe, expect, it } from "@jest/globals";
import { assertSubscription, unusableSubscription } from "../../config/guard";

const wanted = { id: "aaaa-bbbb", name: "Sandbox" };

describe("assertSubscription", () => {
  it("lets the stack's own subscription through, whatever its case", () => {
    expect(() => {
      assertSubscription(wanted, "AAAA-BBBB", "test");
    }).not.toThrow();
  });

  it("refuses any other and says how to change over", () => {
    expect(() => {
      assertSubscription(wanted, "cccc", "test");
    }).toThrow(
      "Pulumi.test.yaml:1: azure-native:subscriptionId: is aaaa-bbbb (Sandbox), but azure-native uses cccc; " +
        "correct the stack's settings",
    );
  });

  it("shows the engine an error that it prints without a stack trace", () => {
    try {
      assertSubscription(wanted, "cccc", "test");
    } catch (error) {
      expect(error).toHaveProperty("__pulumiRunError", true);
      return;
    }
    throw new Error("it was not refused");
  });
});

describe("unusableSubscription", () => {
  const told = (id: string) =>
    unusableSubscription({ id, name: "Sandbox" }, "Subscription not found", "test").message;

  it("says why, and who has to sign in", () => {
    expect(told("aaaa-bbbb")).toBe(
      "Pulumi.test.yaml:1: azure-native:subscriptionId: is aaaa-bbbb (Sandbox), which the signed-in identity cannot use: " +
        "Subscription not found. Sign in with az login as a user who has a role there, or set the environment variables of " +
        "an application that has one",
    );
  });

  it("asks for the id where the placeholder still stands", () => {
    expect(told("00000000-0000-0000-0000-000000000000")).toBe(
      "Pulumi.test.yaml:1: azure-native:subscriptionId: is still the placeholder; put the id of the stack's subscription there",
    );
  });
});
