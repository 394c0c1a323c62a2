using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>What the VIM says happened; for people, and without what is not theirs to see.</summary>
internal static class EventChecks
{
    private const string Password = "hunter2-of-the-kit";

    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("events",
    [
        Check("The events of a running compute say what happened, the newest first, at most 100", NewestFirst, Rules.EventsNewestFirst).Needing(VimCapability.Events),
        Check("The events of nothing are NOT_FOUND, before it is made and after it is deleted", OfNothing, Rules.EventsOfNothing).Needing(VimCapability.Events),
        Check("Neither events nor reasons show what the application's environment holds", NoSecrets, Rules.NoSecrets),
        Check("ListEvents without the capability is UNIMPLEMENTED", NotClaimed, Rules.EventsNotClaimed),
    ]);

    private static async Task NewestFirst(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        IReadOnlyList<VimEvent> events = [];
        await w.EventuallyAsync(async () => (events = await w.Vim.ListEventsAsync(w.A, w.Patience)).Count > 0, () => new("no event was told of a compute that was made and runs", "at least one event"));
        True(events.Count <= VimEvent.MaxListed, $"{events.Count} events", $"at most {VimEvent.MaxListed}");
        True(events.Zip(events.Skip(1)).All(p => p.First.At >= p.Second.At), $"the times are {string.Join(", ", events.Select(e => e.At.ToString("O")))}", "the newest first");
        True(events.All(e => e.Kind.Length > 0 && e.Message.Length > 0), "an event has no kind or no message");
        True(events.All(e => e.At > DateTimeOffset.UnixEpoch), "an event has no time");
    }

    private static async Task OfNothing(ConformanceWorld w)
    {
        await RefusedAsync(FailureKind.NotFound, () => w.Vim.ListEventsAsync(w.A, w.Patience), "the events of nothing");
        await w.RunningAsync(w.A);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await RefusedAsync(FailureKind.NotFound, () => w.Vim.ListEventsAsync(w.A, w.Patience), "the events of a deleted compute");
    }

    private static async Task NoSecrets(ConformanceWorld w)
    {
        var spec = w.Spec() with { Environment = new Dictionary<string, string> { ["PASSWORD"] = Password } };
        var compute = await w.RunningAsync(w.A, spec);
        True(!compute.Reason.Contains(Password, StringComparison.Ordinal), $"the reason shows a variable's value: {compute.Reason}");
        try
        {
            await w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), w.Patience);
        }
        catch (FailureException e)
        {
            True(!e.Failure.ToString().Contains(Password, StringComparison.Ordinal), $"the refusal shows a variable's value: {e.Failure}");
        }

        if (w.Capabilities.Has(VimCapability.Events))
        {
            var shown = (await w.Vim.ListEventsAsync(w.A, w.Patience)).FirstOrDefault(e => e.Message.Contains(Password, StringComparison.Ordinal));
            True(shown is null, $"an event shows a variable's value: {shown?.Message}");
        }
    }

    private static async Task NotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Events);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.ListEventsAsync(w.A, w.Patience), "events");
    }
}
