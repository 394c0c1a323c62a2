using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>What is needed fits in what is free: total less what is promised to instances less what others use.</summary>
internal sealed class CapacityFilter : IHostFilter
{
    private const string Full = "FULL";

    public string Name => "capacity";

    public string? Refuses(PlacementRequest request, HostModel host) => request.Needed.FitsIn(host.Free) ? null : Full;

    public Refusal Explain(PlacementRequest request, HostModel host) =>
        new(Full, request.Needed.ToString(), host.Free.AtLeastZero().ToString());

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        request.Needed.FitsIn(group.MinFree) ? GroupVerdict.All
        : request.Needed.FitsIn(group.MaxFree) ? GroupVerdict.Mixed
        : GroupVerdict.None(Full);
}
