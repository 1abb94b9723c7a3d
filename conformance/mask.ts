const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const EMAIL = /(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+/g;
const IPV4 = /\b\d{1,3}(\.\d{1,3}){3}\b/g;
/** JSON web tokens, signatures, hashes, correlation ids and keys. */
const OPAQUE = /[A-Za-z0-9_+/=-]{32,}(\.[A-Za-z0-9_-]{16,}){0,2}/g;
const SIGNATURE = /([?&](?:sig|se|sp|sv|sr|st|spr|skoid|sktid)=)[^&"\s]+/gi;
const SECRET_NAME =
  /(key|token|secret|password|credential|connectionstring|signature|principalid|tenantid)s?$/i;

/**
 * Takes out of a value whatever names a subscription, a person, an address or a key. The same GUID has the same number
 * throughout, so that a reader still sees which ids are one.
 *
 * @param known texts to replace, by the name that stands in their place
 */
export function masker(known: Readonly<Record<string, string>>): (value: unknown) => unknown {
  const guids = new Map<string, string>();
  const replacements = Object.entries(known)
    .filter(([, text]) => text !== "")
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([name, text]) => [alone(text), `{{${name}}}`] as const);

  const text = (given: string): string => {
    let masked = given;
    for (const [pattern, name] of replacements) masked = masked.replace(pattern, name);
    return masked
      .replace(SIGNATURE, "$1{{masked}}")
      .replace(GUID, (guid) => {
        const key = guid.toLowerCase();
        const name = guids.get(key) ?? `{{guid-${guids.size + 1}}}`;
        guids.set(key, name);
        return name;
      })
      .replace(EMAIL, "{{email}}")
      .replace(IPV4, "{{address}}")
      .replace(OPAQUE, (long) => (/[0-9]/.test(long) && !long.includes("/") ? "{{opaque}}" : long));
  };
  const masked = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(masked);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => [
        text(key),
        typeof item === "string" && SECRET_NAME.test(key) ? "{{masked}}" : masked(item),
      ]),
    );
  };
  return masked;
}

/** The text where it stands by itself, in any case: a group named `rg` is not masked inside of `target`. */
function alone(text: string): RegExp {
  const quoted = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![A-Za-z0-9_-])${quoted}(?![A-Za-z0-9_-])`, "gi");
}
