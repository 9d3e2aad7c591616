#!/usr/bin/env node

const { join } = require('node:path');

require('../dist/loader.cjs').load('./main.cjs').main(process.argv.slice(2), join(__dirname, '..'));
