/**
 * Why a caller is not let in. Azure answers 401 to every one of them, a missing role among them
 * (how-to-troubleshoot-online-endpoints, HTTP status codes of managed online endpoints). The codes for tokens are this project's own.
 */
export interface AccessDenial {
  readonly code:
    | "key_auth_access_denied"
    | "key_auth_bad_header_forbidden"
    | "access_denied"
    | "token_audience_not_allowed"
    | "token_expired"
    | "token_invalid"
    | "token_issuer_not_allowed"
    | "token_not_yet_valid";
  readonly message: string;
}
