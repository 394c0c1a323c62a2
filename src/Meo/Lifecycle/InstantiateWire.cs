using Mano.Packages;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Wishes for an instantiation between the wire and our own record.</summary>
internal static class InstantiateWire
{
    public static InstantiateWish ToModel(Wire.InstantiateAppInstanceRequest wire) =>
        new(wire.AppInstanceId, PlacementWire.ToModel(wire.Constraints), wire.Timeout?.ToTimeSpan())
        {
            ChartValues = ChartValues.Read(wire.ChartValues, out _),
            TerminationOptions = [.. wire.TerminationOptions.Select(o => (System.Collections.Immutable.ImmutableArray<string>)[.. o.AppInstanceIds])],
        };

    public static Wire.InstantiateAppInstanceRequest ToWire(InstantiateWish wish)
    {
        var wire = new Wire.InstantiateAppInstanceRequest { AppInstanceId = wish.AppInstanceId, Constraints = PlacementWire.ToWire(wish.Constraints), ChartValues = wish.ChartValues };
        if (wish.Timeout is { } timeout)
        {
            wire.Timeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(timeout);
        }

        wire.TerminationOptions.AddRange(wish.TerminationOptions.Select(o => new Wire.TerminationOption { AppInstanceIds = { o } }));
        return wire;
    }
}
