using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess;

public sealed partial class LocalProcessVim
{
    private const string WhyNoNetworks = "processes of one machine share its loopback addresses; LocalContainers has networks of its own";

    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken)
    {
        var (total, used) = Capacity(table.All);
        var root = new DirectoryInfo(home.Folder.Root);
        var hasRoom = !used.Equals(total) && used.FitsIn(total) && total.MilliCpu > 0 && total.MemoryMib > 0;
        return Task.FromResult<IReadOnlyList<ConnectionCheck>>(
        [
            root.Exists
                ? ConnectionCheck.Ok("folder", $"{root.FullName} is ours, with {table.All.Count} computes in it")
                : ConnectionCheck.Failed("folder", $"{root.FullName} is gone", "Bring it back, or restart with another Folder."),
            .. capabilities.Notes.Select(n => n.Applied
                ? ConnectionCheck.Ok(n.Name, n.Detail)
                : ConnectionCheck.Warning(n.Name, n.Detail, "`mano doctor` says what this machine would need for it.")),
            hasRoom
                ? ConnectionCheck.Ok("capacity", $"{total}, of which {used} are taken")
                : ConnectionCheck.Failed("capacity", $"{total}, of which {used} are taken", "Raise MilliCpu, MemoryMib or DiskGib, or free some."),
        ]);
    }

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "events", "ReadLog and the state of a compute say what happened").ToException();

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "networks", WhyNoNetworks).ToException();

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "networks", WhyNoNetworks).ToException();

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "networks", WhyNoNetworks).ToException();
}
