#!/usr/bin/env node
// Starts program.js with the code that V8 has made of it before, program.cache: half of what a start costs otherwise.
// Without it, or with one of another version of Node, V8 compiles the program as ever.
const { readFileSync } = require('node:fs');
const { Module } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

function readIfPresent(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

const filename = join(__dirname, 'program.js');
const script = new Script(Module.wrap(readFileSync(filename, 'utf8')), { filename, cachedData: readIfPresent(join(__dirname, 'program.cache')) });
// For tools/rcompose.mjs, which makes the cache.
module.exports = script;
script.runInThisContext()(exports, require, module, filename, __dirname);
