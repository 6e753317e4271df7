import { canonicalIp } from '@app/users';

/** The caller's address as Express sees it through `trust proxy`; IPv4 in its own notation, `unknown` if the socket is gone. */
export const clientIp = (request: { readonly ip?: string }): string => canonicalIp(request.ip ?? '') ?? 'unknown';
