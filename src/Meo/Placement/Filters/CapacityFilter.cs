namespace Mano.Meo.Placement.Filters;

/// <summary>What is needed fits in what is free: total less what is promised to instances less what others use.</summary>
internal sealed class CapacityFilter : IHostFilter
{
    public string Name => "capacity";

    public Refusal? Refuse(PlacementRequest request, HostModel host) =>
        request.Needed.FitsIn(host.Free)
            ? null
            : new("FULL", request.Needed.ToString(), host.Free.AtLeastZero().ToString());
}
