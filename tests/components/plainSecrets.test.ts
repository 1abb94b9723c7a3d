import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { encrypted } from "../../components/plainSecrets";

describe("inputs that look like secrets", () => {
  it("are secrets for Pulumi, and so is what Azure answers with them", async () => {
    const id = pulumi.output("id-1");
    const { inputs, secretOutputs } = encrypted({
      id,
      location: "westeurope",
      tags: { owner: "floods", api_key: "hunter2" },
      properties: { environmentVariables: { DB_PASSWORD: "hunter2", WORKERS: "2" } },
    });
    expect(secretOutputs).toEqual(["tags", "properties"]);
    expect(inputs["id"]).toBe(id);
    const { tags, properties } = inputs as {
      tags: Record<string, pulumi.Input<string>>;
      properties: { environmentVariables: Record<string, pulumi.Input<string>> };
    };
    const isSecret = (value: unknown) => pulumi.isSecret(pulumi.output(value));
    expect(await isSecret(tags["api_key"])).toBe(true);
    expect(await isSecret(properties.environmentVariables["DB_PASSWORD"])).toBe(true);
    expect(tags["owner"]).toBe("floods");
    expect(properties.environmentVariables["WORKERS"]).toBe("2");
  });

  it("are left alone where there are none", () => {
    expect(encrypted({ tags: { owner: "floods" } })).toEqual({
      inputs: { tags: { owner: "floods" } },
      secretOutputs: [],
    });
  });
});
