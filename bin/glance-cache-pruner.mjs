#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-cache-pruner', ...process.argv.slice(2)]);
