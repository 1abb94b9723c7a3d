import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  addressAt,
  contains,
  overlaps,
  parseAddress,
  parseRange,
  prefixFor,
  type Range,
  sizeOf,
} from "../../../config/production/ranges";

function range(text: string): Range {
  const parsed = parseRange(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
}

/** Ranges of a few addresses in 10.0.0.0/26, with the addresses that they have, counted one by one. */
const small = fc
  .tuple(fc.integer({ min: 26, max: 32 }), fc.nat({ max: 63 }))
  .map(([prefix, place]) => {
    const size = 2 ** (32 - prefix);
    const first = place - (place % size);
    const addresses = Array.from({ length: size }, (_, index) => first + index);
    return { range: range(`10.0.0.${first}/${prefix}`), addresses };
  });

describe("ranges", () => {
  it("overlap where they have an address in common, and only there", () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const shared = a.addresses.some((address) => b.addresses.includes(address));
        expect(overlaps(a.range, b.range)).toBe(shared);
      }),
    );
  });

  it("contain another where they have all its addresses, and only there", () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const all = b.addresses.every((address) => a.addresses.includes(address));
        expect(contains(a.range, b.range)).toBe(all);
      }),
    );
  });

  it("have as many addresses as can be counted", () => {
    fc.assert(
      fc.property(small, ({ range: one, addresses }) => {
        expect(sizeOf(one)).toBe(addresses.length);
      }),
    );
  });

  it("need the longest prefix that still has the addresses", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (addresses) => {
        const prefix = prefixFor(addresses);
        expect(2 ** (32 - prefix)).toBeGreaterThanOrEqual(addresses);
        if (prefix < 32) expect(2 ** (32 - prefix - 1)).toBeLessThan(addresses);
      }),
    );
  });

  it.each([
    ["10.0.0.0/8", 2 ** 24],
    ["172.16.0.0/16", 2 ** 16],
    ["192.168.255.0/24", 256],
    ["100.127.255.255/32", 1],
  ])("are read: %s", (text, size) => {
    expect(range(text).text).toBe(text);
    expect(sizeOf(range(text))).toBe(size);
  });

  it.each([
    ["10.0.0.1/8", "is {value}; write 10.0.0.0/8, the same range by its first address"],
    ["10.0.0.0/08", "is {value}; write 10.0.0.0/8, the same range by its first address"],
    ["10.0.0.0", "is {value}; must be an IPv4 range such as 10.60.0.0/22"],
    ["10.0.0.0/33", "is {value}; must be an IPv4 range such as 10.60.0.0/22"],
    ["010.0.0.0/8", "is {value}; must be an IPv4 range such as 10.60.0.0/22"],
    ["10.0.0.0/8/8", "is {value}; must be an IPv4 range such as 10.60.0.0/22"],
    ["fd00::/8", "is {value}; must be an IPv4 range such as 10.60.0.0/22"],
    ["10.0.0.0/255.0.0.0", "is {value}; must be an IPv4 range such as 10.60.0.0/22"],
    ["172.31.8.0/24", "is {value}, which overlaps 172.31.0.0/16; AKS reserves that"],
    ["172.16.0.0/12", "is {value}, which overlaps 172.30.0.0/16; AKS reserves that"],
    ["169.254.1.0/24", "is {value}, which overlaps 169.254.0.0/16; AKS reserves that"],
    ["192.0.2.0/25", "is {value}, which overlaps 192.0.2.0/24; AKS reserves that"],
    ["11.0.0.0/8", expect.stringMatching(/must lie in a private range, 10\.0\.0\.0\/8, /)],
    ["10.0.0.0/7", expect.stringMatching(/must lie in a private range/)],
    ["100.128.0.0/16", expect.stringMatching(/must lie in a private range/)],
  ])("are not read: %s", (text, problem) => {
    expect(parseRange(text)).toEqual({ problem });
  });

  it("count the name service's address from the first one", () => {
    expect(addressAt("10.245.0.0/16", 10)).toBe("10.245.0.10");
    expect(addressAt("192.168.3.240/28", 10)).toBe("192.168.3.250");
  });
});

describe("single addresses", () => {
  it("are read where they are private", () => {
    expect(parseAddress("10.0.1.4")).toMatchObject({ prefix: 32 });
    expect(parseAddress("100.64.0.1")).toMatchObject({ prefix: 32 });
  });

  it.each([
    ["10.0.1.4/32", "is {value}; must be one IPv4 address such as 10.0.1.4"],
    ["firewall", "is {value}; must be one IPv4 address such as 10.0.1.4"],
    ["20.1.2.3", expect.stringMatching(/must be a private address/)],
  ])("are not read: %s", (text, problem) => {
    expect(parseAddress(text)).toEqual({ problem });
  });
});
