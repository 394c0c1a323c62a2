namespace Mano.VimAdapters.Simulated;

/// <summary>
/// What befalls a compute by chance: it follows from the seed, the id and the number alone, so that neither the order of
/// calls nor a restart changes it.
/// </summary>
internal sealed class SimulatedLuck(SimulatedVimOptions options)
{
    public bool NeverBoots(string computeId, long number) => Draw("boot", computeId, number) < options.BootFailureRate;

    public TimeSpan BootTime(string computeId, long number) =>
        options.BootTime + (options.BootTimeSpread * Draw("time", computeId, number));

    /// <summary>0 to 1, 1 left out. FNV-1a, then the finish of SplitMix64: ids that differ in one letter are far apart.</summary>
    private double Draw(string what, string computeId, long number)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in FormattableString.Invariant($"{what}/{options.Seed}/{computeId}/{number}"))
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return ((hash ^ (hash >> 31)) >> 11) / (double)(1UL << 53);
    }
}
