import { rm } from 'node:fs/promises';
import type { FormatOptions, Transformable, Transformed } from '#images';

/**
 * Changes an image between its arrival and the stores. A plugin that changes the bytes writes a new file beside the
 * staged one and renames it over it: the staged bytes have another name and stay, so that an import whose process died
 * can begin anew. What it rejects with is why the import fails; it leaves no file of its own.
 */
export interface ImportPlugin {
  readonly name: string;
  run(file: string, image: Transformable, signal: AbortSignal): Promise<Transformed>;
}

/** `[image_import_opts] image_import_plugins` and what the plugins are told. */
export interface PluginOptions {
  /** In the order in which they run. */
  readonly names: readonly PluginName[];
  /** Bytes that a plugin's output may have. */
  readonly maxSize: number;
  readonly formats: FormatOptions;
  readonly decompression: {
    /** How many times larger than packed data may be, once it has more than `ratioFrom` bytes. */
    readonly maxRatio: number;
    readonly ratioFrom: number;
  };
  readonly conversion: {
    readonly format: string;
    /** Seconds of processor time, and of the clock. */
    readonly cpuSeconds: number;
    readonly seconds: number;
    /** Bytes of address space. */
    readonly memory: number;
  };
  readonly inject: { readonly properties: Readonly<Record<string, string>>; readonly ignoreRoles: readonly string[] };
}

/**
 * Where a plugin writes what replaces the file: named like it, so that whoever clears away what dead processes left knows it
 * too. What an earlier try left there is gone.
 */
export async function freshTarget(file: string): Promise<string> {
  const target = file.replace(/(?:\.part)?$/, '-new.part');
  await rm(target, { force: true });
  return target;
}

export const PLUGIN_NAMES = ['image_decompression', 'image_conversion', 'inject_image_metadata'] as const;
export type PluginName = (typeof PLUGIN_NAMES)[number];
