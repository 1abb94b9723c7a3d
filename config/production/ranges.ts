import { Address4 } from "ip-address";

/** A range of IPv4 addresses, `10.60.0.0/22`, for arithmetic. */
export interface Range {
  readonly text: string;
  /** Length of the prefix, the number after the slash. */
  readonly prefix: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Addresses that lie in nobody's way: RFC 1918, and RFC 6598, which Azure takes for virtual networks and pods just the
 * same (Azure Virtual Network FAQ; AKS, "Azure CNI Overlay", IP address planning).
 */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(rangeOf);

/** What AKS uses itself: never for services, pods or the network (AKS, "Azure CNI networking prerequisites"). */
const RESERVED = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"].map(rangeOf);

/** Reads a range, or says why it is none (`{value}` stands for the text). */
export function parseRange(text: string): Range | { readonly problem: string } {
  if (!text.includes("/") || !Address4.isValid(text)) {
    return { problem: "is {value}; must be an IPv4 range such as 10.60.0.0/22" };
  }
  const range = rangeOf(text);
  if (range.text !== text) {
    return { problem: `is {value}; write ${range.text}, the same range by its first address` };
  }
  const reserved = RESERVED.find((other) => overlaps(range, other));
  if (reserved !== undefined) {
    return { problem: `is {value}, which overlaps ${reserved.text}; AKS reserves that` };
  }
  if (!isPrivate(range))
    return { problem: `is {value}; must lie in a private range, ${privateRanges()}` };
  return range;
}

/** Reads a single private address, or says why it is none. */
export function parseAddress(text: string): Range | { readonly problem: string } {
  if (text.includes("/") || !Address4.isValid(text)) {
    return { problem: "is {value}; must be one IPv4 address such as 10.0.1.4" };
  }
  const address = rangeOf(text);
  if (!isPrivate(address)) {
    return { problem: `is {value}; must be a private address, in ${privateRanges()}` };
  }
  return address;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** How many addresses the range has. */
export function sizeOf(range: Range): number {
  return range.last - range.first + 1;
}

/** Prefix of the smallest range with this many addresses. */
export function prefixFor(addresses: number): number {
  return 32 - Math.ceil(Math.log2(addresses));
}

/** The address `offset` places after the first one of the range. */
export function addressAt(range: string, offset: number): string {
  return new Address4(range).startAddress().offset(offset).correctForm();
}

function isPrivate(range: Range): boolean {
  return PRIVATE.some((outer) => contains(outer, range));
}

function privateRanges(): string {
  return PRIVATE.map(({ text }) => text).join(", ");
}

/** Of a valid text; in canonical form, whatever bits the host part has. */
function rangeOf(text: string): Range {
  const address = new Address4(text);
  return {
    text: address.networkForm(),
    prefix: address.subnetMask,
    first: Number(address.startAddress().bigInt()),
    last: Number(address.endAddress().bigInt()),
  };
}
