using System.Collections.Concurrent;

namespace Mano.Mepm.Hosts;

/// <summary>
/// Tells news from echoes: a watch also tells what a call of ours has just done or seen, and nobody need look for that again. Keeps, for
/// each instance that was asked about, what the last call answered and what the watch told last. In doubt it is news.
/// </summary>
/// <param name="isKnown">Whether an answer, the first, has what was told, the second.</param>
internal sealed class Echoes<T>(Func<T, T, bool> isKnown)
    where T : class
{
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Makes a call and keeps its answer. While it is under way, and when it fails, nothing is known: whatever is told is news.</summary>
    public async Task<TAnswer> Ask<TAnswer>(string appInstanceId, Func<Task<TAnswer>> call)
        where TAnswer : T?
    {
        entries.GetOrAdd(appInstanceId, static _ => new()).Answered = null;
        var answer = await call();
        if (answer is null)
        {
            Forget(appInstanceId);
        }
        else
        {
            entries.GetOrAdd(appInstanceId, static _ => new()).Answered = answer;
        }

        return answer;
    }

    /// <summary>The watch told of it. Says whether that may be an echo, which <see cref="IsNews"/> tells once no call is under way.</summary>
    public bool Told(string appInstanceId, T now)
    {
        if (!entries.TryGetValue(appInstanceId, out var entry))
        {
            return false; // never asked about: what others have there is not kept
        }

        entry.Told = now;
        return true;
    }

    /// <summary>Whether the watch told last what no call has answered.</summary>
    public bool IsNews(string appInstanceId) =>
        entries.TryGetValue(appInstanceId, out var entry) && entry.Told is { } told && !(entry.Answered is { } answered && isKnown(answered, told));

    /// <summary>It is gone.</summary>
    public void Forget(string appInstanceId) => entries.TryRemove(appInstanceId, out _);

    /// <summary>The watch begins anew.</summary>
    public void Clear() => entries.Clear();

    private sealed class Entry
    {
        public volatile T? Answered;

        public volatile T? Told;
    }
}
