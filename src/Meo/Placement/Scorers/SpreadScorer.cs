namespace Mano.Meo.Placement.Scorers;

/// <summary>The emptier the host would still be, the better: the scarcest resource's free part after placing.</summary>
internal sealed class SpreadScorer : IHostScorer
{
    public string Name => "spread";

    public double Score(PlacementRequest request, HostModel host)
    {
        var left = host.Free - request.Needed;
        return Math.Min(
            Part(left.MilliCpu, host.Total.MilliCpu),
            Math.Min(Part(left.MemoryMib, host.Total.MemoryMib), Part(left.DiskGib, host.Total.DiskGib)));
    }

    private static double Part(long left, long total) => total <= 0 ? 1 : Math.Clamp(left / (double)total, 0, 1);
}
