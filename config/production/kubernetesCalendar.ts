/**
 * Last day on which AKS supports a Kubernetes minor version under the plan `KubernetesOfficial` (AKS documentation,
 * "Supported Kubernetes versions", release calendar of 2026-08-05; without a date it is the last day of the month).
 * AKS answers which versions a region offers, but not until when. Version 1.37 was announced there for October 2026.
 */
const LAST_DAYS: Readonly<Record<string, string>> = {
  "1.33": "2026-07-31",
  "1.34": "2026-11-30",
  "1.35": "2027-03-31",
  "1.36": "2027-06-30",
  "1.37": "2027-10-31",
};

/**
 * @param minor such as `1.37`
 * @returns a date `YYYY-MM-DD`; undefined for a version that the calendar does not have
 */
export function lastSupportedDay(minor: string): string | undefined {
  return Object.hasOwn(LAST_DAYS, minor) ? LAST_DAYS[minor] : undefined;
}
