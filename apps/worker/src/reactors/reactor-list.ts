export const REACTOR_LIST = Symbol('ReactorList');
