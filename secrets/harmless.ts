/** Values that only refer to a secret, stand for one, or are plainly settings. Every expression covers the whole value. */

const VAULT = String.raw`https:\/\/(?:[a-z0-9-]{1,24}|<[\w -]+>)\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)`;
const VAULT_ENTRY = String.raw`${VAULT}(?:\/(?:secrets|keys|certificates)\/[a-z0-9-]{1,127}(?:\/[0-9a-f]{32})?)?\/?`;

const REFERENCES = [
  // Microsoft Learn, "Secret injection in online endpoints": workspace connections and Key Vault.
  new RegExp(String.raw`^\$\{\{\s*keyvault:${VAULT_ENTRY}\s*\}\}$`, "i"),
  /^\$\{\{\s*azureml:\/\/connections\/[\w.-]+\/(?:credentials|target|metadata|type)(?:\/[\w.-]+)*\s*\}\}$/i,
  // Expressions of Azure ML jobs and of workflows.
  /^\$\{\{\s*(?:parent|inputs|outputs|secrets|env|vars|parameters|variables)(?:\.\w[\w-]*)+\s*\}\}$/,
  // Microsoft Learn, "Use Key Vault references as app settings".
  /^@Microsoft\.KeyVault\([^()\n]*\)$/i,
  new RegExp(`^${VAULT_ENTRY}$`, "i"),
  // azureml-examples, managed-online-endpoints-access-secret: `multiplier@https://<vault>.vault.azure.net`.
  new RegExp(String.raw`^[\w-]{1,127}@${VAULT}\/?$`, "i"),
  /^azureml:[\w.-]+(?::[\w.-]+|@[\w.-]+)?$/,
];

const PLACEHOLDERS = [
  /^<[^<>]*>$/,
  /^\$\{?\w+\}?$/,
  /^\$\(\w+\)$/,
  /^%\w+%$/,
  /^\{\{[^{}]*\}\}$/,
  /^[*.•…]+$/,
  /^x{3,}$/i,
  /^\[[a-z :]*\]$/i,
  /^(?:change[-_ ]?(?:me|it)|replace[-_ ]?(?:me|this)|to[-_]?do|tbd|dummy|redacted|placeholder|(?:your|my)[-_ ][-_ a-z]+)$/i,
];

/** Whether a value refers to a secret that is kept elsewhere, stands for one, or is empty. */
export function isReference(value: string): boolean {
  const text = value.trim();
  return text === "" || [...REFERENCES, ...PLACEHOLDERS].some((shape) => shape.test(text));
}

/** Whether a value under a name such as `DB_PASSWORD` cannot be a password: a switch, or a path of several words. */
export function isSwitchOrPath(value: string): boolean {
  return (
    /^(?:true|false|yes|no|on|off|none|null|enabled|disabled|required|optional)$/i.test(value) ||
    /^(?:~|\.{0,2})(?:\/[a-z][a-z_.-]*\d{0,3}){2,}\/?$/.test(value)
  );
}

/** Whether a value under a name such as `SORT_KEY` is a setting: a number, a word, words, an address, a path. */
export function isSetting(value: string): boolean {
  return (
    isSwitchOrPath(value) ||
    /^[-+]?\d{1,6}(?:\.\d+)?$/.test(value) ||
    /^[a-z]+(?:[ _.:/,-][a-z]+)*$/.test(value) ||
    /^[A-Z]+(?:[_.-][A-Z]+)*$/.test(value) ||
    /^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*$/.test(value) ||
    /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[a-z][\w.-]*)*\/?$/i.test(value)
  );
}
