import { Controller, Get, Header, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { RouteNotFound } from '../http/api.errors.js';
import { baseUrl } from '../http/base-url.js';
import { allSchemas } from '../v2/schemas/all-schemas.js';
import { openApiDocument } from './document.js';
import { asset, PAGE } from './page.js';

/** What the API is, for programs and for people. */
@Controller()
export class OpenApiController {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  @Get('openapi.json')
  document(@Req() request: FastifyRequest) {
    return openApiDocument(allSchemas(this.options.image), baseUrl(request, this.options.publicEndpoint));
  }

  @Get('openapi')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }

  @Get('openapi/:name')
  async asset(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const found = asset(name);
    if (!found) throw new RouteNotFound();
    await reply.header('content-type', found.type).header('cache-control', 'max-age=86400').send(found.bytes);
  }
}
