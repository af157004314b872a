import { Inject, Injectable } from '@nestjs/common';
import { POLICY, type Policy, type Principal } from '#access';
import { Stores } from '#stores';
import { Forbidden, OneStoreOnly } from './image/image.errors.js';

export interface StoreInfo {
  readonly id: string;
  readonly type: string;
  readonly description: string;
  readonly weight: number;
  readonly isDefault: boolean;
  readonly readOnly: boolean;
  /** What the operator set of it that is no secret, by the names of Glance's API. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The stores that clients may choose among; without names for them there is nothing to tell. */
@Injectable()
export class StoresService {
  constructor(
    private readonly stores: Stores,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  list(): readonly StoreInfo[] {
    if (!this.stores.several) throw new OneStoreOnly();
    return this.stores.list().map(({ id, type, description, weight, readOnly, properties }) => ({
      id, type, description, weight, readOnly, properties, isDefault: id === this.stores.default.id,
    }));
  }

  detail(caller: Principal): readonly StoreInfo[] {
    if (!this.policy.allows('stores_info_detail', caller, {})) throw new Forbidden('You are not authorized to complete stores_info_detail action.');
    return this.list();
  }
}
