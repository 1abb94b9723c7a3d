import { isReference, isSwitchOrPath } from "./harmless";
import { secretName } from "./names";
import { looksRandom } from "./randomness";

/** Where a text has a secret, and what kind of secret that is. */
export interface Span {
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
  readonly kind: string;
}

/** Named groups of a match. */
type Groups = Readonly<Record<string, string | undefined>>;

interface Shape {
  readonly kind: string;
  /** Global, with indices; a group named `secret` is what is hidden. Linear: no repetition starts at every character. */
  readonly regex: RegExp;
  readonly isSecret?: (secret: string, groups: Groups) => boolean;
}

export const RANDOM = "random text, as keys are";

/** What gitleaks finds only with more context, or not at all. */
const SHAPES: readonly Shape[] = [
  {
    kind: "private key",
    regex:
      /(?<secret>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----END))*(?:-----END [A-Z0-9 ]{0,40}-----)?)/dg,
  },
  { kind: "private key", regex: /(?<secret>PuTTY-User-Key-File-\d[\s\S]*)/dg },
  {
    // Azure Storage "Configure connection strings", Service Bus, Event Hubs, SQL, Cosmos DB.
    kind: "key in a connection string",
    regex:
      /\b(?<name>(?:Account|SharedAccess|Access|Shared)?(?:Key|SharedAccessSignature|SharedSecretValue|Password|Pwd))\s{0,3}=\s{0,3}(?<secret>[^\s;"']+)/dgi,
    isSecret: (secret, { name = "" }) =>
      !isSwitchOrPath(secret) &&
      !/^\d{1,4}$/.test(secret) &&
      // `key=\"…\"` within JSON: a label of Prometheus, as in a dashboard.
      !(name.toLowerCase() === "key" && /^\\+$/.test(secret)),
  },
  {
    // Microsoft Learn, "Create a service SAS": the signature is what makes the address usable.
    kind: "shared access signature",
    regex: /(?:[?&;]sig=(?=[^\s&"']{3})|\bsig=(?=[^\s&"']{10}))(?<secret>[A-Za-z0-9%+/=_-]{3,})/dg,
  },
  {
    // No key after Microsoft's words, but all that it takes to write into somebody's telemetry.
    kind: "connection string of Application Insights",
    regex: /\bInstrumentationKey=(?<secret>[0-9a-f-]+)/dgi,
  },
  {
    kind: "key of a kubeconfig",
    regex: /\b(?:client-key-data|token): {1,4}(?<secret>[A-Za-z0-9+/=._-]{20,})/dg,
  },
  {
    // Azure Functions and Logic Apps: the key of a function in its address.
    kind: "key in an address",
    regex:
      /[?&](?:code|key|api[-_]?key|subscription-key|token|access_token)=(?<secret>[^\s&"'<>{}$]{16,})/dgi,
  },
  {
    kind: "password in an address",
    regex: /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/?#@:"']{0,200}:(?<secret>[^\s/?#@"']{1,500})@/dgi,
  },
  {
    kind: "token in an address",
    regex: /\b[a-z][a-z0-9+.-]{1,30}:\/\/(?<secret>[\w~-]{16,500})@/dgi,
    isSecret: (secret) => /\d/.test(secret) && /[a-z]{2}/i.test(secret),
  },
  {
    // Anaconda, "Using tokens": https://conda.anaconda.org/t/<token>/<channel>.
    kind: "token of a conda channel",
    regex: /:\/\/[^\s/"']{1,200}\/(?:api\/conda\/)?t\/(?<secret>[\w-]{6,200})(?=\/|\s|$)/dg,
  },
  {
    kind: "HTTP basic authentication",
    regex: /\bBasic\s{1,3}(?<secret>[A-Za-z0-9+/]{6,}={0,2})/dg,
    isSecret: (secret) => {
      const pair = Buffer.from(secret, "base64").toString("latin1");
      return pair.includes(":") && /^[\x20-\x7e]+$/.test(pair);
    },
  },
  {
    kind: "bearer token",
    regex: /\bBearer\s{1,3}(?<secret>[\w~.+/-]{3,}=*)/dgi,
    isSecret: (secret) => !/^(?:tokens?|auth\w*|schemes?|is|and|or|the)$/i.test(secret),
  },
  { kind: "JSON Web Token", regex: /\b(?<secret>eyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*){1,3})/dg },
  {
    // Prefixes that their services chose so that a token is recognised.
    kind: "token with a known prefix",
    regex:
      /\b(?<secret>(?:gh[pousr]_|github_pat_|glpat-|gl(?:dt|rt|ft|oas|ptt|cbt|soat|agent|imt|ffct)-|xox[abeoprs]-|xapp-|hvs\.|hvb\.|dckr_pat_|npm_|pypi-|hf_|api_org_|sk-ant-|sk-proj-|sk-svcacct-|sk_live_|sk_test_|rk_live_|rk_test_|whsec_|AIza|ya29\.|SG\.|shp(?:at|ca|pa|ss)_|lin_api_|ATATT3|NRAK-|pul-|dop_v1_|dapi|EAAC|nvapi-|r8_|gsk_|tskey-|sntry[us]_|dsapi|key-)[A-Za-z0-9_.=-]{16,})/dg,
    isSecret: (secret) => /\d/.test(secret) || /[a-z][A-Z]|[A-Z][a-z]/.test(secret.slice(6)),
  },
  {
    kind: "token with a known prefix",
    regex: /\b(?<secret>sk-[A-Za-z0-9]{20,})/dg,
    isSecret: (secret) => /\d|[A-Z]/.test(secret),
  },
  {
    kind: "AWS access key",
    regex: /\b(?<secret>(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16})\b/dg,
  },
  {
    kind: "Entra client secret",
    regex: /(?<![\w~.-])(?<secret>[\w~.]{3}\dQ~[\w~.-]{30,36})(?![\w~.-])/dg,
  },
  {
    // Azure Storage, Cosmos DB, Batch: 64 bytes of base64; Service Bus, Event Hubs: 32 bytes.
    kind: "key of an Azure resource",
    regex:
      /(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/dg,
  },
  {
    kind: "secret in JSON",
    regex: /["'](?<name>[\w .-]{1,60})["']\s{0,5}:\s{0,5}["'](?<secret>[^"'\n]{1,4000})["']/dg,
    isSecret: isNamedSecret,
  },
  {
    kind: "secret in an assignment",
    regex: /(?<![\w.-])(?<name>[A-Za-z_][\w.-]{1,60})=["']?(?<secret>[^\s"'&;,]{1,4000})/dg,
    isSecret: isNamedSecret,
  },
  {
    kind: "secret in an assignment",
    regex:
      /(?:^|\n)[ \t]{0,40}(?:- )?["']?(?<name>[A-Za-z_][\w.-]{1,60})["']?:[ \t]{1,8}["']?(?<secret>[^\s"'{}[\]]{1,4000})["']?[ \t]{0,8}(?=\n|$)/dg,
    isSecret: isNamedSecret,
  },
  {
    kind: "secret in an argument",
    regex: /(?<![\w-])--?(?<name>[a-z][\w-]{1,60})(?:\s|=)["']?(?<secret>[^\s"']{1,4000})/dgi,
    isSecret: (secret, groups) => !secret.startsWith("-") && isNamedSecret(secret, groups),
  },
  {
    kind: RANDOM,
    regex: /(?<![\w+/=~.-])(?<secret>[A-Za-z0-9+/_-]{20,100000}={0,2})(?![\w+/=~-])/dg,
    isSecret: (secret) => {
      const decoded = decodedText(secret);
      return decoded === undefined ? looksRandom(secret) : shapesIn(decoded).length > 0;
    },
  },
];

/** Text that is written in base64, as the content of a file; undefined where it is something else. */
function decodedText(run: string): string | undefined {
  const text = Buffer.from(run, "base64").toString("utf8");
  return /^[\t\n\r\x20-\x7e]{12,}$/.test(text) ? text : undefined;
}

/** Whether the group `name` says that the value beside it is a secret. */
function isNamedSecret(secret: string, { name = "" }: Groups): boolean {
  return secretName(name) === "certain" && !isSwitchOrPath(secret);
}

/** Every secret that a text shows by its shape; spans may overlap. */
export function shapesIn(text: string): Span[] {
  return SHAPES.flatMap(({ kind, regex, isSecret }) =>
    [...text.matchAll(regex)].flatMap((match): Span[] => {
      const [start, end] = match.indices?.groups?.["secret"] ?? [0, 0];
      const secret = text.slice(start, end);
      if (isReference(secret) || isSecret?.(secret, match.groups ?? {}) === false) return [];
      return [{ start, end, kind }];
    }),
  );
}
