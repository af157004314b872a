import { Module, type DynamicModule } from '@nestjs/common';
import { POLICY, type Policy } from './policy/policy.js';

/** Who may do what, for every part that asks. */
@Module({})
export class AccessModule {
  static forRoot(policy: Policy): DynamicModule {
    return { module: AccessModule, global: true, providers: [{ provide: POLICY, useValue: policy }], exports: [POLICY] };
  }
}
