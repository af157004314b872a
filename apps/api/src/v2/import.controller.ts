import { Controller, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { BadImport, ImageDataService, ImportService, type AskedImport } from '#images';
import { bodyBytes, readJson } from '../http/body.js';
import { passOn } from '../http/pass-on.js';
import { Context, credentialsOf } from '../http/principal.js';
import { octetStream } from '../http/octet-stream.js';

/** Images that come in two steps: staged or fetched first, then imported by a job. */
@Controller('v2/images/:id')
export class ImportController {
  constructor(
    private readonly imports: ImportService,
    private readonly data: ImageDataService,
  ) {}

  @Put('stage')
  @HttpCode(204)
  async stage(@Context() context: CommandContext, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    this.imports.mustStage();
    octetStream(request);
    const length = request.headers['content-length'];
    await this.data.stage(context, id, { source: bodyBytes(request), ...(length === undefined ? {} : { size: Number(length) }) });
  }

  @Post('import')
  @HttpCode(202)
  async import(@Context() context: CommandContext, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const body = await readJson(request);
    const asked = askedImport(body, request.headers['x-image-meta-store']);
    const result = await this.imports.request(context, id, asked, credentialsOf(request));
    if (typeof result === 'object' && 'elsewhere' in result) await passOn(request, result.elsewhere, body);
  }
}

function askedImport(body: unknown, header: string | string[] | undefined): AskedImport {
  if (!isRecord(body)) throw new BadImport("Import request requires a 'method' field.");
  const { method, stores, all_stores: allStores = false, all_stores_must_succeed: mustSucceed = true } = body;
  if (!isRecord(method)) throw new BadImport("Import request requires a 'method' field, which is an object with a 'name'.");
  const { name } = method;
  if (typeof name !== 'string') throw new BadImport("Import request requires a 'name' field.");
  if (typeof mustSucceed !== 'boolean') throw new BadImport("'all_stores_must_succeed' must be boolean value only");
  if (typeof allStores !== 'boolean') throw new BadImport("'all_stores' must be boolean value only");
  if (stores !== undefined && !isTexts(stores)) throw new BadImport("'stores' must be a list of the ids of stores");
  return {
    method: { ...method, name }, body, allStores, allStoresMustSucceed: mustSucceed,
    ...(stores === undefined ? {} : { stores }),
    ...(typeof header === 'string' ? { header } : {}),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');
