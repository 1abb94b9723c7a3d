/** What a token is asked for, and the claims that it gets. */
import { v5 as uuidv5 } from "uuid";
import { z } from "zod";

import { UserError } from "../../../errors";
import type { CallerSpec } from "../spec";

export interface TokenRequest {
  /** Object id of a user or a service principal. @default this machine's user */
  readonly objectId?: string;
  /** Object id of a group that it is a member of. */
  readonly memberOf?: string;
  /** Seconds from now; negative for one that has expired. @default 3600 */
  readonly expiresIn?: number;
  /** Whether a new key signs it, and all that follow. @default false */
  readonly newKey?: boolean;
}

/** Seconds in a day: the longest that Entra can be told to give (Microsoft identity platform, "Configurable token lifetimes"). */
const LONGEST_SECONDS = 86_400;
/** Seconds. Entra's live 60 to 90 minutes ("Access tokens in the Microsoft identity platform", token lifetime). */
const LIFETIME_SECONDS = 3600;

/** Name space of the subjects below; any fixed GUID serves. */
const SUBJECTS = "6f0c5a1e-0d5b-4a53-9d0e-2b8c1f7e4a90";

const objectId = z.guid("must be an object id, 8-4-4-4-12 hex digits");

const tokenRequestSchema = z.strictObject({
  objectId: objectId.exactOptional(),
  memberOf: objectId.exactOptional(),
  expiresIn: z.number().int().min(-LONGEST_SECONDS).max(LONGEST_SECONDS).exactOptional(),
  newKey: z.boolean().exactOptional(),
}) satisfies z.ZodType<TokenRequest>;

/** @throws UserError that lists everything wrong at once */
export function tokenRequestOf(value: unknown): TokenRequest {
  const result = tokenRequestSchema.safeParse(value);
  if (result.success) return result.data;
  throw new UserError(`there is no such token: ${z.prettifyError(result.error)}`);
}

interface Issued {
  readonly issuer: string;
  readonly tenantId: string;
  /** Of this machine's user. */
  readonly userId: string;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The claims of Entra's access tokens of version 1.0 that an API looks at ("Access token claims reference").
 *
 * @throws UserError for a group, which cannot sign in
 */
export function claimsOf(
  { objectId: asked, memberOf, expiresIn = LIFETIME_SECONDS }: TokenRequest,
  callers: readonly CallerSpec[],
  { issuer, tenantId, userId, audience, now }: Issued,
) {
  const oid = (asked ?? userId).toLowerCase();
  const isGroup = callers.some(
    ({ objectId: id, principalType }) => principalType === "Group" && id.toLowerCase() === oid,
  );
  if (isGroup) {
    throw new UserError(
      `${oid} is a group, which gets no tokens; ask for a member's: --for MEMBER --member-of ${oid}`,
    );
  }
  const seconds = Math.floor(now / 1000);
  // One that has expired was issued before it did.
  const iat = Math.min(seconds, seconds + expiresIn - 1);
  return {
    aud: audience,
    iss: issuer,
    iat,
    nbf: iat,
    exp: seconds + expiresIn,
    oid,
    // Of one user and one API, as Entra's are.
    sub: uuidv5(`${oid}/${audience}`, SUBJECTS),
    tid: tenantId,
    ver: "1.0",
    ...(memberOf === undefined ? {} : { groups: [memberOf.toLowerCase()] }),
  };
}
