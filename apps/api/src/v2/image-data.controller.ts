import { Controller, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { ImageDataService, ImageDownloadService, NoData, type ImageData } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import { bodyBytes, NoBody } from '../http/body.js';
import { Context, credentialsOf } from '../http/principal.js';
import { parseRange } from '../http/range.js';
import { sendBytes } from '../http/send-bytes.js';
import { octetStream } from '../http/octet-stream.js';

@Controller('v2/images/:id/file')
export class ImageDataController {
  constructor(
    private readonly uploads: ImageDataService,
    private readonly downloads: ImageDownloadService,
  ) {}

  @Put()
  @HttpCode(204)
  async upload(@Context() context: CommandContext, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    octetStream(request);
    const store = request.headers['x-image-meta-store'];
    await this.uploads.upload(context, id, {
      source: bodyBytes(request),
      size: announcedSize(request),
      credentials: credentialsOf(request),
      ...(typeof store === 'string' ? { store } : {}),
    });
  }

  @Get()
  @NoBody()
  async download(@Context() context: CommandContext, @Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = { range: request.headers.range, contentRange: request.headers['content-range'] };
    let data: ImageData;
    try {
      data = await this.downloads.open(context, id, { prefer: preferredStores(request), whole: asked.range === undefined && asked.contentRange === undefined });
    } catch (error) {
      if (!(error instanceof NoData)) throw error;
      await reply.code(204).send();
      return;
    }
    const range = parseRange(asked, data.size);
    const { bytes, filling } = await data.read(range);
    const length = range ? range.end - range.start + 1 : data.size;
    const headers = {
      'content-type': 'application/octet-stream',
      ...(filling ? {} : { 'content-length': length }),
      ...(data.image.checksum === null ? {} : { 'content-md5': data.image.checksum }),
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${data.size}` } : {}),
    };
    await sendBytes(reply, range ? 206 : 200, headers, bytes, length);
  }
}

/** `X-OpenStack-Image-Size`, else the body's own length. */
function announcedSize(request: FastifyRequest): number | undefined {
  const announced = request.headers['x-openstack-image-size'];
  if (announced !== undefined) {
    if (typeof announced !== 'string' || !/^\d+$/.test(announced) || !Number.isSafeInteger(Number(announced))) {
      throw new InvalidValue(`X-OpenStack-Image-Size: '${String(announced)}' is not a number of bytes.`);
    }
    return Number(announced);
  }
  const length = request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** `?prefer=s1,s2` */
function preferredStores({ url }: FastifyRequest): string[] {
  const asked = new URLSearchParams(url.split('?')[1] ?? '').getAll('prefer');
  return asked.flatMap((names) => names.split(',')).map((name) => name.trim()).filter((name) => name !== '');
}
