/** Which values must not be shown, and which should not be in a YAML file at all. */

const SECRET_WORDS = new Set([
  "password",
  "passwd",
  "pwd",
  "pass",
  "secret",
  "key",
  "apikey",
  "accesskey",
  "accountkey",
  "token",
  "credential",
  "credentials",
  "sas",
  "connectionstring",
  "connstr",
]);

/** Whether a key's name says that its value is a secret: `DB_PASSWORD`, `apiKey`, `connection-string`. */
export function looksSecret(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return (
    words.some((word) => SECRET_WORDS.has(word)) ||
    words.some((word, index) => word === "connection" && words[index + 1] === "string")
  );
}

/** Whether a value has the shape of a secret, whatever its key is called. */
function hasSecretShape(value: string): boolean {
  return (
    /(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=/i.test(value) ||
    /[?&]sig=/.test(value) ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ||
    /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(value) ||
    /^Bearer\s+\S/i.test(value) ||
    /:\/\/[^/\s:@]+:[^/\s@]+@/.test(value)
  );
}

/**
 * Whether a value only says where a secret is kept: a secret-injection expression (`${{azureml://connections/…}}`,
 * `${{keyvault:https://…}}`: Microsoft Learn "Secret injection in online endpoints") or an address in a Key Vault.
 */
function isSecretReference(value: string): boolean {
  return (
    /^\$\{\{.*\}\}$/.test(value) ||
    /https:\/\/[^/\s]+\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/i.test(value) ||
    /^@Microsoft\.KeyVault\(/i.test(value)
  );
}

/** Whether an environment variable seems to hold a secret in plain text. */
export function isPlainTextSecret(key: string, value: string): boolean {
  if (value === "" || isSecretReference(value)) return false;
  if (hasSecretShape(value)) return true;
  // Numbers, switches, addresses and paths under a secret-looking key are settings: TOKEN_LIMIT, KEY_VAULT_URL.
  const isSetting =
    /^(?:true|false|[-+]?\d{1,6}(?:\.\d+)?)$/i.test(value) ||
    /^(?:https?:\/\/|\.{0,2}\/)/.test(value);
  return looksSecret(key) && !isSetting;
}
