/**
 * Why there is no VM size of a name; `{value}` stands for it. Only what the names themselves tell: which sizes a region
 * offers, the preflight asks (Azure Virtual Machines, "Azure VM sizes naming conventions", "Dv2 and DSv2-series").
 */
export function instanceTypeProblem(size: string): string | undefined {
  const [, family = "", cpus = "", features = "", versionDigits] =
    /^Standard_([A-Z]+)(\d+)(?:-\d+)?([a-z]*)(?:_(?!v\d+$)[A-Z0-9]+)?(?:_v(\d+))?$/i.exec(size) ??
    [];
  const version = Number(versionDigits ?? 1);
  const letters = family.toUpperCase();
  if (/^[DEFGLM]S$/.test(letters) && version >= 3) {
    const meant = `Standard_${letters.slice(0, 1)}${evenCpus(cpus)}${features}s_v${version}`;
    const old = letters === "DS" ? `, or Standard_DS${cpus}_v2` : "";
    return `is {value}, a size that does not exist: from version 3 on, the s follows the number of CPUs; did you mean ${meant}${old}?`;
  }
  if (/^DS?$/.test(letters) && version === 2 && !/^(?:[1-5]|1[1-5])$/.test(cpus)) {
    return `is {value}, a size that does not exist: version 2 has the numbers 1 to 5 and 11 to 15, such as Standard_DS3_v2`;
  }
  if (/^[DEF]$/.test(letters) && version >= 3 && Number(cpus) % 2 === 1 && cpus !== "1") {
    return `is {value}, a size that does not exist: from version 3 on, the number is that of CPUs, and even; did you mean Standard_${letters}${evenCpus(cpus)}${features}_v${version}?`;
  }
  return undefined;
}

function evenCpus(cpus: string): number {
  return Number(cpus) + (Number(cpus) % 2);
}
