using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>What an adapter says of itself and of its VIM.</summary>
internal static class ConnectionChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("connection",
    [
        Check("GetCapabilities says the same, however often and concurrently asked", SameCapabilities, Rules.Capabilities),
        Check("CheckConnection says what was looked at, and nothing has failed at a VIM that works", LooksAtAll, Rules.LooksAtConnection),
        Check("CheckConnection says what to do about whatever is not as it must be", Remedies, Rules.LooksAtConnection),
        Check("CheckConnection, repeated and concurrent, changes nothing", ChangesNothing, Rules.ConnectionChangesNothing),
    ]);

    private static async Task SameCapabilities(ConformanceWorld w)
    {
        True(w.Capabilities.Adapter.Length > 0, "the adapter has no name");
        True(w.Capabilities.FenceRetention > TimeSpan.Zero, $"numbers of deleted computes are remembered for {w.Capabilities.FenceRetention}", "longer than any message of the caller lives: hours, better days");
        var all = await Task.WhenAll(Enumerable.Range(0, w.Subject.Repetitions).Select(_ => Task.Run(() => w.Vim.GetCapabilitiesAsync(w.Patience))));
        foreach (var told in all)
        {
            Equal(Shown(w.Capabilities), Shown(told), "what it says");
        }
    }

    private static async Task LooksAtAll(ConformanceWorld w)
    {
        var checks = await w.Vim.CheckConnectionAsync(w.Patience);
        True(checks.Count > 0, "it looked at nothing", "at least one check");
        foreach (var check in checks)
        {
            True(check.Name.Length > 0 && Enum.IsDefined(check.Result), $"a check has no name or no result: {check}");
            True(check.Detail.Length > 0, $"'{check.Name}' does not say what was seen");
            True(check.Result != ConnectionResult.Failed, $"'{check.Name}' has failed: {check.Detail}", "OK or WARNING at a VIM that makes computes");
        }
    }

    private static async Task Remedies(ConformanceWorld w)
    {
        var checks = await w.Vim.CheckConnectionAsync(w.Patience);
        foreach (var check in checks.Where(c => c.Result is ConnectionResult.Warning or ConnectionResult.Failed))
        {
            True(check.Remedy.Length > 0, $"'{check.Name}' is {check.Result} and does not say what to do: {check.Detail}");
        }
    }

    private static async Task ChangesNothing(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        var before = (await w.Vim.GetCapacityAsync(w.Patience), Listed(await w.OursAsync()), (await w.Vim.ListImagesAsync(w.Patience)).Count);
        await Task.WhenAll(Enumerable.Range(0, w.Subject.Repetitions).Select(_ => Task.Run(() => w.Vim.CheckConnectionAsync(w.Patience))));
        Equal(before, (await w.Vim.GetCapacityAsync(w.Patience), Listed(await w.OursAsync()), (await w.Vim.ListImagesAsync(w.Patience)).Count), "capacity, computes and images");
    }

    private static string Listed(IReadOnlyList<Compute> computes) => string.Join(" ", computes.Select(c => $"{c.ComputeId}:{c.State}"));

    private static string Shown(VimCapabilities told) =>
        $"{told.Adapter}; {string.Join(", ", told.Claims.Order())}; {told.FenceRetention}; {string.Join(", ", told.Zones)}";
}
