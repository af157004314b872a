#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-cache-manage', ...process.argv.slice(2)]);
