/**
 * Samples of secrets and of values that only look like them. Secrets are put together here from random characters of a fixed
 * sequence, so that no file of the repository has one.
 */

export interface Sample {
  /** What the sample is of, for the report of a failure. */
  readonly what: string;
  readonly name: string;
  readonly value: string;
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const ALPHANUMERIC = LOWER + UPPER + DIGITS;
const HEX = "0123456789abcdef";
const BASE64 = `${ALPHANUMERIC}+/`;
const URL_SAFE = `${ALPHANUMERIC}-_`;

/** Numerical Recipes' linear congruential generator: the same samples in every run. */
function generator(seed: number): (length: number, characters?: string) => string {
  let state = seed;
  return (length, characters = ALPHANUMERIC) => {
    let text = "";
    for (let index = 0; index < length; index += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      text += characters.charAt(Math.floor((state / 2 ** 32) * characters.length));
    }
    return text;
  };
}

type Random = ReturnType<typeof generator>;

/** A token's shape as its service documents it, or as its owners' scanners have it. */
const SHAPES: Readonly<Record<string, (r: Random) => string>> = {
  "GitHub personal token": (r) => `ghp_${r(36)}`,
  "GitHub OAuth token": (r) => `gho_${r(36)}`,
  "GitHub user token": (r) => `ghu_${r(36)}`,
  "GitHub server token": (r) => `ghs_${r(36)}`,
  "GitHub refresh token": (r) => `ghr_${r(76)}`,
  "GitHub fine-grained token": (r) => `github_pat_${r(22)}_${r(59)}`,
  "GitLab personal token": (r) => `glpat-${r(20, URL_SAFE)}`,
  "GitLab deploy token": (r) => `gldt-${r(20, URL_SAFE)}`,
  "GitLab runner token": (r) => `glrt-${r(20, URL_SAFE)}`,
  "AWS access key": (r) => `AKIA${r(16, `${UPPER}234567`)}`,
  "AWS session key": (r) => `ASIA${r(16, `${UPPER}234567`)}`,
  "AWS secret key": (r) => r(40, BASE64),
  "Slack bot token": (r) => `xoxb-${r(12, DIGITS)}-${r(12, DIGITS)}-${r(24)}`,
  "Slack user token": (r) =>
    `xoxp-${r(12, DIGITS)}-${r(12, DIGITS)}-${r(12, DIGITS)}-${r(32, HEX)}`,
  "Slack app token": (r) => `xapp-1-A${r(10, UPPER + DIGITS)}-${r(13, DIGITS)}-${r(64, HEX)}`,
  "Slack webhook": (r) =>
    `https://hooks.slack.com/services/T${r(8, UPPER + DIGITS)}/B${r(8, UPPER + DIGITS)}/${r(24)}`,
  "Teams webhook": (r) =>
    `https://x.webhook.office.com/webhookb2/${r(8, HEX)}-${r(4, HEX)}-${r(4, HEX)}-${r(4, HEX)}-${r(12, HEX)}@${r(8, HEX)}-${r(4, HEX)}-${r(4, HEX)}-${r(4, HEX)}-${r(12, HEX)}/IncomingWebhook/${r(32, HEX)}/${r(8, HEX)}-${r(4, HEX)}-${r(4, HEX)}-${r(4, HEX)}-${r(12, HEX)}`,
  "hf_ token": (r) => `hf_${r(34, LOWER + UPPER)}`,
  "hf_ token with digits": (r) => `hf_${r(34)}`,
  "OpenAI key": (r) => `sk-${r(48)}`,
  "OpenAI project key": (r) => `sk-proj-${r(48, URL_SAFE)}`,
  "Anthropic key": (r) => `sk-ant-api03-${r(93, URL_SAFE)}AA`,
  "Entra client secret": (r) => `${r(3)}8Q~${r(34, `${ALPHANUMERIC}_.-`)}`,
  "Azure Storage key": (r) => `${r(86, BASE64)}==`,
  "Azure Service Bus key": (r) => `${r(43, BASE64)}=`,
  "Azure OpenAI key": (r) => r(84),
  "online endpoint key": (r) => r(32),
  "storage connection string": (r) =>
    `DefaultEndpointsProtocol=https;AccountName=floods;AccountKey=${r(86, BASE64)}==;EndpointSuffix=core.windows.net`,
  "Service Bus connection string": (r) =>
    `Endpoint=sb://floods.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${r(43, BASE64)}=`,
  "SQL connection string": (r) =>
    `Server=tcp:floods.database.windows.net;Database=gauges;User ID=app;Password=${r(12)};Encrypt=True`,
  "connection string beside a vault's address": (r) =>
    `AccountName=floods;AccountKey=${r(86, BASE64)}==;Vault=https://kv-floods.vault.azure.net/`,
  "shared access signature": (r) =>
    `https://floods.blob.core.windows.net/c?sv=2024-11-04&sp=r&sig=${encodeURIComponent(`${r(43, BASE64)}=`)}`,
  "key of a function": (r) =>
    `https://floods.azurewebsites.net/api/score?code=${r(54, URL_SAFE)}==`,
  "password in a database address": (r) => `postgresql://app:${r(10)}@db.example.com:5432/gauges`,
  "short password in an address": () => "redis://:hunter2@cache.example.com:6379/0",
  "password in an index address": (r) =>
    `https://ci:${r(10)}@pkgs.dev.azure.com/floods/_packaging/f/pypi/simple/`,
  "token in an index address": (r) =>
    `https://${r(52, `${LOWER}234567`)}@pkgs.dev.azure.com/floods/_packaging/f/pypi/simple/`,
  "token in a git address": (r) => `git+https://ghp_${r(36)}@github.com/floods/features.git@v1`,
  "token of a conda channel": (r) =>
    `https://conda.anaconda.org/t/${r(2, LOWER)}-${r(8, HEX)}-${r(4, HEX)}-${r(12, HEX)}/floods`,
  "basic authentication": (r) => `Basic ${Buffer.from(`app:${r(10)}`).toString("base64")}`,
  "bearer token": (r) => `Bearer ${r(40, URL_SAFE)}`,
  "JSON Web Token": (r) =>
    `${Buffer.from('{"alg":"RS256","typ":"JWT"}').toString("base64url")}.${Buffer.from(`{"sub":"${r(10)}","exp":1}`).toString("base64url")}.${r(86, URL_SAFE)}`,
  "RSA private key": (r) =>
    `-----BEGIN RSA PRIVATE KEY-----\n${r(64, BASE64)}\n${r(64, BASE64)}\n-----END RSA PRIVATE KEY-----`,
  "private key": (r) => `-----BEGIN PRIVATE KEY-----\n${r(64, BASE64)}\n-----END PRIVATE KEY-----`,
  "OpenSSH private key": (r) =>
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${r(64, BASE64)}\n-----END OPENSSH PRIVATE KEY-----`,
  "private key on one line": (r) =>
    `-----BEGIN EC PRIVATE KEY-----\\n${r(64, BASE64)}\\n-----END EC PRIVATE KEY-----`,
  "PGP private key": (r) =>
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${r(64, BASE64)}\n-----END PGP PRIVATE KEY BLOCK-----`,
  "JSON with a password": (r) => `{"host": "db.example.com", "password": "${r(9)}"}`,
  "JSON with a client secret": (r) => `{"clientId":"x","clientSecret":"${r(20)}"}`,
  "assignment in a text": (r) => `use PGPASSWORD=${r(8)} with the gauges' database`,
  "argument of a command": (r) => `score --model m.onnx --api-key ${r(16)}`,
  "npm token": (r) => `npm_${r(36)}`,
  "PyPI token": (r) => `pypi-AgEIcHlwaS5vcmc${r(70, URL_SAFE)}`,
  "Docker Hub token": (r) => `dckr_pat_${r(27, URL_SAFE)}`,
  "Google API key": (r) => `AIza${r(35, URL_SAFE)}`,
  "Google OAuth token": (r) => `ya29.${r(60, URL_SAFE)}`,
  "SendGrid key": (r) => `SG.${r(22, URL_SAFE)}.${r(43, URL_SAFE)}`,
  "Stripe key": (r) => `sk_live_${r(24)}`,
  "Twilio key": (r) => `SK${r(32, HEX)}`,
  "Databricks token": (r) => `dapi${r(32, HEX)}`,
  "Vault token": (r) => `hvs.${r(95, URL_SAFE)}`,
  "Pulumi token": (r) => `pul-${r(40, HEX)}`,
  "Grafana token": (r) => `glsa_${r(32)}_${r(8, HEX)}`,
  "DigitalOcean token": (r) => `dop_v1_${r(64, HEX)}`,
  "Shopify token": (r) => `shpat_${r(32, HEX)}`,
  "New Relic key": (r) => `NRAK-${r(27, UPPER + DIGITS)}`,
  "Linear key": (r) => `lin_api_${r(40)}`,
  "random text": (r) => r(40, URL_SAFE),
};

/** How many of each shape. */
const EACH = 5;

/** Secrets that their shape gives away, under a name that says nothing. */
export const SHAPED: readonly Sample[] = Object.entries(SHAPES).flatMap(([what, make], index) =>
  Array.from({ length: EACH }, (_, turn) => ({
    what,
    name: "SETTING",
    value: make(generator(1000 * index + turn + 1)),
  })),
);

const SECRET_NAMES =
  "PASSWORD PASSWORD1 DB_PASSWORD dbPassword PGPASSWORD MYSQL_PWD MYSQL_ROOT_PASSWORD REDIS_PASS PASSPHRASE SSH_PASSPHRASE " +
  "SECRET CLIENTSECRET CLIENT_SECRET clientSecret AZURE_CLIENT_SECRET APP_SECRETS API_KEY API_KEYS apiKey X-API-KEY OPENAI_API_KEY " +
  "STORAGE_KEY ACCESS_KEY ACCOUNTKEY PRIVATE_KEY ENCRYPTION_KEY FUNCTION_KEY MASTERKEY ACCESSTOKEN ACCESS_TOKEN AUTH_TOKEN " +
  "authToken REFRESH_TOKEN SAS_TOKEN GITHUB_TOKEN HF_TOKEN TOKEN SLACK_BOT_TOKEN CREDENTIALS DB_CREDS CONNECTION_STRING " +
  "connection-string CONNSTR AzureWebJobsStorageConnectionString STORAGE_CONNECTION_STRING";
/** As people choose them; some begin as a path or an address does. */
const CHOSEN = [
  "hunter2",
  "Tr0ub4dor&3",
  "/Fx9+k2Lq",
  "./k2Lq9+aa",
  "http://k2Lq9",
  "correct horse 7",
  "12345678",
  "P@ssw0rd!",
];

/** Secrets that only their name gives away. */
export const NAMED: readonly Sample[] = SECRET_NAMES.split(" ").flatMap((name, index) =>
  [0, 3].map((step) => ({ what: name, name, value: CHOSEN[(index + step) % CHOSEN.length] ?? "" })),
);
