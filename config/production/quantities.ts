/** Kubernetes quantities, as far as CPU and memory are written with them (Kubernetes, "Resource Management for Pods"). */

/** `500m`, `2`, `1.5`; nothing finer than a thousandth. */
export const CPU_PATTERN = /^(?:[1-9]\d*m|(?=.*[1-9])\d+(?:\.\d{1,3})?)$/;

/** With a unit: a bare number would be bytes, and `m` thousandths of one. */
export const MEMORY_PATTERN = /^[1-9]\d*(?:Mi|Gi|M|G)$/;

/** Thousandths of a CPU. */
export function millicores(cpu: string): number {
  return cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : Math.round(Number(cpu) * 1000);
}

const UNITS = { Mi: 2 ** 20, Gi: 2 ** 30, M: 10 ** 6, G: 10 ** 9 } as const;

export function bytes(memory: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi|M|G)$/.exec(memory) ?? [];
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}
