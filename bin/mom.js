#!/usr/bin/env node

const { join } = require('node:path');

require('node:module').enableCompileCache?.();
require('../dist/main.cjs').main(process.argv.slice(2), join(__dirname, '..'));
