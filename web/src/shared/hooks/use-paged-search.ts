import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';

const PAGE_SIZE = 20;
const PAUSE_MS = 250;

export interface PagedSearch {
  /** As typed. */
  readonly search: string;
  readonly setSearch: (text: string) => void;
  readonly setPage: (page: number) => void;
  /** For the API: the words follow what is typed after a pause. */
  readonly query: { page: number; pageSize: number; q?: string };
}

/** Where one is in a list. Other words begin at the first page. */
export function usePagedSearch(): PagedSearch {
  const [page, setPage] = useState(1);
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim(), PAUSE_MS);
  return {
    search,
    setPage,
    setSearch: (text) => {
      setSearch(text);
      setPage(1);
    },
    query: { page, pageSize: PAGE_SIZE, ...(q && { q }) },
  };
}
