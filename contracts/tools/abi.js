// usage: node tools/abi.js
//
// Compares the ABI of every contract that has a list in abi/ with that list, so that no function, event or error that
// existing tools rely on changes unnoticed. `forge build src` has to run before.
//
// A list has one item a line, with types only. "+" marks what is ours beside the public interface, "-" what of the
// public interface is left out on purpose; "#" starts a comment.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");

const types = (parameters) => parameters.map(type).join(",");

// A tuple is written by its members: its name is not part of a signature.
function type(parameter) {
  if (!parameter.type.startsWith("tuple")) return parameter.type;
  return `(${types(parameter.components)})${parameter.type.slice("tuple".length)}`;
}

const writers = {
  function({ name, inputs, outputs, stateMutability }) {
    // To callers, what reads nothing is as good as what writes nothing.
    const mutability = { nonpayable: "", payable: " payable", view: " view", pure: " view" }[stateMutability];
    const result = outputs.length > 0 ? ` returns (${types(outputs)})` : "";
    return `function ${name}(${types(inputs)})${mutability}${result}`;
  },
  event({ name, inputs }) {
    return `event ${name}(${inputs.map((input) => type(input) + (input.indexed ? " indexed" : "")).join(",")})`;
  },
  error({ name, inputs }) {
    return `error ${name}(${types(inputs)})`;
  },
};

function built(name) {
  const { abi } = JSON.parse(fs.readFileSync(path.join(root, "out", `${name}.sol`, `${name}.json`), "utf8"));
  return new Set(abi.filter((item) => Object.hasOwn(writers, item.type)).map((item) => writers[item.type](item)));
}

function listed(file) {
  const items = { wanted: new Set(), absent: new Set() };
  for (const raw of fs.readFileSync(file, "utf8").split("\n")) {
    const line = raw.replace(/#.*/, "").trim();
    if (line.startsWith("-")) items.absent.add(line.slice(1).trim());
    else if (line) items.wanted.add(line.replace(/^\+/, "").trim());
  }
  return items;
}

function differences(name, file) {
  const { wanted, absent } = listed(file);
  const have = built(name);
  return [
    ...[...wanted].filter((item) => !have.has(item)).map((item) => `missing: ${item}`),
    ...[...absent].filter((item) => have.has(item)).map((item) => `left out by the list, but there: ${item}`),
    ...[...have].filter((item) => !wanted.has(item) && !absent.has(item)).map((item) => `not in the list: ${item}`),
  ].map((text) => `${name}: ${text}`);
}

const folder = path.join(root, "abi");
const files = fs.readdirSync(folder).filter((file) => file.endsWith(".txt"));
const found = files.flatMap((file) => differences(path.basename(file, ".txt"), path.join(folder, file)));
for (const line of found) console.error(`abi: ${line}`);
if (found.length > 0) process.exit(1);
console.log(`abi: ${files.length} contracts match`);
