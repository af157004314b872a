import { v7 as uuidv7 } from 'uuid';
import type { LocationTools } from './image/change-locations.js';
import type { ImagesOptions } from './images.options.js';

export const locationTools = ({ decryptLocation, locationsSealed }: ImagesOptions): LocationTools =>
  ({ plainUrl: decryptLocation, newId: uuidv7, tellUrls: !locationsSealed });
