#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-cache-cleaner', ...process.argv.slice(2)]);
