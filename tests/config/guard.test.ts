import { describe, expect, it } from "@jest/globals";
import { assertSubscription } from "../../config/guard";

const wanted = { id: "aaaa-bbbb", name: "Sandbox" };

describe("assertSubscription", () => {
  it("lets the stack's own subscription through, whatever its case", () => {
    expect(() => {
      assertSubscription(wanted, "AAAA-BBBB", "sandbox");
    }).not.toThrow();
  });

  it("refuses any other and says how to change over", () => {
    expect(() => {
      assertSubscription(wanted, "cccc", "sandbox");
    }).toThrow(
      "error: Pulumi.sandbox.yaml: mlscore:subscription.id: this stack belongs to subscription Sandbox (aaaa-bbbb), " +
        "but the credentials in use are for cccc; run: az account set --subscription aaaa-bbbb, or correct the stack's settings",
    );
  });

  it("asks for the id where the placeholder still stands", () => {
    expect(() => {
      assertSubscription({ id: "00000000-0000-0000-0000-000000000000" }, "cccc", "sandbox");
    }).toThrow(
      "mlscore:subscription.id: is still the placeholder; put the id of the stack's subscription there (the credentials in use are for cccc)",
    );
  });

  it("shows the engine an error that it prints without a stack trace", () => {
    try {
      assertSubscription(wanted, "cccc", "sandbox");
    } catch (error) {
      expect(error).toHaveProperty("__pulumiRunError", true);
      return;
    }
    throw new Error("it was not refused");
  });
});
