#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-scrubber', ...process.argv.slice(2)]);
