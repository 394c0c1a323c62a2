using Mano.Mepm.Loop;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Vims;

/// <summary>The zones that VIMs have within themselves, as hosts name them.</summary>
internal static class VimZones
{
    private const int MaxLength = 255;

    /// <summary>An operator waits for this: a VIM that takes longer counts as away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether it may be a zone of some VIM; empty is: any zone.</summary>
    public static bool IsName(string zone) => zone.Length <= MaxLength && zone.Trim().Length == zone.Length && !zone.Any(char.IsControl);

    /// <summary>The sentence for one that may not.</summary>
    public static string NameRule(string what, string zone) =>
        $"{what} '{(zone.Length <= 80 ? zone : zone[..80] + "…")}' is no zone of a VIM: at most {MaxLength} characters, no blank at either end.";

    /// <summary>
    /// Refuses a zone that the VIM says it does not have. A VIM that does not answer is believed to have it: an operator may prepare a site
    /// whose VIM is away, and whatever is made there says so itself.
    /// </summary>
    public static async Task<Failure?> Refuse(IVimAdapter vim, string name, string zone, TimeProvider clock, CancellationToken cancel)
    {
        if (zone.Length == 0)
        {
            return null;
        }

        try
        {
            var zones = (await CallLimit.Bounded(Patience, clock, vim.GetCapabilitiesAsync, cancel)).Zones;
            var what = WhyNot($"VIM '{name}'", zone, zones);
            return what is null ? null : Failure.InvalidInput("VIM_ZONE_UNKNOWN", what, $"vim/{name}", [new("host.vim_zone", what)]);
        }
        catch (FailureException)
        {
            return null;
        }
    }

    /// <summary>The sentence about a zone that is not among those that a VIM has; null when it is, or when any will do.</summary>
    public static string? WhyNot(string vim, string zone, IReadOnlyList<string> zones) => zone.Length == 0 || zones.Contains(zone) ? null
        : $"{vim} has no zone '{zone}'; " + (zones.Count == 0 ? "it has no zones at all, so leave it out." : $"it has {string.Join(", ", zones)}.");
}
