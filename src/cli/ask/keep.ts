import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { errorLine, toMomError } from '../../core/error.js';
import { syncPrivateFile } from '../../core/private-file.js';
import { withHistory } from '../open-history.js';
import type { Asking } from './asking.js';

