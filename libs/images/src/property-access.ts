import { Inject, Injectable } from '@nestjs/common';
import { PROPERTY_PROTECTIONS, UNPROTECTED, type Principal, type PropertyProtections } from '#access';
import { PropertyReserved } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { ALL_PROPERTY_RIGHTS, type PropertyRights } from './image/property-rights.js';

/** Who may do what with the custom properties of images: what a caller cannot read is left out of all that it is told. */
@Injectable()
export class PropertyAccess {
  constructor(@Inject(PROPERTY_PROTECTIONS) private readonly protections: PropertyProtections) {}

  rightsOf(caller: Principal): PropertyRights {
    if (this.protections === UNPROTECTED) return ALL_PROPERTY_RIGHTS;
    return (operation, property) => this.protections.allows(operation, property, caller);
  }

  permitCreation(caller: Principal, properties: Readonly<Record<string, string>>): void {
    const may = this.rightsOf(caller);
    const refused = Object.keys(properties).find((property) => !may('create', property));
    if (refused !== undefined) throw new PropertyReserved(refused);
  }

  /** Without the properties that the caller cannot read. */
  readable(caller: Principal, image: Image): Image {
    const may = this.rightsOf(caller);
    if (may === ALL_PROPERTY_RIGHTS) return image;
    const properties = Object.entries(image.properties);
    const read = properties.filter(([property]) => may('read', property));
    return read.length === properties.length ? image : { ...image, properties: Object.fromEntries(read) };
  }

  /** Whether the caller could see why these match: otherwise a list filtered by them would tell their values. */
  readsAll(caller: Principal, properties: Readonly<Record<string, string>>): boolean {
    const may = this.rightsOf(caller);
    return Object.keys(properties).every((property) => may('read', property));
  }
}
