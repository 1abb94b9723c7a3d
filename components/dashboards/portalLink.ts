/** Page of a resource in the portal; `page` is one of its menu. */
export function portalLink(id: string, page?: string): string {
  return `https://portal.azure.com/#@/resource${id}${page === undefined ? "" : `/${page}`}`;
}
