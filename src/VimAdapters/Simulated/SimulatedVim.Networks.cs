using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

public sealed partial class SimulatedVim
{
    public async Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(VimCall.CheckConnection, _ => Looked(), cancellationToken);
        }
        catch (FailureException e)
        {
            return [ConnectionCheck.Failed("VIM", e.Failure.Message, "It is simulated: its script, its rates or an order in its folder say so.")];
        }
    }

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        Demand(VimCapability.Events, "events");
        return CallAsync(VimCall.ListEvents, _ =>
            (store.Key(computeId).Compute ?? throw VimFailures.NoCompute(computeId).ToException()).EventsAt(clock.GetUtcNow()), cancellationToken);
    }

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken)
    {
        NetworkRules.CheckNetwork(networkId, operationNumber, spec);
        Demand(VimCapability.Networks, "networks");
        return CallAsync(VimCall.EnsureNetwork, _ => networks.Ensure(networkId, operationNumber, spec), cancellationToken);
    }

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken)
    {
        Demand(VimCapability.Networks, "networks");
        return CallAsync(VimCall.ListNetworks, _ => networks.All, cancellationToken);
    }

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken)
    {
        NetworkRules.CheckNetworkKey(networkId, operationNumber);
        Demand(VimCapability.Networks, "networks");
        return CallAsync(VimCall.DeleteNetworkIfAny, _ =>
        {
            networks.DeleteIfAny(networkId, operationNumber);
            return true;
        }, cancellationToken);
    }

    private IReadOnlyList<ConnectionCheck> Looked()
    {
        var (total, used) = Capacity();
        return
        [
            ConnectionCheck.Ok("VIM", "it is simulated: nothing runs, nothing listens, no limit is enforced"),
            options.Folder is { } folder
                ? ConnectionCheck.Ok("folder", $"{folder} can be written")
                : ConnectionCheck.Warning("folder", "none is set", "Set Folder, if the computes are to outlive this process."),
            (store.Used + options.TakenByOthers).FitsIn(total) && total.MilliCpu > 0 && total.MemoryMib > 0
                ? ConnectionCheck.Ok("capacity", $"{total}, of which {used} are taken")
                : ConnectionCheck.Failed("capacity", $"{total}, of which {used} are taken", "Raise MilliCpu, MemoryMib or DiskGib: no compute fits."),
        ];
    }
}
