/**
 * What a name says of its value: "certain" is a secret whatever it looks like (`PGPASSWORD`), "possible" is one unless the value
 * is plainly a setting (`SORT_KEY`).
 */
export type NameVerdict = "certain" | "possible" | undefined;

/** Anywhere in a name, written with or without separators: `PGPASSWORD`, `clientSecret`, `API_KEYS`. */
const CERTAIN =
  /passw(?:or)?d|passphrase|passcode|secret(?!ar)|credential|(?:api|access|account|private|shared|master|encryption|signing|storage|service|function|host|primary|secondary|admin|subscription)key|(?:access|auth|refresh|bearer|api|session|id|sas|security|personal|deploy|github|gitlab|bot)token|connectionstring|connstr|conn?string/;
const CERTAIN_WORDS = new Set(["pwd", "pass", "passwd", "pw", "cred", "psk", "token"]);
const POSSIBLE_WORDS = new Set(["key", "sas", "auth", "pat", "dsn", "cookie", "authorization"]);

/** A name that ends so is of something beside the secret: `SECRET_NAME`, `TOKEN_URL`, `KEY_VAULT`. */
const ABOUT_SECRETS = new Set(
  (
    "name file path dir directory folder url uri endpoint host server address id limit length len count size byte type kind " +
    "audience issuer vault expiry expiration ttl second minute hour day when per ms column field enabled disabled policy header " +
    "scheme mode version provider store ref reference location prefix suffix algorithm required rotation scope " +
    "min max regex pattern format encoding index order usage source class exist"
  ).split(" "),
);
/** A name that begins so is a switch, a number, or a key of data. */
const BEFORE_SETTINGS = new Set(
  (
    "max min num number has is use enable disable require allow skip count total " +
    "sort partition join foreign group cache row feature public column dict json yaml map lookup time routing idempotency"
  ).split(" "),
);

/** What the name of a variable, tag or setting says of its value. */
export function secretName(name: string): NameVerdict {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    // `PASSWORD1` and `API_KEYS` are as much as one of them.
    .map(withoutNumber)
    .filter((word) => word !== "")
    .map((word) => (word.length > 3 ? word.replace(/([^s])s$/, "$1") : word));
  const [first = ""] = words;
  if (BEFORE_SETTINGS.has(first) || ABOUT_SECRETS.has(words.at(-1) ?? "")) return undefined;
  if (CERTAIN.test(words.join("")) || words.some((word) => CERTAIN_WORDS.has(word)))
    return "certain";
  return words.some((word) => POSSIBLE_WORDS.has(word)) ? "possible" : undefined;
}

function withoutNumber(word: string): string {
  let end = word.length;
  while (end > 0 && /\d/.test(word.charAt(end - 1))) end -= 1;
  return word.slice(0, end);
}
