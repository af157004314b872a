import type { Transformable, Transformed } from '#images';
import { decompression } from './image-decompression.js';
import { conversion } from './image-conversion.js';
import type { ImportPlugin, PluginName, PluginOptions } from './import-plugin.js';
import { injection } from './inject-image-metadata.js';

const MAKE: Readonly<Record<PluginName, (options: PluginOptions) => ImportPlugin>> = {
  image_decompression: decompression,
  image_conversion: conversion,
  inject_image_metadata: injection,
};

export const openPlugins = (options: PluginOptions): readonly ImportPlugin[] => options.names.map((name) => MAKE[name](options));

/** One after the other, each with what those before it have made of the image. */
export async function runPlugins(plugins: readonly ImportPlugin[], file: string, image: Transformable, signal: AbortSignal): Promise<Transformed> {
  let after: Transformed = {};
  for (const plugin of plugins) {
    signal.throwIfAborted();
    const { diskFormat, containerFormat, properties, virtualSize } = await plugin.run(file, {
      ...image,
      diskFormat: after.diskFormat ?? image.diskFormat,
      containerFormat: after.containerFormat ?? image.containerFormat,
      properties: { ...image.properties, ...after.properties },
    }, signal);
    after = {
      ...after,
      ...(diskFormat === undefined ? {} : { diskFormat }),
      ...(containerFormat === undefined ? {} : { containerFormat }),
      ...(virtualSize === undefined ? {} : { virtualSize }),
      ...(properties === undefined ? {} : { properties: { ...after.properties, ...properties } }),
    };
  }
  return after;
}
