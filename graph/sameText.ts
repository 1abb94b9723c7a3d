/** Azure compares ids and names without regard to case. */
export function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** `Canada Central` and `canadacentral` are one region: its short name. */
export function regionName(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}
