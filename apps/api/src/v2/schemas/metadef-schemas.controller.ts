import { Controller, Get, Param } from '@nestjs/common';
import { RouteNotFound } from '../../http/api.errors.js';
import { NoBody } from '../../http/body.js';
import type { SchemaDocument } from './json-schema.js';
import { METADEF_SCHEMAS } from './metadefs.schema.js';

const SCHEMAS = new Map<string, SchemaDocument>(Object.entries(METADEF_SCHEMAS));

@Controller('v2/schemas/metadefs')
export class MetadefSchemasController {
  @Get(':name')
  @NoBody()
  show(@Param('name') name: string): SchemaDocument {
    const schema = SCHEMAS.get(name);
    if (!schema) throw new RouteNotFound();
    return schema;
  }
}
