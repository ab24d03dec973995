// usage: node tools/artifacts.js write|check
//
// Keeps artifacts/NAME.json in step with the sources named in artifacts.txt. `forge build src` has to run before.
// Of forge's output only what consumers read is kept, and nothing that differs between two compilations of the same
// source: no AST ids, no absolute paths, no metadata.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const folder = path.join(root, "artifacts");
const MAX_CODE = 24_576; // EIP-170
const MAX_INIT_CODE = 49_152; // EIP-3860

class Refused extends Error {}

// One source file a line; the contract has the file's name. "#" starts a comment.
function listed() {
  return fs
    .readFileSync(path.join(root, "artifacts.txt"), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
}

function built(source) {
  const name = path.basename(source, ".sol");
  const file = path.join(root, "out", `${name}.sol`, `${name}.json`);
  if (!fs.existsSync(file)) throw new Refused(`${source}: not built (${path.relative(root, file)} is missing)`);
  return { name, json: JSON.parse(fs.readFileSync(file, "utf8")) };
}

function code(name, what, { object, linkReferences }, limit) {
  if (Object.keys(linkReferences ?? {}).length > 0) throw new Refused(`${name}: ${what} has an unlinked library`);
  const size = (object.length - 2) / 2;
  if (size > limit) throw new Refused(`${name}: ${what} has ${size} bytes, at most ${limit} can be deployed`);
  return { object };
}

// Type ids carry AST ids ("t_contract(IFoo)123"); labels do not.
function layout(raw) {
  const type = (id) => raw.types?.[id]?.label ?? id;
  return (raw?.storage ?? []).map(({ label, slot, offset, type: id }) => ({
    label,
    slot: Number(slot),
    offset,
    type: type(id),
    bytes: Number(raw.types[id].numberOfBytes),
  }));
}

// Immutables are keyed by AST id too: only the positions matter, in the order of the first one.
function immutables(raw) {
  return Object.values(raw ?? {}).sort((a, b) => a[0].start - b[0].start);
}

function artifact(source) {
  const { name, json } = built(source);
  const text = JSON.stringify(
    {
      contractName: name,
      sourceName: source,
      abi: json.abi,
      bytecode: code(name, "bytecode", json.bytecode, MAX_INIT_CODE),
      deployedBytecode: {
        ...code(name, "deployedBytecode", json.deployedBytecode, MAX_CODE),
        immutableReferences: immutables(json.deployedBytecode.immutableReferences),
      },
      storageLayout: layout(json.storageLayout),
    },
    null,
    1,
  );
  return { file: `${name}.json`, text: `${text}\n` };
}

function write(wanted) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  for (const { file, text } of wanted) fs.writeFileSync(path.join(folder, file), text);
  console.log(`artifacts: ${wanted.length} written`);
}

function check(wanted) {
  const stale = wanted
    .filter(({ file, text }) => {
      const at = path.join(folder, file);
      return !fs.existsSync(at) || fs.readFileSync(at, "utf8") !== text;
    })
    .map(({ file }) => file);
  const names = new Set(wanted.map(({ file }) => file));
  const extra = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => !names.has(file)) : [];
  if (stale.length + extra.length > 0) {
    throw new Refused(`stale: ${[...stale, ...extra].join(", ")} (run 'make artifacts' and commit the result)`);
  }
  console.log(`artifacts: ${wanted.length} fresh`);
}

const actions = { write, check };
const action = actions[process.argv[2]];
if (!action) {
  console.error("usage: node tools/artifacts.js write|check");
  process.exit(2);
}
try {
  action(listed().map(artifact));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`artifacts: ${error.message}`);
  process.exit(1);
}
