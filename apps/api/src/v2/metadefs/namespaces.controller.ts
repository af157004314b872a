import { Controller, Delete, Get, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { MetadefsService } from '#metadefs';
import { API_OPTIONS, type ApiOptions } from '../../api.options.js';
import { baseUrl } from '../../http/base-url.js';
import { NoBody, readJson } from '../../http/body.js';
import { commandContext, Context } from '../../http/principal.js';
import { checkVisibility, parseNamespaceQuery, queryOf } from './list-query.js';
import { parseNamespace, parseNewNamespace } from './namespace-body.js';
import { listedNamespaceView, namespaceView, newNamespaceView, wholeNamespaceView } from './namespace.view.js';
import { PathName } from './path-name.js';

const PATH = '/v2/metadefs/namespaces';

@Controller('v2/metadefs/namespaces')
export class NamespacesController {
  constructor(
    private readonly namespaces: MetadefsService,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest) {
    const query = queryOf(request);
    const asked = parseNamespaceQuery(query, this.options.paging);
    const namespaces = await this.namespaces.list(commandContext(request), asked);
    const last = namespaces.at(-1);
    query.delete('marker');
    const next = last && namespaces.length === asked.limit ? new URLSearchParams([...query, ['marker', last.name]]) : undefined;
    return {
      namespaces: namespaces.map(listedNamespaceView),
      ...(next ? { next: link(next) } : {}),
      schema: '/v2/schemas/metadefs/namespaces',
      first: link(query),
    };
  }

  @Post()
  @HttpCode(201)
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { draft, definitions } = parseNewNamespace(await readJson(request));
    const namespace = await this.namespaces.create(commandContext(request), draft, definitions);
    void reply.header('location', `${baseUrl(request, this.options.publicEndpoint)}${PATH}/${inPath(namespace.name)}`);
    return newNamespaceView(namespace, definitions);
  }

  @Get(':namespace')
  @NoBody()
  async show(@Req() request: FastifyRequest, @PathName('namespace') name: string) {
    const query = queryOf(request);
    checkVisibility(query);
    const { namespace, content } = await this.namespaces.show(commandContext(request), name);
    return wholeNamespaceView(namespace, content, query.get('resource_type'));
  }

  @Put(':namespace')
  async change(@Req() request: FastifyRequest, @PathName('namespace') name: string) {
    return namespaceView(await this.namespaces.change(commandContext(request), name, parseNamespace(await readJson(request))));
  }

  @Delete(':namespace')
  @NoBody()
  @HttpCode(204)
  async delete(@Context() context: CommandContext, @PathName('namespace') name: string): Promise<void> {
    await this.namespaces.delete(context, name);
  }
}

const link = (query: URLSearchParams): string => (query.size > 0 ? `${PATH}?${query.toString()}` : PATH);

/** Colons, which most names have, may stand in a path as they are. */
const inPath = (name: string): string => encodeURIComponent(name).replaceAll('%3A', ':');
