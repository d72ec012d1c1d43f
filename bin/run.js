#!/usr/bin/env node
import { withSupportedNode } from './runtime.js';

withSupportedNode(() => import('./start.js').then(({ start }) => start()));
