import { AwsEvents } from './aws-events';
import { awsChunk, awsEvent, awsException, awsFrame } from '../../../../test/support/simulator/aws-frames.mjs';

const read = (...frames: Buffer[]): string => String(new AwsEvents().push(Buffer.concat(frames)) ?? '');

describe('a binary stream of Bedrock as events', () => {
  it("is the model's own stream where InvokeModel wraps it", () => {
    const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ü\n🙂' } };
    expect(
      read(awsChunk({ type: 'message_start', message: {} }), awsChunk(text), awsChunk({ type: 'message_stop' })),
    ).toBe(
      'event: message_start\ndata: {"type":"message_start","message":{}}\n\n' +
        `event: content_block_delta\ndata: ${JSON.stringify(text)}\n\n` +
        'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    );
  });

  it('names an event whose JSON does not begin with its type, and keeps it on one line', () => {
    const bytes = Buffer.from('{\n "index": 0,\n "type": "content_block_stop"\n}').toString('base64');
    expect(read(awsEvent('chunk', { bytes }))).toBe(
      'event: content_block_stop\ndata: {"index":0,"type":"content_block_stop"}\n\n',
    );
  });

  it('has the names of Converse', () => {
    expect(read(awsEvent('messageStop', { stopReason: 'end_turn' }))).toBe(
      'event: messageStop\ndata: {"stopReason":"end_turn"}\n\n',
    );
  });

  it.each([
    ['throttlingException', 'rate_limit_error'],
    ['serviceUnavailableException', 'overloaded_error'],
    ['modelTimeoutException', 'timeout_error'],
    ['validationException', 'invalid_request_error'],
    ['modelStreamErrorException', 'api_error'],
    ['internalServerException', 'api_error'],
  ])("tells %s with AWS's word and Anthropic's", (code, type) => {
    const error = { type: 'error', error: { type, code, message: 'slow down' } };
    expect(read(awsException(code, 'slow down'))).toBe(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
  });

  it('tells an error without a payload', () => {
    const headers = { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'broken' };
    expect(read(awsFrame(headers, ''))).toContain('"code":"InternalError","message":"broken"');
  });

  it('says nothing while a message is incomplete', () => {
    const events = new AwsEvents();
    const frame = awsEvent('metadata', {});
    expect(events.push(frame.subarray(0, 20))).toBeNull();
    expect(String(events.push(frame.subarray(20)))).toBe('event: metadata\ndata: {}\n\n');
  });
});
