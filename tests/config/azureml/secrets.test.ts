import { describe, expect, it } from "@jest/globals";
import { isPlainTextSecret, looksSecret } from "../../../config/azureml/secrets";

describe("a key that says its value is a secret", () => {
  it.each([
    "DB_PASSWORD",
    "apiKey",
    "API_KEY",
    "connection-string",
    "CONNECTION_STRING",
    "sasToken",
  ])("is %s", (key) => {
    expect(looksSecret(key)).toBe(true);
  });

  it.each(["MAX_TOKENS", "KEYSTONE", "auth_mode", "MONKEY", "PASSENGERS", "name"])(
    "is not %s",
    (key) => {
      expect(looksSecret(key)).toBe(false);
    },
  );
});

describe("a secret in plain text", () => {
  it.each([
    ["DB_PASSWORD", "hunter2"],
    ["STORAGE", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc=="],
    ["BLOB", "https://a.blob.example.com/c?sv=1&sig=abc"],
    ["DATABASE_URL", "postgres://me:hunter2@db.example.com/x"],
    ["ANYTHING", "-----BEGIN RSA PRIVATE KEY-----"],
    ["HEADER", "Bearer abc"],
  ])("is seen in %s", (key, value) => {
    expect(isPlainTextSecret(key, value)).toBe(true);
  });

  it.each([
    ["KV_SECRET", "multiplier@https://vault.vault.azure.net"],
    ["API_KEY", "${{azureml://connections/c/credentials/key}}"],
    ["API_KEY", "${{keyvault:https://v.vault.azure.net/secrets/s}}"],
    ["TOKEN_LIMIT", "512"],
    ["USE_TOKEN", "true"],
    ["KEY_VAULT_URL", "https://vault.example.com"],
    ["PASSWORD", ""],
    ["WORKERS", "4"],
  ])("is not seen in %s = %s", (key, value) => {
    expect(isPlainTextSecret(key, value)).toBe(false);
  });
});
