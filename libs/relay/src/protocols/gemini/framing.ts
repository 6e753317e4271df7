/** How the JSON texts of a stream are put on the wire. */
export interface Framing {
  event(json: string): string;
  end(): readonly string[];
}

/** Google ends its lines with CRLF. */
export const sse = (): Framing => ({ event: (json) => `data: ${json}\r\n\r\n`, end: () => [] });

/** One array over the whole answer. */
export function jsonArray(): Framing {
  let isFirst = true;
  let ended = false;
  return {
    event(json) {
      const text = `${isFirst ? '[' : ',\r\n'}${json}`;
      isFirst = false;
      return text;
    },
    end() {
      if (ended) return [];
      ended = true;
      return [isFirst ? '[]' : ']'];
    },
  };
}
