import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { ImageLocationsService } from '#images';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';

@Controller('v2/stores/:store/:id')
export class StoresController {
  constructor(private readonly locations: ImageLocationsService) {}

  @Delete()
  @NoBody()
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @Param('store') store: string, @Param('id') id: string): Promise<void> {
    await this.locations.removeFromStore(context, store, id);
  }
}
