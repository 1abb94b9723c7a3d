/**
 * A Kubernetes quantity times a whole number, in the quantity's own unit: 3 times `500m` is `1500m`, 4 times `1.5Gi`
 * is `6Gi`. Digits are moved as whole numbers, so that 3 times `0.1` is `0.3`.
 *
 * @throws RangeError for what is no quantity with a unit or none; exponents such as `1e3` are not taken
 */
export function quantityTimes(quantity: string, factor: number): string {
  const parts = /^(\d+)(?:\.(\d+))?(n|u|m|k|[KMGTPE]i?)?$/.exec(quantity);
  if (parts === null || parts[3] === "K") {
    throw new RangeError(`"${quantity}" is no quantity such as 500m, 2 or 1.5Gi`);
  }
  const [, whole = "", fraction = "", unit = ""] = parts;
  const digits = String(BigInt(whole + fraction) * BigInt(factor)).padStart(
    fraction.length + 1,
    "0",
  );
  const point = digits.length - fraction.length;
  const decimals = digits.slice(point).replace(/0+$/, "");
  return `${digits.slice(0, point)}${decimals === "" ? "" : `.${decimals}`}${unit}`;
}
