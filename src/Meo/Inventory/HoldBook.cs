namespace Mano.Meo.Inventory;

/// <summary>
/// What is held, by instance, in two layers: what the store has, and what was booked here and waits for the store's answer.
/// Versions decide between news that come on different ways. Not thread-safe: the fleet's lock guards it.
/// </summary>
internal sealed class HoldBook
{
    private readonly Dictionary<string, (CapacityHold? Hold, long Version)> stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CapacityHold> booked = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, long Version)> removed = new();

    public IReadOnlyCollection<string> Stored => [.. stored.Where(s => s.Value.Hold is not null).Select(s => s.Key)];

    /// <summary>The holds of one instance: one, or none; two while another owner's hold and our booking meet, until the store has refused ours.</summary>
    public IEnumerable<CapacityHold> Of(string appInstanceId)
    {
        var there = stored.GetValueOrDefault(appInstanceId).Hold;
        if (there is not null)
        {
            yield return there;
        }

        if (booked.TryGetValue(appInstanceId, out var mine) && mine.OperationId != there?.OperationId)
        {
            yield return mine;
        }
    }

    public void Book(CapacityHold hold) => booked[hold.AppInstanceId] = hold;

    /// <summary>Forgets a booking, if it is this operation's (or whosever it is, when null).</summary>
    public void Withdraw(string appInstanceId, string? operationId)
    {
        if (booked.TryGetValue(appInstanceId, out var mine) && (operationId is null || mine.OperationId == operationId))
        {
            booked.Remove(appInstanceId);
        }
    }

    /// <summary>The store had this hold at this version.</summary>
    public void Put(CapacityHold hold, long version)
    {
        if (version > stored.GetValueOrDefault(hold.AppInstanceId).Version)
        {
            stored[hold.AppInstanceId] = (hold, version);
        }
    }

    /// <summary>
    /// The store had no hold of the instance at this version. Kept in mind until older news cannot come any more. A booking that
    /// the store took and gave back (under <paramref name="operationId"/>, if that is known) is settled with it.
    /// </summary>
    public void Remove(string appInstanceId, long version, string? operationId = null)
    {
        var known = stored.GetValueOrDefault(appInstanceId);
        if (version > known.Version)
        {
            Withdraw(appInstanceId, operationId ?? known.Hold?.OperationId ?? "");
            stored[appInstanceId] = (null, version);
            removed.Enqueue((appInstanceId, version));
        }
    }

    /// <summary>Counts the hold no more, as it was last known: something else stands for it, until the store has a newer one.</summary>
    public void Drop(string appInstanceId)
    {
        booked.Remove(appInstanceId);
        if (stored.TryGetValue(appInstanceId, out var known))
        {
            stored[appInstanceId] = (null, known.Version);
            removed.Enqueue((appInstanceId, known.Version));
        }
    }

    /// <summary>The changes are known, in order, up to this version: no older news come any more.</summary>
    public void Passed(long version)
    {
        while (removed.TryPeek(out var oldest) && oldest.Version <= version)
        {
            removed.Dequeue();
            if (stored.TryGetValue(oldest.Id, out var known) && known.Hold is null && known.Version <= version)
            {
                stored.Remove(oldest.Id);
            }
        }
    }
}
