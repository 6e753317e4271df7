import type { Route } from '@app/channels';
import { scrubFor } from './scrub';

const scrubOf = (secret: string, baseUrl = 'https://llm.internal.example:8443/v1') =>
  scrubFor({ credential: { id: 'c', secret } as Route['credential'], channel: { baseUrl } as Route['channel'] });

describe("an upstream's words", () => {
  it('lose the credential, whole or in its parts', () => {
    const scrub = scrubOf('AKIDEXAMPLE123|very+secret/part==|eu');
    expect(scrub('key AKIDEXAMPLE123|very+secret/part==|eu is wrong')).toBe('key [redacted] is wrong');
    expect(scrub('AKIDEXAMPLE123 may not use the eu region')).toBe('[redacted] may not use the eu region');
  });

  it("lose a cloud's keys and tokens", () => {
    const scrub = scrubOf('AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:eu-west-1');
    expect(scrub('AKIAIOSFODNN7EXAMPLE may not; wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')).toBe(
      '[redacted] may not; [redacted]',
    );
    expect(scrub('token ya29.c.AbCdEfGhIjKlMnOpQr is stale, ASIAQQQQQQQQQQQQQQQQ unknown')).toBe(
      'token [redacted] is stale, [redacted] unknown',
    );
    const account = scrubOf(
      '{"project_id":"my-project-1","client_email":"gateway@my-project-1.iam.gserviceaccount.com"}',
    );
    expect(account('denied on //aiplatform.googleapis.com/projects/my-project-1/locations/global')).not.toContain(
      'my-project-1',
    );
  });

  it('lose the address the gateway calls', () => {
    const scrub = scrubOf('');
    expect(scrub('POST https://llm.internal.example:8443/v1/chat: no route to llm.internal.example')).toBe(
      'POST [upstream]/v1/chat: no route to [upstream]',
    );
  });

  it('lose the account, and keep the rest', () => {
    expect(scrubOf('x')('Rate limit reached for gpt-4o in organization org-AbCdEf123456 on tokens')).toBe(
      'Rate limit reached for gpt-4o in organization [account] on tokens',
    );
  });

  it('pass an address that is no URL', () => {
    expect(scrubOf('0123456789', 'not a url')('a 0123456789 b')).toBe('a [redacted] b');
  });
});
