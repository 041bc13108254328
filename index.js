'use strict';

// The wire formats, for use from any Node program. n8n itself loads the files that "n8n" in
// package.json names.
exports.clientright = require('./dist/nodes/ClientRight/wire');
exports.elektrik = require('./dist/nodes/Elektrik/protocol');
exports.exapi = require('./dist/nodes/Exapi/protocol');
