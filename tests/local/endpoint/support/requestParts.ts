/** The parts of generated requests: each is sound, or wrong in one of many ways. */
import { gzipSync } from "node:zlib";

export type Choice<T> = readonly (readonly [weight: number, name: string, value: T])[];

export const long = (text: string, times: number) => text.repeat(times);

export const METHODS: Choice<string> = [
  [30, "", "POST"],
  ...["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PRI", "CONNECT"].map(
    (name) => [1, name, name] as const,
  ),
  ...["BREW", "post", "P\u0000ST", "PO ST", long("X", 100)].map(
    (name) => [0.5, name, name] as const,
  ),
];
export const PATHS: Choice<string> = [
  [40, "", "/score"],
  ...[
    "/",
    "/score/",
    "//score",
    "/score?x=%00",
    "/score?x=\u00ff",
    "/%73core",
    "/a/../score",
    "*",
  ].map((path) => [1, path, path] as const),
  ...[
    "http://h/score",
    "/swagger.json",
    "/score#x",
    "score",
    "",
    "/\u00ff",
    "/..%2f..%2fetc/passwd",
  ].map((path) => [1, path, path] as const),
  [1, "long path", `/${long("a", 10_000)}`],
  [1, "very long path", `/${long("a", 100_000)}`],
  [1, "long query", `/score?${long("a=1&", 2_000)}`],
];
export const VERSIONS: Choice<string> = [
  [60, "", "HTTP/1.1"],
  ...["HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.1 x", "http/1.1", ""].map(
    (version) => [0.6, `version ${version}`, version] as const,
  ),
];
export const HOSTS: Choice<readonly string[]> = [
  [40, "", ["Host: h"]],
  [1, "no host", []],
  [1, "two hosts", ["Host: a", "Host: b"]],
  [1, "empty host", ["Host: "]],
  [1, "invalid host", ["Host: a b/c@d\u00ff"]],
];
export const TYPES: Choice<readonly string[]> = [
  [30, "", ["Content-Type: application/json"]],
  [1, "no type", []],
  ...[
    "text/plain",
    "application/json; charset=utf-16",
    "application/json; charset=zzz",
    "APPLICATION/JSON",
  ].map((type) => [1, type, [`Content-Type: ${type}`]] as const),
  ...[
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    ";;;",
    "\u00ff",
  ].map((type) => [1, type, [`Content-Type: ${type}`]] as const),
  [0.5, "long type", [`Content-Type: application/json; a=${long("b", 5_000)}`]],
  [0.5, "two types", ["Content-Type: application/json", "Content-Type: text/plain"]],
];
export const EXTRAS: Choice<readonly string[]> = [
  [40, "", []],
  ...[
    ...[
      "Expect: 100-continue",
      "Expect: tea",
      "Upgrade: websocket\r\nConnection: Upgrade",
      "Range: bytes=0-1",
    ],
    ...[
      "Accept: text/html",
      "Accept-Encoding: gzip",
      "Connection: keep-alive",
      "Connection: close, x",
    ],
    ...[
      "azureml-model-deployment: nowhere",
      "azureml-model-deployment: ../x",
      "azureml-model-deployment: \u00ff",
    ],
    ...[
      "azureml-model-deployment: __proto__",
      "traceparent: 00-x",
      "Origin: http://evil.example.com",
    ],
    ...[
      "x-ms-client-request-id: a%0d%0ab",
      "x-ms-client-request-id: \u00ff",
      "x-ms-request-id: <b>",
      "Cookie: a=b",
    ],
    ...[
      "X-A: b\r\n c",
      "X-A : b",
      ": b",
      "X-A",
      "X\u0000A: b",
      "X-A: \u0000",
      "X-A: \u0007",
      "__proto__: a",
    ],
    ...["Content-Encoding: br", "Content-Encoding: gzip, gzip", "X-HTTP-Method-Override: DELETE"],
    ...[
      "Forwarded: for=evil",
      "X-Forwarded-Proto: https",
      "TE: trailers",
      "Trailer: X-A",
      "Proxy: http://evil",
    ],
  ].map((line) => [1, line, [line]] as const),
  [1, "100 headers", Array.from({ length: 100 }, (_, index) => `X-${index}: a`)],
  [1, "3000 headers", Array.from({ length: 3_000 }, (_, index) => `X-${index}: a`)],
  [1, "long header", [`X-A: ${long("a", 10_000)}`]],
  [1, "too long header", [`X-A: ${long("a", 100_000)}`]],
];

export const text = (value: string) => Buffer.from(value);
export const BODIES: Choice<(sample: string) => Buffer> = [
  [10, "", text],
  [4, "gzip without a header", (sample) => gzipSync(sample)],
  [4, "cut off", (sample) => text(sample.slice(0, sample.length >> 1))],
  [1, "empty", () => text("")],
  ...[
    ...[
      "NaN",
      "Infinity",
      "-1e999",
      "1e400",
      "{}",
      "[]",
      "null",
      "5",
      '""',
      "true",
      "{]",
      "{'a': 1}",
      "\u0000",
    ],
    ...[
      '{"a": NaN}',
      '{"a": 1, "a": 2}',
      '{"__proto__": {"a": 1}}',
      '{"constructor": 1}',
      '{"a": "\\ud800"}',
      "\ufeff{}",
    ],
    ...[
      '{"input_data": [[1e999]]}',
      '{"data": [[null]]}',
      "// {}",
      "[1,]",
      '{"a": 0x1}',
      "\\u007b}",
      "{}{}",
      "{} x",
    ],
  ].map((body) => [1, body, () => text(body)] as const),
  [1, "deep list", () => text(long("[", 100_000))],
  [1, "deep list, closed", () => text(long("[", 5_000) + long("]", 5_000))],
  [1, "deep mapping", () => text(long('{"a":', 20_000))],
  [1, "long number", () => text(`{"a": ${long("9", 100_000)}}`)],
  [1, "long text", () => text(`{"a": "${long("x", 300_000)}"}`)],
  [
    1,
    "many keys",
    () => text(`{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join()}}`),
  ],
  [0.2, "2 MB", () => Buffer.alloc(2_000_000, "x")],
  [1, "UTF-16", (sample) => Buffer.from(`\ufeff${sample}`, "utf16le")],
  [1, "no UTF-8", () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x22, 0x3a, 0x31, 0x7d])],
];

/** A value of the sample in the place of which another one stands. */
export const VALUES = [
  ...[
    "NaN",
    "null",
    "-1",
    "1e999",
    '"x"',
    "[]",
    "{}",
    "true",
    '"\\u0000"',
    "9".repeat(5_000),
    '"2019-99-99"',
    "[[[]]]",
  ],
  ...["1e-400", '"' + "y".repeat(10_000) + '"', '"\\ud800"', "-0", '"\\u202e"'],
];
