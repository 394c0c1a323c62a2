using System.Collections.Concurrent;

namespace Mano.Mepm.Hosts;

/// <summary>
/// The ids of the instances that a platform holds, as its watch tells: what is known not to be there need not be asked
/// for. Knows nothing while the watch is down.
/// </summary>
internal sealed class PlatformIndex
{
    private readonly ConcurrentDictionary<string, bool> held = new(StringComparer.Ordinal);
    private volatile bool synced;

    /// <summary>A snapshot begins.</summary>
    public void Begin()
    {
        synced = false;
        held.Clear();
    }

    public void Synced() => synced = true;

    /// <summary>The watch broke.</summary>
    public void Lost() => synced = false;

    public void Note(string appInstanceId, bool isHeld) => _ = isHeld ? held[appInstanceId] = true : held.TryRemove(appInstanceId, out _);

    /// <summary>Whether it is known that the platform holds nothing for the instance.</summary>
    public bool KnowsAbsent(string appInstanceId) => synced && !held.ContainsKey(appInstanceId);
}
