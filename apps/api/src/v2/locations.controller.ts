import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { ImageLocationsService } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import { NoBody, readJson } from '../http/body.js';
import { Context } from '../http/principal.js';
import { askedLocation, type LocationFields } from './location-fields.js';
import { checkBySchema } from './schemas/check-by-schema.js';
import { NEW_LOCATION_SCHEMA } from './schemas/location.schema.js';

const checked = checkBySchema('location', NEW_LOCATION_SCHEMA);

/** Locations for services, API 2.17. */
@Controller('v2/images/:id/locations')
export class LocationsController {
  constructor(private readonly locations: ImageLocationsService) {}

  @Post()
  @HttpCode(202)
  async add(@Context() context: CommandContext, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const location = checked(await readJson(request)) as LocationFields;
    checkHash(location);
    await this.locations.add(context, id, askedLocation(location));
  }

  @Get()
  @NoBody()
  async list(@Context() context: CommandContext, @Param('id') id: string) {
    return (await this.locations.list(context, id)).map(({ url, metadata }) => ({ url, metadata }));
  }
}

const HEX_DIGITS: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };

function checkHash({ validation_data: given }: LocationFields): void {
  if (!given) return;
  const { os_hash_algo: algorithm, os_hash_value: value } = given;
  if (!/^[0-9a-f]*$/i.test(value)) throw new InvalidValue(`os_hash_value (${value}) is not a valid hexadecimal value`);
  if (value.length !== HEX_DIGITS[algorithm]) {
    throw new InvalidValue(`os_hash_value (${value}) is not the correct size for ${algorithm} (should be ${(HEX_DIGITS[algorithm] ?? 0) / 2} bytes)`);
  }
}
