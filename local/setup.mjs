// Makes a fresh clone ready: checks Node, and installs the locked packages when they are not there or not these.
// Plain Node with nothing to install first, since every npm script begins with it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
// npm writes it when an installation has ended, by any command: `npm ci`, `pulumi install` or this script
// (npm's documentation of package-lock.json, "Hidden Lockfiles").
const INSTALLED = join(PROJECT, "node_modules", ".package-lock.json");
const LOCK = join(PROJECT, ".local", "setup.lock");
// Longer than any installation takes; an older lock was left behind by a killed one.
const STALE_MS = 15 * 60_000;

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`This project needs Node 20.19 or later; this is ${process.versions.node}.`);
}

function packagesIn(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/** Whether what is there is what the lock file names, less packages for other systems. */
function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  const locked = packagesIn(join(PROJECT, "package-lock.json"));
  const there = packagesIn(INSTALLED);
  const isSame = ([path, { version, integrity, optional }]) => {
    // The project itself.
    if (path === "") return true;
    const found = there[path];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  };
  return Object.entries(locked).every(isSame) && Object.keys(there).every((path) => path in locked);
}

/** Takes the lock, or waits for the process that holds it; returns false when that process installed the same. */
function acquire() {
  mkdirSync(join(PROJECT, ".local"), { recursive: true });
  for (let waited = 0; ; waited += 500) {
    try {
      mkdirSync(LOCK);
      return true;
    } catch (error) {
      if (error.code !== "EEXIST") fail(`${LOCK} cannot be made: ${error.message}`);
    }
    if (isInstalled()) return false;
    if (Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0) > STALE_MS) {
      rmSync(LOCK, { recursive: true, force: true });
    } else if (waited === 0) {
      console.error(`Waiting for another installation (if there is none, delete ${LOCK}) …`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
}

checkNode();
if (!isInstalled() && acquire()) {
  // A signal must not leave the lock: the next run would wait for nobody.
  const release = () => rmSync(LOCK, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => (release(), process.exit(130)));
  try {
    console.error("Installing packages (npm ci) …");
    const npm = spawnSync("npm", ["ci", "--loglevel=error"], {
      cwd: PROJECT,
      stdio: ["ignore", 2, 2],
    });
    if (npm.error || npm.status !== 0) {
      release();
      fail("The packages could not be installed; npm's message is above.");
    }
  } finally {
    release();
  }
}
