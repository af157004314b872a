import { All, Controller, HttpCode, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { baseUrl } from './base-url.js';
import { versionsDocument, type VersionsDocument } from './versions.js';

@Controller()
export class VersionsController {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  /** Also the answer to every path without a version that we have; clients require the status. */
  @All('/')
  @HttpCode(300)
  choices(@Req() request: FastifyRequest): VersionsDocument {
    return this.document(request);
  }

  @All('versions')
  @HttpCode(200)
  list(@Req() request: FastifyRequest): VersionsDocument {
    return this.document(request);
  }

  private document(request: FastifyRequest): VersionsDocument {
    return versionsDocument(baseUrl(request, this.options.publicEndpoint), this.options);
  }
}
