import { Controller, Delete, Get, HttpCode, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { DefinitionsService } from '#metadefs';
import { NoBody, readJson } from '../../http/body.js';
import { commandContext, Context } from '../../http/principal.js';
import { parseObject } from './definition-bodies.js';
import { objectView, writtenObjectView } from './definition.views.js';
import { checkObjectQuery, queryOf } from './list-query.js';
import { PathName } from './path-name.js';

@Controller('v2/metadefs/namespaces/:namespace/objects')
export class ObjectsController {
  constructor(private readonly definitions: DefinitionsService) {}

  /** The path of the schema has no slash at its front: clients know it so. */
  @Get()
  async list(@Req() request: FastifyRequest, @PathName('namespace') namespace: string) {
    checkObjectQuery(queryOf(request));
    const objects = await this.definitions.list(commandContext(request), namespace, 'object');
    return { objects: objects.map((object) => objectView(namespace, object)), schema: 'v2/schemas/metadefs/objects' };
  }

  @Post()
  @HttpCode(201)
  async add(@Req() request: FastifyRequest, @PathName('namespace') namespace: string) {
    return writtenObjectView(namespace, await this.definitions.add(commandContext(request), namespace, parseObject(await readJson(request))));
  }

  @Delete()
  @NoBody()
  @HttpCode(204)
  async removeAll(@Context() context: CommandContext, @PathName('namespace') namespace: string): Promise<void> {
    await this.definitions.removeAll(context, namespace, 'object');
  }

  @Get(':name')
  @NoBody()
  async show(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    return objectView(namespace, await this.definitions.show(context, namespace, 'object', name));
  }

  @Put(':name')
  async replace(@Req() request: FastifyRequest, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    return writtenObjectView(namespace, await this.definitions.replace(commandContext(request), namespace, name, parseObject(await readJson(request))));
  }

  @Delete(':name')
  @NoBody()
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string): Promise<void> {
    await this.definitions.remove(context, namespace, 'object', name);
  }
}
