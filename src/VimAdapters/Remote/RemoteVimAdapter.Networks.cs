using Mano.Mesh.Failures;
using Mano.Vim.V1;
using Mano.VimAdapters.Contract;
using ConnectionCheck = Mano.VimAdapters.Contract.ConnectionCheck;
using NetworkSpec = Mano.VimAdapters.Contract.NetworkSpec;
using VimEvent = Mano.VimAdapters.Contract.VimEvent;

namespace Mano.VimAdapters.Remote;

/// <summary>Networks, events, and the look at the connection.</summary>
public sealed partial class RemoteVimAdapter
{
    /// <summary>First whether the adapter's process answers, then what it found itself.</summary>
    public async Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken)
    {
        const string Process = "adapter process";
        try
        {
            var response = await CallAsync(async call => await client.CheckConnectionAsync(new(), call), cancellationToken);
            return [ConnectionCheck.Ok(Process, $"it answers at {options.Address}"), .. response.Checks.Select(VimWire.FromWire)];
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.Unimplemented)
        {
            return [ConnectionCheck.Warning(Process, $"it answers at {options.Address}, and does not know CheckConnection", "Bring the adapter up to date: every adapter looks at its connection.")];
        }
        catch (FailureException e)
        {
            return [ConnectionCheck.Failed(Process, $"{options.Address}: {e.Failure.Message}", "Start the adapter's process there, or correct Address.")];
        }
    }

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<VimEvent>>(
        async call => [.. (await client.ListEventsAsync(new() { ComputeId = computeId }, call)).Events.Select(VimWire.FromWire)], cancellationToken);

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) => CallAsync(async call =>
    {
        var request = new EnsureNetworkRequest { NetworkId = networkId, OperationNumber = operationNumber, Spec = VimWire.ToWire(spec) };
        return VimWire.FromWire((await client.EnsureNetworkAsync(request, call)).Network);
    }, cancellationToken);

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => CallAsync<IReadOnlyList<VimNetwork>>(
        async call => [.. (await client.ListNetworksAsync(new(), call)).Networks.Select(VimWire.FromWire)], cancellationToken);

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) => CallAsync(
        async call => await client.DeleteNetworkIfAnyAsync(new() { NetworkId = networkId, OperationNumber = operationNumber }, call), cancellationToken);
}
