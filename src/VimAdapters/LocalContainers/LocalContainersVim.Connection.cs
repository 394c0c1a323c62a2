using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers;

public sealed partial class LocalContainersVim
{
    public async Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken)
    {
        var options = link.Options;
        var asked = await EngineProbe.AskAsync(options.Socket, link.Clock, cancellationToken);
        if (asked.Failure is { } away)
        {
            return
            [
                ConnectionCheck.Failed("engine", $"{options.Socket}: {away.Message}", away.Kind == FailureKind.Forbidden
                    ? "Let this user use the engine's socket, or point Socket at one of its own."
                    : "Start dockerd or `podman system service`, or correct Socket; `mano doctor` says what this machine has."),
                ConnectionCheck.Skipped("network", "the engine does not answer"), ConnectionCheck.Skipped("capacity", "the engine does not answer"),
            ];
        }

        var engine = asked.Value;
        return
        [
            ConnectionCheck.Ok("engine", $"{engine.Name} answers at {options.Socket}"),
            .. engine.Lacks.Select(l => ConnectionCheck.Warning("limits", l, "Computes run without it; switch it on in the kernel or the engine where it matters.")),
            await LookedAsync("network", "Free the addresses, or choose another AddressRange.", async () =>
            {
                var addresses = (await link.FactsAsync(cancellationToken)).Capabilities.Notes.First(n => n.Name == "addresses");
                return addresses.Applied ? ConnectionCheck.Ok("network", addresses.Detail)
                    : ConnectionCheck.Warning("network", addresses.Detail, "Run this process in the engine's network namespace, or set Reachable.");
            }),
            await LookedAsync("capacity", "Free what others have taken, or raise MilliCpu, MemoryMib or DiskGib.", async () =>
            {
                var (total, used) = await GetCapacityAsync(cancellationToken);
                return ConnectionCheck.Ok("capacity", $"{total}, of which {used} are taken");
            }),
        ];
    }

    private static async Task<ConnectionCheck> LookedAsync(string name, string remedy, Func<Task<ConnectionCheck>> look)
    {
        try
        {
            return await look();
        }
        catch (FailureException e)
        {
            return ConnectionCheck.Failed(name, e.Failure.Message, remedy);
        }
    }

    public async Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var record = table.Find(computeId) ?? throw VimFailures.NoCompute(computeId).ToException();
        return await AtEngineAsync(async () => ContainerView.Events(await link.Engine.PastEventsAsync(
            [link.Mark.OwnerLabel, Mark.ComputeLabel(computeId)], record.CreatedAt, link.Clock.GetUtcNow().AddSeconds(1), cancellationToken)));
    }

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "networks").ToException();

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "networks").ToException();

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "networks").ToException();
}
