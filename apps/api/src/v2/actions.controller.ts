import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { ImagesService } from '#images';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';

@Controller('v2/images/:id/actions')
export class ActionsController {
  constructor(private readonly images: ImagesService) {}

  @Post('deactivate')
  @NoBody()
  @HttpCode(204)
  async deactivate(@Context() context: CommandContext, @Param('id') id: string): Promise<void> {
    await this.images.setActivation(context, id, 'deactivated');
  }

  @Post('reactivate')
  @NoBody()
  @HttpCode(204)
  async reactivate(@Context() context: CommandContext, @Param('id') id: string): Promise<void> {
    await this.images.setActivation(context, id, 'active');
  }
}
