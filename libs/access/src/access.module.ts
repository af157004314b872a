import { Module, type DynamicModule } from '@nestjs/common';
import { KEYSTONE_SESSION, type KeystoneSession } from './keystone/session.js';
import { POLICY, type Policy } from './policy/policy.js';
import { PROPERTY_PROTECTIONS, UNPROTECTED, type PropertyProtections } from './property-protections/property-protections.js';

/** Who may do what, for every part that asks. */
@Module({})
export class AccessModule {
  static forRoot(policy: Policy, protections: PropertyProtections = UNPROTECTED, keystone?: KeystoneSession): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: POLICY, useValue: policy },
        { provide: PROPERTY_PROTECTIONS, useValue: protections },
        ...(keystone ? [{ provide: KEYSTONE_SESSION, useValue: keystone }] : []),
      ],
      exports: [POLICY, PROPERTY_PROTECTIONS, ...(keystone ? [KEYSTONE_SESSION] : [])],
    };
  }
}
