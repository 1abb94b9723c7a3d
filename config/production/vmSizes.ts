/**
 * What the name of a machine's size tells (Azure Virtual Machines, "Azure VM sizes naming conventions"): family, CPUs,
 * constrained CPUs, features in small letters, accelerator, version.
 */
interface VmSize {
  readonly family: string;
  readonly cpus: number;
  readonly constrained?: number;
  readonly features: string;
  /** 1 where the name has none. */
  readonly version: number;
  /** What follows the features. */
  readonly rest: string;
}

const NAME = /^Standard_([A-Z]+)(\d+)(?:-(\d+))?([a-z]*)((?:_[A-Za-z0-9]+)*?)(?:_v(\d+))?$/;

/** GiB of the local disk for each CPU in D and E with `d`, versions 4 and 5: 75 for two ("Ddsv5-series", "Edsv5-series"). */
const DISK_PER_CPU = 37.5;

function sizeOf(name: string): VmSize | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, family = "", cpus = "", constrained, features = "", accelerator = "", version] = match;
  return {
    family,
    cpus: Number(cpus),
    ...(constrained === undefined ? {} : { constrained: Number(constrained) }),
    features,
    version: Number(version ?? 1),
    rest: `${accelerator}${version === undefined ? "" : `_v${version}`}`,
  };
}

/** CPUs of a size; undefined where its name does not tell: before version 3 the number meant something else. */
export function cpusOf(name: string): number | undefined {
  const size = sizeOf(name);
  if (size === undefined) return undefined;
  const { family, version, cpus, constrained } = size;
  const tells = version >= 3 || (family === "F" && version === 2);
  return tells ? (constrained ?? cpus) : undefined;
}

/** The series of a size, as Azure's documents call it: `Ddsv5` of `Standard_D4ds_v5`, `DSv2` of `Standard_DS2_v2`. */
export function seriesOf(name: string): string | undefined {
  const size = sizeOf(name);
  if (size === undefined) return undefined;
  const { family, features, rest } = size;
  return `${family}${features}${rest.replaceAll("_", "")}`;
}

/** Of series D before version 3, whose number is no count (Azure Virtual Machines, "Dv2 and DSv2-series"). */
const NUMBERED: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 2, 3: 4, 4: 8, 5: 16 },
  ...{ 11: 2, 12: 4, 13: 8, 14: 16, 15: 20 },
};

/** CPUs of a size of series D before version 3; undefined for all others. */
export function cpusOfNumbered(name: string): number | undefined {
  const size = sizeOf(name);
  if (size === undefined || size.version >= 3) return undefined;
  return /^DS?$/.test(size.family) ? NUMBERED[size.cpus] : undefined;
}

/**
 * Why nodes cannot be machines of a size (`{value}` stands for its name): the image is for AMD64, and the OS disk lies on
 * the machine's own disk (Azure Virtual Machines, "Ephemeral OS disks"). Says nothing where the name does not tell.
 */
export function vmSizeProblem(name: string): string | undefined {
  const size = sizeOf(name);
  if (size === undefined) return undefined;
  if (size.features.includes("p")) {
    return "is {value}, with an ARM64 processor (p); the scoring image is for AMD64, take Standard_D4ds_v5 for instance";
  }
  if (size.family === "A") {
    return "is {value}; series A machines have no ephemeral OS disks, take Standard_D4ds_v5 for instance";
  }
  return hasNoDisk(size)
    ? `is {value}, without a disk of its own, where the OS disk would lie; take a size with d, ${adviceFor(size)}`
    : undefined;
}

/** Why the OS disk has no room; undefined where it has, or where the name does not tell. */
export function osDiskProblem(name: string, osDiskSizeGB: number): string | undefined {
  const size = sizeOf(name);
  if (size === undefined || !/^[DE]$/.test(size.family) || !size.features.includes("d")) {
    return undefined;
  }
  const room = size.cpus * DISK_PER_CPU;
  if (size.version < 4 || size.version > 5 || osDiskSizeGB <= room) return undefined;
  return `is ${osDiskSizeGB}, and the disk of a ${name} has ${Math.floor(room)} GB; take a smaller OS disk or a larger machine`;
}

/**
 * From version 5 on, D, E and F have a local disk only with `d`; of version 4 those of Intel ("Dv4 and Dsv4-series", "Ev4
 * and Esv4-series"), while AMD's (`a`) have one. B of version 2 has none with any letter ("Bsv2-series", "Basv2-series").
 */
function hasNoDisk({ family, features, version }: VmSize): boolean {
  if (family === "B") return version >= 2;
  if (features.includes("d")) return false;
  if (/^(?:[DEF]|DC|EC)$/.test(family) && version >= 5) return true;
  return /^[DE]$/.test(family) && version === 4 && !features.includes("a");
}

/** The letters stand in the order of the alphabet except for s, which is last: D4as_v5 becomes D4ads_v5. */
function adviceFor({ family, cpus, constrained, features, rest }: VmSize): string {
  if (family === "B") return "such as Standard_D4ds_v5";
  const count = constrained === undefined ? cpus : `${cpus}-${constrained}`;
  return `such as Standard_${family}${count}${features.replace(/s?$/, (last) => `d${last}`)}${rest}`;
}
