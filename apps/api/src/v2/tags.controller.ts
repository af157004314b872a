import { Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { ImagesService } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';

const LONGEST_TAG = 255;

@Controller('v2/images/:id/tags/:tag')
export class TagsController {
  constructor(private readonly images: ImagesService) {}

  @Put()
  @NoBody()
  @HttpCode(204)
  async add(@Context() context: CommandContext, @Param('id') id: string, @Param('tag') tag: string): Promise<void> {
    await this.images.change(context, id, [{ kind: 'tag', op: 'add', tag: checked(tag) }]);
  }

  @Delete()
  @NoBody()
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @Param('id') id: string, @Param('tag') tag: string): Promise<void> {
    await this.images.change(context, id, [{ kind: 'tag', op: 'remove', tag: checked(tag) }]);
  }
}

function checked(tag: string): string {
  if (tag.includes('\0')) throw new InvalidValue('A tag cannot have a NUL character in it.');
  if (Array.from(tag).length > LONGEST_TAG) throw new InvalidValue(`A tag has at most ${LONGEST_TAG} characters.`);
  return tag;
}
