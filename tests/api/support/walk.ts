// Follows `nextCursor` from page to page to the end.
interface Page<T> { data: T[]; meta: { nextCursor: string | null } }

export async function walk<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>, after_each_page: () => Promise<unknown> = async () => {}): Promise<T[]> {
  const all: T[] = [];
  let next: string | null = null;
  do {
    const page: Page<T> = await read(next === null ? {} : { cursor: next });
    all.push(...page.data);
    next = page.meta.nextCursor;
    await after_each_page();
  } while (next !== null);
  return all;
}
