#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-status', ...process.argv.slice(2)]);
