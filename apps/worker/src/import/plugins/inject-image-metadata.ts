import { isReservedName } from '#images';
import type { ImportPlugin, PluginOptions } from './import-plugin.js';

/** Sets the operator's properties on images of callers that have none of the ignored roles. */
export const injection = ({ inject: { properties, ignoreRoles } }: PluginOptions): ImportPlugin => {
  const ignored = new Set(ignoreRoles.map((role) => role.toLowerCase()));
  const own = Object.fromEntries(Object.entries(properties).filter(([name]) => !isReservedName(name)));
  return {
    name: 'inject_image_metadata',
    run: async (_file, { task: { by } }) => (by.roles.some((role) => ignored.has(role.toLowerCase())) ? {} : { properties: own }),
  };
};
