import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';

const PLUGINS = ['image_decompression', 'image_conversion', 'inject_image_metadata'] as const;

/** Bytes: below it no ratio is looked at, as small disks may be all zeros. */
const RATIO_FROM = 1024 ** 3;

/** What changes images on their way in. */
export interface ImportPlugins {
  /** In the order in which they run. */
  readonly names: readonly (typeof PLUGINS)[number][];
  readonly decompression: { readonly maxRatio: number; readonly ratioFrom: number };
  readonly conversion: { readonly format: string; readonly cpuSeconds: number; readonly seconds: number; readonly memory: number };
  readonly inject: { readonly properties: Readonly<Record<string, string>>; readonly ignoreRoles: readonly string[] };
}

export function importPluginsOf({ image_import_opts: opts, image_decompression: decompression, image_conversion: conversion, inject_metadata_properties: inject }: Values): ImportPlugins {
  const asked = opts.image_import_plugins.filter((name) => name !== 'no_plugins' && name !== 'no_op');
  const names = asked.map((name) => {
    const found = PLUGINS.find((one) => one === name);
    if (!found) throw new BadSetting('image_import_opts', 'image_import_plugins', name, `allowed: no_plugins, ${PLUGINS.join(', ')}`);
    return found;
  });
  return {
    names,
    decompression: { maxRatio: decompression.max_ratio, ratioFrom: RATIO_FROM },
    conversion: { format: conversion.output_format, cpuSeconds: conversion.cpu_limit, seconds: conversion.timeout, memory: Number(conversion.memory_limit) },
    inject: { properties: Object.fromEntries(inject.inject ?? []), ignoreRoles: inject.ignore_user_roles },
  };
}
