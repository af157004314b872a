import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { DefinitionsService, MetadefsService } from '#metadefs';
import { NoBody, readJson } from '../../http/body.js';
import { commandContext, Context } from '../../http/principal.js';
import { parseAssociation } from './definition-bodies.js';
import { associationView, resourceTypeView } from './definition.views.js';
import { PathName } from './path-name.js';

@Controller('v2/metadefs')
export class ResourceTypesController {
  constructor(private readonly namespaces: MetadefsService, private readonly definitions: DefinitionsService) {}

  @Get('resource_types')
  @NoBody()
  async all(@Context() context: CommandContext) {
    return { resource_types: (await this.namespaces.resourceTypes(context)).map(resourceTypeView) };
  }

  @Get('namespaces/:namespace/resource_types')
  @NoBody()
  async list(@Context() context: CommandContext, @PathName('namespace') namespace: string) {
    return { resource_type_associations: (await this.definitions.list(context, namespace, 'association')).map(associationView) };
  }

  @Post('namespaces/:namespace/resource_types')
  @HttpCode(201)
  async associate(@Req() request: FastifyRequest, @PathName('namespace') namespace: string) {
    return associationView(await this.definitions.add(commandContext(request), namespace, parseAssociation(await readJson(request))));
  }

  @Delete('namespaces/:namespace/resource_types/:name')
  @NoBody()
  @HttpCode(204)
  async dissociate(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string): Promise<void> {
    await this.definitions.remove(context, namespace, 'association', name);
  }
}
