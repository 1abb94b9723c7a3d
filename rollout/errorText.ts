import { diskFull, UserError } from "../errors";
import { ArmError } from "../traffic/arm";

/** What went wrong outside of this program, as a UserError; a bug stays as it is. What was done until then is on record. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const resume = "What was done until then is on record: see status, then advance or abort";
  if (error instanceof ArmError) {
    const hint = error.status === 403 ? " (the identity in use has no right to that)" : "";
    return new UserError(`The ARM API refused the request: ${error.message}${hint}. ${resume}.`);
  }
  if (
    /^(?:CredentialUnavailable|AuthenticationRequired|(?:Aggregate)?Authentication)/.test(
      error.name,
    )
  ) {
    const [first = ""] = error.message.split("\n");
    return new UserError(`Nobody is signed in to Azure here; run: az login. (${first})`);
  }
  const full = diskFull(error);
  if (full !== undefined) return full;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new UserError(`The endpoint cannot be reached: ${error.message} (${code}). ${resume}.`);
}
