import { useMutation } from '@tanstack/react-query';
import { call, endpoint } from '../../lib/api.ts';

const checkProvider = endpoint<'checkProvider'>({ method: 'post', path: '/v1/providers/{provider}/check', takesKey: false });

/** Asks the service whether it knows our registration; nobody gives consent for it. */
export function useProviderCheck(provider: string) {
  return useMutation({ mutationFn: () => call(checkProvider, { params: { provider } }) });
}
