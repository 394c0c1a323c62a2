using System.Collections.Immutable;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>Looks for room among the instances that a caller can do without. Changes nothing.</summary>
internal sealed class RoomMaking(AppInstances instances, OperationReader operations, IPlacer placer, Fleet fleet)
{
    /// <summary>The host and who would leave it, in the fleet as somebody imagines it; null if none of the options makes room.</summary>
    public async Task<MadeRoom?> Find(
        PlacementRequest request, ImmutableArray<ImmutableArray<string>> options, Func<FleetSnapshot, FleetSnapshot> imagine, CancellationToken cancel)
    {
        var holds = new List<ImmutableArray<CapacityHold>>(options.Length);
        foreach (var option in options)
        {
            holds.Add(await WhoCanGo(option, cancel));
        }

        return Preemption.Find(placer, request, imagine(fleet.Snapshot), holds);
    }

    /// <summary>An instance that something is at work on already is left alone: what it will leave free is not known.</summary>
    private async Task<ImmutableArray<CapacityHold>> WhoCanGo(ImmutableArray<string> option, CancellationToken cancel)
    {
        var able = ImmutableArray.CreateBuilder<CapacityHold>();
        foreach (var id in option.Distinct(StringComparer.Ordinal))
        {
            if (await instances.Find(id, cancel) is { Value: var record }
                && AppInstanceStates.Refuse(record.State, LifecycleAction.Terminate, id) is null
                && await operations.RunningOn(Tenants.Default, record.Subject, cancel) is null
                && fleet.HoldOf(record.AppInstanceId) is { } hold)
            {
                able.Add(hold);
            }
        }

        return able.ToImmutable();
    }
}
