using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>What a watch tells is what a list shows.</summary>
internal static class WatchChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("watch",
    [
        Check("A watch lists what is there, then says SYNCED", ListsFirst, Rules.WatchLists),
        Check("A watch sees a compute come, run and go", SeesLife, Rules.WatchLists),
        Check("Every watcher sees the change, also one that reads late", EveryWatcher, Rules.WatchMerges),
        Check("A watch opened again starts with the present", OpenedAgain, Rules.WatchAgain),
        Check("Whatever changes while nobody reads arrives, merged into the newest state", Merged, Rules.WatchMerges),
        Check("The list shows our computes and no other", OnlyOurs, Rules.ListOurs),
    ]);

    private static async Task ListsFirst(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.RunningAsync(w.B);
        var listed = await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        Equal($"{w.A} {w.B}", Listed(listed), "what was listed");
        True(listed.SkipLast(1).All(e => e.Kind == ComputeEventKind.Listed), "something else came before SYNCED");
    }

    private static async Task SeesLife(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var synced = new TaskCompletionSource();
        var running = new TaskCompletionSource();
        var seen = UntilAsync(w, e =>
        {
            Note(e.Kind == ComputeEventKind.Synced, synced);
            Note(e.ComputeId == w.A && e.Compute?.State == ComputeState.Running, running);
            return e is { Kind: ComputeEventKind.Deleted, ComputeId: var gone } && gone == w.A;
        });
        await synced.Task.WaitAsync(w.Patience);
        await w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), w.Patience);
        await running.Task.WaitAsync(w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        True((await seen).Where(e => e.Kind == ComputeEventKind.Changed).All(e => e.Compute?.ComputeId == e.ComputeId), "a change has no compute, or another");
        var again = await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        True(again.All(e => e.ComputeId != w.A), "a deleted compute is listed to a new watch");
    }

    private static async Task EveryWatcher(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await using var late = w.Vim.WatchComputesAsync(w.Patience).GetAsyncEnumerator();
        while (await late.MoveNextAsync() && late.Current.Kind != ComputeEventKind.Synced)
        {
            True(late.Current is { Kind: ComputeEventKind.Listed, Compute: not null }, $"{late.Current.Kind} came before SYNCED", "LISTED, with the compute");
        }

        True(late.Current.Kind == ComputeEventKind.Synced, "the watch ended before SYNCED");
        var watchers = Enumerable.Range(0, 3).Select(_ => UntilAsync(w, e => e.ComputeId == w.A && e.Compute?.State == ComputeState.Running)).ToArray();
        await w.RunningAsync(w.A);
        await Task.WhenAll(watchers);
        while (late.Current.ComputeId != w.A || late.Current.Compute?.State != ComputeState.Running)
        {
            True(await late.MoveNextAsync(), "the late watcher's stream ended");
        }
    }

    private static async Task Merged(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await using var late = w.Vim.WatchComputesAsync(w.Patience).GetAsyncEnumerator();
        while (await late.MoveNextAsync() && late.Current.Kind != ComputeEventKind.Synced)
        {
        }

        for (var life = 0; life < 3; life++)
        {
            await w.RunningAsync(w.A);
            await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        }

        await w.RunningAsync(w.B);
        var newest = new Dictionary<string, ComputeEvent>(StringComparer.Ordinal);
        while (newest.GetValueOrDefault(w.A)?.Kind != ComputeEventKind.Deleted || newest.GetValueOrDefault(w.B)?.Compute?.State != ComputeState.Running)
        {
            True(await late.MoveNextAsync(), "the watch ended");
            newest[late.Current.ComputeId] = late.Current;
        }
    }

    private static async Task OpenedAgain(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.RunningAsync(w.B);
        var again = await UntilAsync(w, e => e.Kind == ComputeEventKind.Synced);
        Equal(w.B, Listed(again), "what was listed");
    }

    private static async Task OnlyOurs(ConformanceWorld w)
    {
        if (w.Subject.AddForeignCompute is null)
        {
            throw new NotShownException("the kit cannot put a compute into this VIM past the adapter");
        }

        await using var foreign = await w.Subject.AddForeignCompute();
        await w.RunningAsync(w.A);
        Equal(w.A, string.Join(" ", (await w.OursAsync()).Select(c => c.ComputeId)), "the list");
    }

    private static async Task<List<ComputeEvent>> UntilAsync(ConformanceWorld w, Func<ComputeEvent, bool> isLast)
    {
        var seen = new List<ComputeEvent>();
        await foreach (var change in w.Vim.WatchComputesAsync(w.Patience))
        {
            seen.Add(change);
            if (isLast(change))
            {
                return seen;
            }
        }

        throw new NotConformingException($"the watch ended after {seen.Count} events");
    }

    private static string Listed(IEnumerable<ComputeEvent> events) =>
        string.Join(" ", events.Where(e => e is { Kind: ComputeEventKind.Listed, Compute: { } c } && ConformanceSession.IsOurs(c)).Select(e => e.ComputeId));

    private static void Note(bool happened, TaskCompletionSource what)
    {
        if (happened)
        {
            what.TrySetResult();
        }
    }
}
