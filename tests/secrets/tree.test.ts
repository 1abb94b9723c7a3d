import { describe, expect, it } from "@jest/globals";
import { HIDDEN } from "../../secrets/mask";
import { withoutSecrets } from "../../secrets/tree";

describe("what looks like a secret", () => {
  const look = (value: unknown) => {
    const found: string[] = [];
    const shown = withoutSecrets(value, (_text, { path }) => {
      found.push(path);
      return HIDDEN;
    });
    return { shown, found };
  };

  it("is hidden in variables by their names, as a map and as pairs", () => {
    expect(look({ environmentVariables: { API_KEY: "hunter2", WORKERS: "2" } })).toEqual({
      shown: { environmentVariables: { API_KEY: HIDDEN, WORKERS: "2" } },
      found: ["environmentVariables.API_KEY"],
    });
    expect(look({ env: [{ name: "DB_PASSWORD", value: "hunter2" }] })).toEqual({
      shown: { env: [{ name: "DB_PASSWORD", value: HIDDEN }] },
      found: ["env[DB_PASSWORD]"],
    });
  });

  it("is hidden anywhere by its shape", () => {
    const { shown, found } = look({ a: ["AccountKey=abc", "https://x/?sig=abc"], b: "Bearer abc" });
    expect(shown).toEqual({ a: [HIDDEN, HIDDEN], b: HIDDEN });
    expect(found).toEqual(["a[0]", "a[1]", "b"]);
  });

  it("is not looked for in objects of a class, which stay what they are", () => {
    const date = new Date(0);
    expect(look({ tags: { created: date } })).toEqual({
      shown: { tags: { created: date } },
      found: [],
    });
  });

  it("is not what Azure's own words are called, nor a mask, nor a reference", () => {
    const value = {
      encryption: { keySource: "Microsoft.Storage", keyType: "Account" },
      environmentVariables: {
        API_KEY: "[secret]",
        KEY_VAULT_URL: "https://x.vault.azure.net",
        TOKEN: "${{keyvault:https://x.vault.azure.net/secrets/a}}",
      },
    };
    expect(look(value)).toEqual({ shown: value, found: [] });
  });
});
