import { Controller, Get } from '@nestjs/common';
import { NoBody } from '../http/body.js';

/** What the caller's project uses of its limits, by their names: of those registered in Keystone, which are none so far. */
@Controller('v2/info/usage')
export class UsageController {
  @Get()
  @NoBody()
  show(): { readonly usage: Readonly<Record<string, { readonly usage: number; readonly limit: number }>> } {
    return { usage: {} };
  }
}
