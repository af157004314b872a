import { Controller, Get } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { OwnerQuotas, type UsageReport } from '#images';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';

/** What the caller's project uses of its limits, by their names: of those registered in Keystone, where they are used. */
@Controller('v2/info/usage')
export class UsageController {
  constructor(private readonly quotas: OwnerQuotas) {}

  @Get()
  @NoBody()
  async show(@Context() { actor }: CommandContext): Promise<{ readonly usage: UsageReport }> {
    return { usage: await this.quotas.report(actor.project) };
  }
}
