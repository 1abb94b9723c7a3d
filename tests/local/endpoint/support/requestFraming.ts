/** How the length of a generated request's body is told: as it should be, or wrong in one of many ways. */
import { gzipSync } from "node:zlib";

import { type Choice, long, text } from "./requestParts";

type Framing = (
  body: Buffer,
  at: number,
) => { readonly headers: readonly string[]; readonly body: Buffer; readonly short?: true };
const chunked = (body: Buffer, size = body.length.toString(16)) =>
  Buffer.concat([text(`${size}\r\n`), body, text("\r\n0\r\n\r\n")]);
const CHUNKED = "Transfer-Encoding: chunked";
export const FRAMINGS: Choice<Framing> = [
  [30, "", (body) => ({ headers: [`Content-Length: ${body.length}`], body })],
  [
    3,
    "chunks",
    (body) => ({ headers: [CHUNKED], body: body.length === 0 ? text("0\r\n\r\n") : chunked(body) }),
  ],
  [
    1,
    "trailers",
    (body) => ({
      headers: [CHUNKED],
      body: Buffer.concat([chunked(body).subarray(0, -2), text("X-T: a\r\n\r\n")]),
    }),
  ],
  [
    1,
    "long chunk extension",
    (body) => ({
      headers: [CHUNKED],
      body: chunked(body, `${body.length.toString(16)};a=${long("b", 20_000)}`),
    }),
  ],
  [1, "broken chunk size", (body) => ({ headers: [CHUNKED], body: chunked(body, "zz") })],
  [
    1,
    "huge chunk size",
    (body) => ({ headers: [CHUNKED], body: chunked(body, "ffffffffffffffffff"), short: true }),
  ],
  [1, "negative chunk size", (body) => ({ headers: [CHUNKED], body: chunked(body, "-1") })],
  [
    2,
    "length too large",
    (body) => ({ headers: [`Content-Length: ${body.length + 100}`], body, short: true }),
  ],
  [
    2,
    "partial body",
    (body, at) => ({
      headers: [`Content-Length: ${body.length + 1}`],
      body: body.subarray(0, at % (body.length + 1)),
      short: true,
    }),
  ],
  [
    1,
    "partial chunk",
    (body) => ({ headers: [CHUNKED], body: chunked(body).subarray(0, -8), short: true }),
  ],
  [1, "length too small", (body) => ({ headers: [`Content-Length: ${body.length >> 1}`], body })],
  ...["-1", "+5", "abc", "", "1e3", "0x10", "5, 5", "9".repeat(30), "18446744073709551617"].map(
    (length) =>
      [
        0.4,
        `length ${length}`,
        (body: Buffer) => ({ headers: [`Content-Length: ${length}`], body }),
      ] as const,
  ),
  [
    1,
    "two lengths",
    (body) => ({ headers: [`Content-Length: ${body.length}`, "Content-Length: 6"], body }),
  ],
  [
    1,
    "length and chunks",
    (body) => ({ headers: [`Content-Length: ${body.length}`, CHUNKED], body: chunked(body) }),
  ],
  [1, "neither", (body) => ({ headers: [], body })],
  [
    1,
    "gzip and chunked",
    (body) => ({ headers: ["Transfer-Encoding: gzip, chunked"], body: chunked(gzipSync(body)) }),
  ],
  [
    1,
    "gzip",
    (body) => {
      const packed = gzipSync(body);
      return {
        headers: ["Content-Encoding: gzip", `Content-Length: ${packed.length}`],
        body: packed,
      };
    },
  ],
  [
    0.5,
    "gzip bomb",
    () => {
      const packed = gzipSync(Buffer.alloc(20_000_000));
      return {
        headers: ["Content-Encoding: gzip", `Content-Length: ${packed.length}`],
        body: packed,
      };
    },
  ],
];
