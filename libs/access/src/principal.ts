/** Who calls. Role names are lower case. */
export interface Principal {
  readonly user: string | null;
  readonly project: string | null;
  readonly roles: readonly string[];
  /** True: everything is allowed (`context_is_admin`). */
  readonly admin: boolean;
  /** User id of the service that acts for the user, by its service token. */
  readonly service: string | null;
  /** Roles of that service's token, lower case; absent: no service acts. */
  readonly serviceRoles?: readonly string[];
  /** Of a token for the whole system instead of a project (`system:all`). */
  readonly systemScope?: 'all';
  /** Ids of the domains of user and project, and of a token for a domain instead of a project. */
  readonly userDomain?: string;
  readonly projectDomain?: string;
  readonly domain?: string;
  /** Nobody knows who it is (`allow_anonymous_access`): changes nothing. */
  readonly readOnly?: true;
}

/** Everybody, where nothing authenticates: an admin of no project. */
export const NOBODY_IN_PARTICULAR: Principal = { user: null, project: null, roles: ['admin'], admin: true, service: null };
