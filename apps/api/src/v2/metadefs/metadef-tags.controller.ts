import { Controller, Delete, Get, Headers, HttpCode, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { DefinitionsService } from '#metadefs';
import { NoBody, readJson } from '../../http/body.js';
import { commandContext, Context } from '../../http/principal.js';
import { parseTag, parseTags, tag } from './definition-bodies.js';
import { tagView } from './definition.views.js';
import { parseTagQuery, queryOf } from './list-query.js';
import { PathName } from './path-name.js';
import { tagPage } from './tag-page.js';

/** As OpenStack's own tools read a flag. */
const YES: readonly string[] = ['1', 't', 'true', 'on', 'y', 'yes'];

@Controller('v2/metadefs/namespaces/:namespace/tags')
export class MetadefTagsController {
  constructor(private readonly definitions: DefinitionsService) {}

  @Get()
  async list(@Req() request: FastifyRequest, @PathName('namespace') namespace: string) {
    const page = parseTagQuery(queryOf(request));
    const tags = await this.definitions.list(commandContext(request), namespace, 'tag');
    return { tags: tagPage(tags, namespace, page).map(({ name }) => ({ name })) };
  }

  /** Replaces those that are there unless the header says that they stay. */
  @Post()
  @HttpCode(201)
  async define(@Req() request: FastifyRequest, @PathName('namespace') namespace: string, @Headers('x-openstack-append') append = '') {
    const names = parseTags(await readJson(request));
    await this.definitions.defineTags(commandContext(request), namespace, names, YES.includes(append.trim().toLowerCase()));
    return { tags: names.map((name) => ({ name })) };
  }

  @Delete()
  @NoBody()
  @HttpCode(204)
  async removeAll(@Context() context: CommandContext, @PathName('namespace') namespace: string): Promise<void> {
    await this.definitions.removeAll(context, namespace, 'tag');
  }

  @Get(':name')
  @NoBody()
  async show(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    return tagView(await this.definitions.show(context, namespace, 'tag', name));
  }

  @Post(':name')
  @NoBody()
  @HttpCode(201)
  async add(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    return tagView(await this.definitions.add(context, namespace, tag(name)));
  }

  @Put(':name')
  async rename(@Req() request: FastifyRequest, @PathName('namespace') namespace: string, @PathName('name') name: string) {
    return tagView(await this.definitions.replace(commandContext(request), namespace, name, parseTag(await readJson(request))));
  }

  @Delete(':name')
  @NoBody()
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @PathName('namespace') namespace: string, @PathName('name') name: string): Promise<void> {
    await this.definitions.remove(context, namespace, 'tag', name);
  }
}
