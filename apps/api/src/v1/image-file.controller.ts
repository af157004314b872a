import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImageDownloadService, ImagesService, NoData, type Image, type ImageData } from '#images';
import { commandContext } from '../http/principal.js';
import { sendBytes } from '../http/send-bytes.js';
import { imageHeaders, sizeOf } from './image.view.js';

const TYPE = { 'content-type': 'application/octet-stream' };

/** The data of an image, whole, with all that is known of it in the headers (images-v1 §5). */
@Controller('v1/images')
export class ImageFileV1Controller {
  constructor(private readonly images: ImagesService, private readonly downloads: ImageDownloadService) {}

  @Get(':id')
  async download(@Req() request: FastifyRequest, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const context = commandContext(request);
    const image = await this.images.show(context, id);
    const data = await this.downloads.open(context, id, { whole: true }).catch((error: unknown) => {
      if (error instanceof NoData && isEmpty(image)) return undefined;
      throw error;
    });
    if (!data) await reply.headers({ ...imageHeaders(image), ...TYPE, 'content-length': '0' }).send('');
    else await send(reply, image, data);
  }
}

async function send(reply: FastifyReply, image: Image, data: ImageData): Promise<void> {
  const { bytes } = await data.read();
  await sendBytes(reply, 200, { ...imageHeaders(image), ...TYPE, 'content-length': data.size }, bytes, data.size);
}

/** Its creator said that it has none. */
const isEmpty = (image: Image): boolean => image.status === 'active' && sizeOf(image) === 0;
