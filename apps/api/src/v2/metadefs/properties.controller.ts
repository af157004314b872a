import { Controller, Delete, Get, HttpCode, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { DefinitionsService } from '#metadefs';
import { NoBody, readJson } from '../../http/body.js';
import { commandContext, Context } from '../../http/principal.js';
import { parseProperty } from './definition-bodies.js';
import { propertyView } from './definition.views.js';
import { queryOf } from './list-query.js';
import { PathName } from './path-name.js';

@Controller('v2/metadefs/namespaces/:namespace/properties')
export class PropertiesController {
  constructor(private readonly definitions: DefinitionsService) {}

  /** The name is the key; clients find it in the definition too. */
  @Get()
  @NoBody()
  async list(@Context() context: CommandContext, @PathName('namespace') namespace: string) {
    const properties = await this.definitions.list(context, namespace, 'property');
    return { properties: Object.fromEntries(properties.map((property) => [property.name, propertyView(property)])) };
  }

  @Post()
  @HttpCode(201)
  async add(@Req() request: FastifyRequest, @PathName('namespace') namespace: string) {
    return propertyView(await this.definitions.add(commandContext(request), namespace, parseProperty(await readJson(request))));
  }

  @Delete()
  @NoBody()
  @HttpCode(204)
  async removeAll(@Context() context: CommandContext, @PathName('namespace') namespace: string): Promise<void> {
    await this.definitions.removeAll(context, namespace, 'property');
  }

  @Get(':name')
  async show(@Req() request: FastifyRequest, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    const resourceType = queryOf(request).get('resource_type') ?? undefined;
    return propertyView(await this.definitions.showProperty(commandContext(request), namespace, name, resourceType));
  }

  @Put(':name')
  async replace(@Req() request: FastifyRequest, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    return propertyView(await this.definitions.replace(commandContext(request), namespace, name, parseProperty(await readJson(request))));
  }

  @Delete(':name')
  @NoBody()
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string): Promise<void> {
    await this.definitions.remove(context, namespace, 'property', name);
  }
}
