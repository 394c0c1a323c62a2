using System.Text.Json.Serialization;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Rest.Notifications;

/// <summary>A notification that waits for its subscriber, under <c>notice/{tenant}/{subscription}/{number}</c>.</summary>
/// <param name="Notification">As it is sent.</param>
/// <param name="At">When it happened.</param>
internal sealed record Notice(Notification Notification, DateTimeOffset At);

/// <summary>How far has been told, under <c>notice-cursor/{tenant}</c>.</summary>
/// <param name="Operations">The last change of an operation that was; what is later and not remembered is new.</param>
/// <param name="IsComplete">Whether every instance and package that was there in the beginning is remembered.</param>
internal sealed record NoticeCursor(long Operations, bool IsComplete);

/// <summary>
/// What of notifications is stored: those that wait, and as what each record was last told of (<c>notice-seen/…</c>), so that whoever tells
/// next goes on exactly there. Written under the fence of the ledger's owner.
/// </summary>
internal sealed class Notices(IStateStore store, Subscriptions subscriptions)
{
    public const string Waiting = "notice/";
    public const string Seen = "notice-seen/";

    private const string Cursor = $"notice-cursor/{Tenants.Default}";
    private const int MostKeys = 900;

    public static string Key(string subscriptionId, long number) => $"{Of(subscriptionId)}{number:D16}";

    public static string Of(string subscriptionId) => $"{Waiting}{Tenants.Default}/{subscriptionId}/";

    public async Task<NoticeCursor?> ReadCursor(CancellationToken cancel) => (await store.Get(Cursor, NoticeJson.Default.NoticeCursor, cancel))?.Value;

    public async Task ReadAll(string prefix, Action<Entry> take, CancellationToken cancel)
    {
        for (string? after = null; ;)
        {
            var page = await store.Scan(prefix, after, cancel: cancel);
            foreach (var entry in page.Entries)
            {
                take(entry);
            }

            if (!page.HasMore)
            {
                return;
            }

            after = page.Entries[^1].Key;
        }
    }

    /// <summary>Where the subscriber wants to be told; null if there is none any more.</summary>
    public Task<string?> CallbackOf(string subscriptionId, CancellationToken cancel) => subscriptions.CallbackOf(subscriptionId, cancel);

    /// <summary>The notices first, in commits of their own where they are many: told twice is better than never. Throws the refusal.</summary>
    public async Task Write(
        IReadOnlyList<(string Key, Notice Notice)> notices, IReadOnlyDictionary<string, ReadOnlyMemory<byte>?> seen, NoticeCursor cursor, ShardFence fence, CancellationToken cancel)
    {
        var batch = new Batch().Under(fence);
        foreach (var (key, notice) in notices)
        {
            batch = await Full(batch, fence, cancel);
            batch.Put(key, notice, NoticeJson.Default.Notice);
        }

        foreach (var (key, value) in seen)
        {
            batch = await Full(batch, fence, cancel);
            _ = value is { } json ? batch.Put(Seen + key, json) : batch.Delete(Seen + key);
        }

        (await store.Commit(batch.Put(Cursor, cursor, NoticeJson.Default.NoticeCursor), cancel)).OrThrow();
    }

    public async Task Remove(string key, CancellationToken cancel) => (await store.Commit(new Batch().Delete(key), cancel)).OrThrow();

    /// <summary>Forgets everything under a prefix.</summary>
    public async Task Clear(string prefix, CancellationToken cancel)
    {
        for (var more = true; more;)
        {
            var page = await store.Scan(prefix, null, MostKeys, cancel);
            var batch = new Batch();
            page.Entries.ToList().ForEach(e => batch.Delete(e.Key));
            if (page.Entries.Count > 0)
            {
                (await store.Commit(batch, cancel)).OrThrow();
            }

            more = page.HasMore;
        }
    }

    /// <summary>Nobody wants to know any more: the next one who does begins anew.</summary>
    public async Task Forget(CancellationToken cancel)
    {
        if (await ReadCursor(cancel) is null)
        {
            return;
        }

        await Clear(Seen, cancel);
        await Clear(Waiting, cancel);
        await Remove(Cursor, cancel);
    }

    private async Task<Batch> Full(Batch batch, ShardFence fence, CancellationToken cancel)
    {
        if (batch.Items.Count < MostKeys)
        {
            return batch;
        }

        (await store.Commit(batch, cancel)).OrThrow();
        return new Batch().Under(fence);
    }
}

[JsonSerializable(typeof(Notice))]
[JsonSerializable(typeof(NoticeCursor))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class NoticeJson : JsonSerializerContext;
