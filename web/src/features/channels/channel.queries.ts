import { keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import type { Channel, ChannelChange, ChannelTest, NewChannel, PageQuery, SettableStatus } from '@/api/types';

export const channelsQuery = (query: PageQuery) =>
  queryOptions({
    queryKey: ['channels', 'page', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/channels', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/providers', { signal })),
  staleTime: Infinity,
  select: ({ items }) => items,
});

const stale = [['channels'], ['models']] as const;

export function useCreateChannel() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (body: NewChannel): Promise<Channel> => dataOf(api.POST('/api/channels', { body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('channels.created') },
  });
}

export function useChangeChannel() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: ChannelChange }): Promise<Channel> =>
      dataOf(api.PATCH('/api/channels/{id}', { params: { path: { id } }, body })),
    meta: { invalidates: stale, inlineErrors: true, success: t('channels.saved') },
  });
}

/** Takes one credential out of use, or back. */
export function useSetCredentialStatus(id: string, onChanged: (channel: Channel) => void) {
  return useMutation({
    mutationFn: ({ keyId, status }: { keyId: string; status: SettableStatus }): Promise<Channel> =>
      dataOf(api.PATCH('/api/channels/{id}/keys/{keyId}', { params: { path: { id, keyId } }, body: { status } })),
    onSuccess: onChanged,
    meta: { invalidates: stale },
  });
}

export function useSetChannelStatus() {
  return useMutation({
    mutationFn: ({ id, status }: { id: string; status: SettableStatus }) =>
      dataOf(api.PATCH('/api/channels/{id}', { params: { path: { id } }, body: { status } })),
    meta: { invalidates: stale },
  });
}

export function useDeleteChannel() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/api/channels/{id}', { params: { path: { id } } })),
    meta: { invalidates: stale, success: t('channels.deleted') },
  });
}

export function useTestChannel(id: string) {
  return useMutation({
    mutationFn: (body: ChannelTest) => dataOf(api.POST('/api/channels/{id}/test', { params: { path: { id } }, body })),
    meta: { invalidates: [['channels']], inlineErrors: true },
  });
}

/** Asks the upstream which models the channel's credentials may use. */
export const upstreamModelsQuery = (id: string) =>
  queryOptions({
    queryKey: ['upstream-models', id],
    queryFn: async () => {
      const { items } = await dataOf(api.POST('/api/channels/{id}/models', { params: { path: { id } } }));
      return items;
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
