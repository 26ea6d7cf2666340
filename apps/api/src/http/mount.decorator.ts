import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import {
  routePattern,
  type BodyOf,
  type HttpMethod,
  type Operation,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
} from '@daymark/api-contract';
import { readInput, type GivenRequest } from './read-input.ts';
import type { Answer } from './writes.ts';

const MOUNTED = 'daymark:operation';

const methods: Readonly<Record<HttpMethod, RequestMethod>> = {
  get: RequestMethod.GET,
  post: RequestMethod.POST,
  put: RequestMethod.PUT,
  patch: RequestMethod.PATCH,
  delete: RequestMethod.DELETE,
};

/** What a caller gave to an operation, as its schemas read it. */
export interface InputOf<O extends Operation> {
  readonly params: ParamsOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
  /** The version in `If-Match`; null when the caller does not care. */
  readonly ifVersion: number | null;
}

/** Where the contract has no JSON, the handler writes a page, a redirect or a stream. */
type Reply<O extends Operation> = O extends { readonly response: null } ? unknown : ResponseOf<O> | Answer<ResponseOf<O>>;
type Mountable<O extends Operation> = (...given: never[]) => Reply<O> | Promise<Reply<O>>;

/** Mounts an operation of the contract on a controller method: path, method, status, access, input and answer follow from it. */
export function Mount<O extends Operation>(operation: O) {
  const decorate = applyDecorators(
    SetMetadata(MOUNTED, operation),
    RequestMapping({ path: routePattern(operation.path), method: methods[operation.method] }),
    HttpCode(operation.status),
  );
  return <M extends Mountable<O>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>): void => {
    decorate(target, key, descriptor);
  };
}

/** The operation that a handler was mounted for; null for pages and assets. */
export function mountedOperation(handler: object): Operation | null {
  return (Reflect.getMetadata(MOUNTED, handler) as Operation | undefined) ?? null;
}

/** The validated input of the operation: `@Input() input: InputOf<typeof operations.createUser>`. */
export const Input = createParamDecorator((_: undefined, context: ExecutionContext): InputOf<Operation> => {
  const operation = mountedOperation(context.getHandler());
  if (operation === null) throw new Error('@Input() needs @Mount()');
  return readInput(operation, context.switchToHttp().getRequest<GivenRequest>());
});
