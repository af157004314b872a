#!/usr/bin/env node
import { launch } from '../scripts/launch.mjs';

await launch(['glance-manage', ...process.argv.slice(2)]);
