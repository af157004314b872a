/** `limit_param_default` and `api_limit_max`. */
export interface Paging {
  readonly limitDefault: number;
  readonly limitMax: number;
}
