/** Which rules say who may do what, and where the operator's are. */
export interface PolicySettings {
  /** True: the rules from before secure RBAC (`enforce_new_defaults = False`). */
  readonly legacy: boolean;
  /** Whether tokens for the whole system or a domain are refused what is for projects. */
  readonly enforceScope: boolean;
  /** The rule that stands for those that are not defined. */
  readonly defaultRule: string;
  /** Rules that other options give, in oslo.policy's language; files win over them. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly places: {
    /** The first that is there is read. */
    readonly file: readonly string[];
    /** Of each folder of more files; the first that is there is read. */
    readonly directories: readonly (readonly string[])[];
  };
}
