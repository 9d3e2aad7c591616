/**
 * What the engine loads only when it is wanted, loaded beforehand: reading a file takes real time, in which a clock of
 * a test would already let limits pass.
 */
import '../../src/engine/cache/cached-runs.js';
import '../../src/engine/format/checker.js';
import '../../src/engine/format/conform.js';
import '../../src/engine/plan/classify.js';
import '../../src/engine/plan/route.js';
import '../../src/engine/quote.js';
import '../../src/engine/review/refine.js';
import '../../src/engine/review/verify.js';
import '../../src/engine/strategies/index.js';
