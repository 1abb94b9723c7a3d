import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ts from "typescript";

/**
 * Checks values against the types of @pulumi/azure-native, which are generated from Azure's published API
 * descriptions: unknown properties, missing ones, wrong kinds, and, what the compiler cannot see since every such type
 * also allows any text, values that the API does not name.
 */

const PACKAGE = dirname(require.resolve("@pulumi/azure-native/package.json"));

/** What is wrong with the inputs of one resource, as `path: what`. */
export function typeProblems(token: string, inputs: unknown): string[] {
  const [, module = "", name = ""] = token.split(":");
  const file = name.charAt(0).toLowerCase() + name.slice(1);
  const source = readFileSync(join(PACKAGE, module, `${file}.d.ts`), "utf8");
  return checkMembers(membersOf(source, `${name}Args`, module, name), inputs, "");
}

type Members = ReadonlyMap<string, { readonly type: ts.TypeNode; readonly required: boolean }>;

function checkMembers(members: Members, value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [`${path}: is no object`];
  }
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  const given = Object.entries(value).filter(([, item]) => item !== undefined);
  const missing = [...members].filter(
    ([key, { required }]) => required && !given.some(([name]) => name === key),
  );
  return [
    ...missing.map(([key]) => `${at(key)}: is missing`),
    ...given.flatMap(([key, item]) => {
      const member = members.get(key);
      return member === undefined
        ? [`${at(key)}: is not known`]
        : checkValue(member.type, item, at(key));
    }),
  ];
}

function checkValue(type: ts.TypeNode, value: unknown, path: string): string[] {
  if (ts.isUnionTypeNode(type)) return checkUnion(type, value, path);
  if (ts.isArrayTypeNode(type)) {
    if (!Array.isArray(value)) return [`${path}: is no list`];
    return value.flatMap((item: unknown, index) =>
      checkValue(type.elementType, item, `${path}[${index}]`),
    );
  }
  if (ts.isTypeLiteralNode(type)) {
    const [index] = type.members;
    if (index === undefined || !ts.isIndexSignatureDeclaration(index)) return [];
    return Object.entries(value as object).flatMap(([key, item]) =>
      checkValue(index.type, item, `${path}.${key}`),
    );
  }
  if (ts.isLiteralTypeNode(type)) {
    const { literal } = type;
    const wanted = ts.isStringLiteral(literal) ? literal.text : literal.getText();
    return value === wanted ? [] : [`${path}: is ${JSON.stringify(value)}, not "${wanted}"`];
  }
  if (ts.isTypeReferenceNode(type)) return checkReference(type, value, path);
  const kind = type.getText();
  if (kind === "any" || typeof value === kind) return [];
  return [`${path}: is of type ${typeof value}, not ${kind}`];
}

/** The part of a union that fits best; where text may also be one of an enumeration, the enumeration decides. */
function checkUnion(type: ts.UnionTypeNode, value: unknown, path: string): string[] {
  const parts = type.types.filter((part) => part.getText() !== "undefined");
  const enumerations = parts.filter((part) => part.getText().startsWith("enums."));
  const candidates = enumerations.length > 0 && typeof value === "string" ? enumerations : parts;
  const outcomes = candidates.map((part) => checkValue(part, value, path));
  return outcomes.sort((a, b) => a.length - b.length)[0] ?? [];
}

function checkReference(type: ts.TypeReferenceNode, value: unknown, path: string): string[] {
  const name = type.typeName.getText();
  if (name === "pulumi.Input") {
    const [inner] = type.typeArguments ?? [];
    return inner === undefined ? [] : checkValue(inner, value, path);
  }
  const [space = "", module = "", last = ""] = name.split(".");
  if (space === "inputs") return checkMembers(inputMembers(module, last), value, path);
  if (space === "enums") {
    const allowed = enumerationOf(module, last);
    return allowed.some((one) => one === value)
      ? []
      : [`${path}: is ${JSON.stringify(value)}, not one of ${allowed.join(", ")}`];
  }
  throw new Error(`${path}: cannot check the type ${name}`);
}

const INPUTS = readFileSync(join(PACKAGE, "types", "input.d.ts"), "utf8");
const inputTypes = new Map<string, Members>();

function inputMembers(module: string, name: string): Members {
  const key = `${module}.${name}`;
  const known = inputTypes.get(key);
  if (known !== undefined) return known;
  const start = INPUTS.indexOf(`export declare namespace ${module} {`);
  const end = INPUTS.indexOf("\n}\n", start);
  const members = membersOf(INPUTS.slice(start, end), name, module, key);
  inputTypes.set(key, members);
  return members;
}

/** Members of an interface in some source text; only that interface is parsed, since the package has megabytes. */
function membersOf(source: string, name: string, module: string, wanted: string): Members {
  const match = new RegExp(`^( *)(?:export )?interface ${name} \\{$[\\s\\S]*?^\\1\\}$`, "m").exec(
    source,
  );
  if (match === null) throw new Error(`azure-native has no type ${name} in ${module} (${wanted})`);
  const parsed = ts.createSourceFile("part.d.ts", match[0], ts.ScriptTarget.Latest, true);
  const [declaration] = parsed.statements;
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) {
    throw new Error(`${name} is no interface`);
  }
  return new Map(
    declaration.members.flatMap((member) =>
      ts.isPropertySignature(member) && member.type !== undefined
        ? [
            [
              member.name.getText(),
              { type: member.type, required: member.questionToken === undefined },
            ] as const,
          ]
        : [],
    ),
  );
}

function enumerationOf(module: string, name: string): string[] {
  const source = readFileSync(join(PACKAGE, "types", "enums", module, "index.d.ts"), "utf8");
  const body = new RegExp(`declare const ${name}: \\{([\\s\\S]*?)\\n\\};`).exec(source)?.[1];
  if (body === undefined) throw new Error(`azure-native has no enumeration ${module}.${name}`);
  return [...body.matchAll(/readonly \S+: "([^"]*)";/g)].map(([, value = ""]) => value);
}
