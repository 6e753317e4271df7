import { Readable } from 'node:stream';
import { Settings } from '@app/config';
import type { Operation } from '@app/providers';
import { receiveUpload, RelayError, relaySettings, type Upload, UploadFolder } from '@app/relay';
import { Injectable } from '@nestjs/common';
import type { Endpoint } from './endpoints';
import { GenerateEndpoint } from './generate.endpoint';
import { assertReadable } from './read-body';
import type { Call } from './relay.listener';

/** A call with files: its form is set aside as it arrives, and gone when the call is over. */
@Injectable()
export class UploadEndpoint {
  constructor(
    private readonly settings: Settings,
    private readonly folder: UploadFolder,
    private readonly generate: GenerateEndpoint,
  ) {}

  /** `otherwise` takes what is no form. */
  readonly serve =
    (operation: Operation, otherwise?: Endpoint): Endpoint =>
    async (call, known) => {
      const contentType = call.req.headers['content-type'] ?? '';
      if (!/^multipart\/form-data\b/i.test(contentType)) {
        if (otherwise) return otherwise(call, known);
        throw new RelayError('unsupported_media_type', 'The request body must be a form: multipart/form-data.');
      }
      const upload = await this.receive(call, contentType);
      try {
        await this.generate.relayed(call, known, operation, upload.body, upload);
      } finally {
        await upload.discard();
      }
    };

  private receive({ req, body }: Call, contentType: string): Promise<Upload> {
    const maxBytes = this.settings.get(relaySettings['body.maxMiB']) * 1024 * 1024;
    assertReadable(req, maxBytes);
    // A refusal still has to be answered on this connection: the reader leaves it open.
    const sent = (): AsyncIterable<Buffer> => req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>; // no encoding is set
    const chunks = body ? Readable.from([body]) : sent();
    return receiveUpload(chunks, contentType, { maxBytes, disk: this.folder });
  }
}
