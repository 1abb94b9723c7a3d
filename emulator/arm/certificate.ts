import { generate } from "selfsigned";

export interface Certificate {
  /** Of the authority that clients are told to trust. Its key is gone when this returns. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A certificate outlives no day: each API has a new one. */
const LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * A certificate for 127.0.0.1 and localhost, from an authority made for it alone and thrown away, so that trusting the
 * authority trusts nothing but this one server.
 */
export async function loopbackCertificate(): Promise<Certificate> {
  // A clock that is set back a little must not make it invalid.
  const notBeforeDate = new Date(Date.now() - 60 * 60 * 1000);
  const options = {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate,
    notAfterDate: new Date(Date.now() + LIFETIME_MS),
  } as const;
  const authority = await generate([{ name: "commonName", value: "mlscore local ARM API" }], {
    ...options,
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: "commonName", value: "localhost" }], {
    ...options,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { authority: authority.cert, certificate: leaf.cert, key: leaf.private };
}
