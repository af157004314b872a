#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-cache-prefetcher', ...process.argv.slice(2)]);
