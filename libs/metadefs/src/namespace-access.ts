import { Inject, Injectable } from '@nestjs/common';
import { POLICY, type Policy, type PolicyRule, type PolicyTarget, type Principal } from '#access';
import { MetadefsForbidden, NamespaceNotFound } from './metadefs/metadefs.errors.js';
import type { Namespace } from './metadefs/namespace.js';
import { maySee } from './read-model/catalog.js';

/** Who may do what with namespaces (operations §2). What the caller cannot see is missing, whatever the caller tries. */
@Injectable()
export class NamespaceAccess {
  constructor(@Inject(POLICY) private readonly policy: Policy) {}

  visible(caller: Principal, name: string, namespace: Namespace | undefined): Namespace {
    if (!namespace || !maySee(caller, namespace)) throw new NamespaceNotFound(name);
    return namespace;
  }

  may(rule: PolicyRule, caller: Principal, namespace?: Namespace): boolean {
    return this.policy.allows(rule, caller, targetOf(caller, namespace));
  }

  /** Refuses; a namespace that the policy does not show is missing then. */
  require(rule: PolicyRule, caller: Principal, namespace?: Namespace): void {
    if (this.may(rule, caller, namespace)) return;
    if (namespace && !this.may('get_metadef_namespace', caller, namespace)) throw new NamespaceNotFound(namespace.name);
    throw new MetadefsForbidden(rule);
  }
}

const targetOf = ({ project }: Principal, namespace: Namespace | undefined): PolicyTarget =>
  namespace ? { project_id: namespace.owner, visibility: namespace.visibility } : { project_id: project };
