// The part of solc's command line that forge speaks (`--version`, `--standard-json`) on top of npm's solc.
// forge resolves every import itself and hands over whole sources, so there is no import callback.
"use strict";

const fs = require("node:fs");

function writeAll(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // a full pipe: forge has not read yet
    }
  }
}

const args = process.argv.slice(2);
if (args.includes("--version")) {
  // From the manifest: loading the compiler to ask for it costs half a second.
  const { version } = require("solc/package.json");
  writeAll(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (args.includes("--standard-json")) {
  writeAll(require("solc").compile(fs.readFileSync(0, "utf8")));
} else {
  process.stderr.write("solc: only --version and --standard-json are supported\n");
  process.exit(1);
}
