/** What a preview as JSON would change, as `Engine.preview` tells it. */
export function plannedIn(printed: string): string[] {
  const { steps } = JSON.parse(printed) as { steps: readonly { op: string; urn: string }[] };
  return steps
    .filter(({ op }) => !["same", "read", "refresh"].includes(op))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`)
    .sort();
}
