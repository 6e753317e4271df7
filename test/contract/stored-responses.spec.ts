import { FixedSettings } from '@app/config';
import { SecretBox } from '@app/platform/secrets';
import {
  type Conversation,
  ConversationItem,
  ConversationRepository,
  Conversations,
  PendingTurns,
  relayEntities,
  relayMigrations,
  ResponseStore,
  StoredItem,
  StoredJobs,
  StoredResponse,
  StoredResponseRepository,
  storedSettings,
  TurnSeal,
} from '@app/relay';
import { describeDatabases } from './support';

const DAY = 86_400_000;

describeDatabases('stored responses', { entities: relayEntities, migrations: relayMigrations }, (database) => {
  const repository = () => new StoredResponseRepository(database.dataSource);
  const conversations = () => new ConversationRepository(database.dataSource);
  const store = () => {
    const seal = new TurnSeal(new SecretBox([Buffer.alloc(32, 1)]));
    return new ResponseStore(repository(), new PendingTurns(repository(), seal), seal);
  };
  const rows = () => database.dataSource.getRepository(StoredResponse);
  const fresh = (id: string, more: { userId?: string; text?: string; createdAt?: number } = {}) => {
    const { userId = 'user-1', text = 'Grüße 🌍', createdAt = 1_000 } = more;
    return {
      id,
      userId,
      keyId: 'key-1',
      status: 'completed' as const,
      background: false,
      createdAt,
      previousId: null,
      channelId: 'channel-1',
      credentialId: 'credential-1',
      upstreamId: null,
      contextTokens: 7,
      nodeId: null,
      leaseUntil: null,
      content: () => ({ input: text, response: { id, output: [] } }),
      bytes: text.length,
      itemIds: [`msg_of_${id}`, `msg_of_${id}`, 'msg_1'],
    };
  };

  beforeEach(async () => {
    await rows().clear();
    await database.dataSource.getRepository(StoredItem).clear();
  });

  it('gives a turn back at once, and from the database', async () => {
    const writer = store();
    writer.put(fresh('resp_1'));
    expect((await writer.find('user-1', 'resp_1'))?.content().input).toBe('Grüße 🌍');
    await writer.flush();
    const found = await store().find('user-1', 'resp_1');
    expect(found).toMatchObject({
      id: 'resp_1',
      contextTokens: 7,
      background: false,
      leaseUntil: null,
      createdAt: 1_000,
    });
    expect(found?.content()).toEqual({ input: 'Grüße 🌍', response: { id: 'resp_1', output: [] } });
  });

  it('finds the answer an item belongs to, for its owner, until it is deleted', async () => {
    const writer = store();
    writer.put(fresh('resp_1'));
    writer.put(fresh('resp_2', { userId: 'user-2' }));
    const found = async (from: ResponseStore, userId: string, itemId: string) =>
      (await from.findByItem(userId, itemId))?.id;
    for (const from of [writer, store()]) {
      expect(await found(from, 'user-1', 'msg_of_resp_1')).toBe('resp_1');
      expect(await found(from, 'user-2', 'msg_1')).toBe('resp_2');
      expect(await found(from, 'user-2', 'msg_of_resp_1')).toBeUndefined();
      await writer.flush();
    }
    await writer.delete('user-1', 'resp_1');
    expect(await found(writer, 'user-1', 'msg_of_resp_1')).toBeUndefined();
    expect(await database.dataSource.getRepository(StoredItem).countBy({ responseId: 'resp_1' })).toBe(0);
  });

  it('holds no readable word of a conversation', async () => {
    const writer = store();
    writer.put(fresh('resp_1', { text: 'confidential' }));
    await writer.flush();
    expect(JSON.stringify(await rows().find())).not.toContain('confidential');
  });

  it('shows a turn to its owner only, written or on its way', async () => {
    const writer = store();
    writer.put(fresh('resp_1'));
    expect(await writer.find('user-2', 'resp_1')).toBeNull();
    expect(await writer.delete('user-2', 'resp_1')).toBe(false);
    await writer.flush();
    expect(await writer.find('user-2', 'resp_1')).toBeNull();
    expect(await writer.delete('user-2', 'resp_1')).toBe(false);
    expect(await writer.find('user-1', 'resp_1')).not.toBeNull();
  });

  it('deletes for good, also what is being written this moment', async () => {
    const writer = store();
    writer.put(fresh('resp_1'));
    expect(await writer.delete('user-1', 'resp_1')).toBe(true);
    await writer.flush();
    expect(await writer.find('user-1', 'resp_1')).toBeNull();
    expect(await writer.delete('user-1', 'resp_1')).toBe(false);
  });

  it('keeps a long turn whole and many at once', async () => {
    const writer = store();
    const text = 'x'.repeat(3_000_000);
    writer.put(fresh('long', { text }));
    for (let index = 0; index < 230; index++) writer.put(fresh(`many-${index}`));
    await writer.flush();
    expect(await rows().count()).toBe(231);
    expect((await store().find('user-1', 'long'))?.content().input).toBe(text);
  });

  it('lets an upstream that repeats an id neither lose others’ turns nor take somebody else’s', async () => {
    const writer = store();
    writer.put(fresh('resp_1', { text: 'mine' }));
    await writer.flush();
    const again = store();
    again.put(fresh('resp_1', { userId: 'user-2', text: 'theirs' }));
    again.put(fresh('resp_2'));
    await again.flush();
    expect((await again.find('user-1', 'resp_1'))?.content().input).toBe('mine');
    expect(await again.find('user-2', 'resp_1')).toBeNull();
    expect(await again.find('user-1', 'resp_2')).not.toBeNull();
    const newer = store();
    newer.put(fresh('resp_1', { text: 'newer' }));
    await newer.flush();
    expect((await newer.find('user-1', 'resp_1'))?.content().input).toBe('newer');
  });

  it('deletes what is older than the setting says', async () => {
    const now = 100 * DAY;
    await repository().insert(
      Array.from({ length: 450 }, (_, index) => ({
        ...row(`old-${index}`, now - 10 * DAY - 1),
      })),
    );
    await repository().insert([row('young', now - 10 * DAY)]);
    const settings = new FixedSettings().set(storedSettings['responses.retentionDays'], 10);
    await new StoredJobs(repository(), conversations(), settings).expire(now);
    expect((await rows().find()).map(({ id }) => id)).toEqual(['young']);
  });

  describe('made in the background', () => {
    const running = (id: string, leaseUntil: number): StoredResponse => ({
      ...row(id, 1),
      status: 'queued',
      background: true,
      nodeId: 'node-1',
      leaseUntil,
    });

    it('move on until they have ended, and never back: of two endings the first counts', async () => {
      await repository().insert([running('one', 10)]);
      expect(await repository().advance('one', { status: 'in_progress' })).toBe(true);
      const endings = await Promise.all([
        repository().advance('one', { status: 'cancelled', leaseUntil: null }),
        repository().advance('one', { status: 'completed', leaseUntil: null }),
      ]);
      expect(endings.filter(Boolean)).toHaveLength(1);
      const { status } = await rows().findOneByOrFail({ id: 'one' });
      expect(await repository().advance('one', { status: 'in_progress' })).toBe(false);
      expect((await rows().findOneByOrFail({ id: 'one' })).status).toBe(status);
      expect(await repository().advance('gone', { status: 'in_progress' })).toBe(false);
    });

    it('fail when their process gives no sign of life', async () => {
      await repository().insert([running('dead', 99), running('alive', 100), row('over', 1)]);
      expect(await repository().failLapsed(100)).toBe(1);
      expect(await repository().failLapsed(100)).toBe(0);
      expect(await rows().findOneByOrFail({ id: 'dead' })).toMatchObject({ status: 'failed', leaseUntil: null });
      expect((await rows().findOneByOrFail({ id: 'alive' })).status).toBe('queued');
    });

    it('tell their process which of them others have ended', async () => {
      await repository().insert([running('a', 5), running('b', 5), running('c', 5)]);
      await repository().advance('b', { status: 'cancelled', leaseUntil: null });
      await repository().delete('user-1', 'c');
      expect([...(await repository().extend(['a', 'b', 'c'], 50))]).toEqual(['a']);
      expect((await rows().findOneByOrFail({ id: 'a' })).leaseUntil).toBe(50);
      expect((await rows().findOneByOrFail({ id: 'b' })).leaseUntil).toBeNull();
    });
  });

  describe('conversations', () => {
    const kept = () => new Conversations(conversations(), new SecretBox([Buffer.alloc(32, 1)]));
    const said = (text: string) => ({ type: 'message', role: 'user', content: text });
    const texts = async (conversation: Conversation) => JSON.stringify(await kept().items(conversation));

    it('keep their items in order, sealed, and give them back as what was said', async () => {
      const conversation = await kept().create('user-1', { topic: 'secret topic' }, [said('first'), said('second')]);
      const answer = { id: 'msg_1', type: 'message', role: 'assistant', content: [] };
      const origin = { channelId: 'channel-1', credentialId: 'credential-1' };
      await kept().append(conversation, { input: [], output: [answer], origin, contextTokens: 9 });
      expect((await kept().items(conversation)).map((item) => item.role)).toEqual(['user', 'user', 'assistant']);
      expect(await kept().get('user-1', conversation.id)).toMatchObject({ ...origin, contextTokens: 9 });
      expect((await kept().history(conversation)).map(({ channelId }) => channelId)).toEqual([null, null, 'channel-1']);
      const stored = await database.dataSource.getRepository(ConversationItem).find();
      expect(JSON.stringify(stored)).not.toMatch(/first|second/);
      expect(kept().metadataOf(await kept().get('user-1', conversation.id))).toEqual({ topic: 'secret topic' });
    });

    it('take nothing more once they are deleted, and leave nothing behind', async () => {
      const conversation = await kept().create('user-1', {}, [said('first')]);
      await expect(kept().delete('user-2', conversation.id)).rejects.toMatchObject({ code: 'not_found' });
      await kept().delete('user-1', conversation.id);
      await expect(kept().add(conversation, [said('late')])).rejects.toMatchObject({ code: 'not_found' });
      expect(await texts(conversation)).toBe('[]');
    });

    it('are deleted with their items when nobody has added to them for long', async () => {
      const old = await kept().create('user-1', {}, [said('old')]);
      const now = Date.now();
      await conversations().append(old, [], { usedAt: now - 11 * DAY });
      const young = await kept().create('user-1', {}, [said('young')]);
      const settings = new FixedSettings().set(storedSettings['responses.retentionDays'], 10);
      await new StoredJobs(repository(), conversations(), settings).expire(now);
      expect(await conversations().find('user-1', old.id)).toBeNull();
      expect(await texts(old)).toBe('[]');
      expect(await texts(young)).toContain('young');
    });
  });

  const row = (id: string, createdAt: number): StoredResponse => {
    const { bytes: _bytes, itemIds: _ids, content: _content, ...plain } = fresh(id, { createdAt });
    return { ...plain, content: 'sealed', events: null };
  };
});
