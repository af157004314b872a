import { v7 as uuidv7 } from 'uuid';
import type { Stores } from '#stores';
import type { LocationTools } from './image/change-locations.js';
import type { ImagesOptions } from './images.options.js';

export const locationTools = ({ decryptLocation, locationsSealed }: ImagesOptions, stores: Stores): LocationTools =>
  ({ plainUrl: decryptLocation, newId: uuidv7, tellUrls: !locationsSealed, shown: (places) => stores.shown(places) });
