using System.Globalization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

public sealed partial class OpenStackVim
{
    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken) => new ConnectionLook(home).LookAsync(cancellationToken);

    public async Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var record = home.Table.Find(computeId) ?? throw VimFailures.NoCompute(computeId).ToException();
        return await AtCloudAsync<IReadOnlyList<VimEvent>>(async () =>
        {
            if (await home.Mover.FindAsync(record, cancellationToken) is not { } server)
            {
                return [];
            }

            var actions = await home.Nova.ActionsAsync(server.Id, cancellationToken);
            var fault = server.Fault is { Message: { Length: > 0 } message } f ? [new VimEvent(f.Created ?? server.Updated ?? server.Created, "fault", ErrorText.OneLine(message), true)] : Array.Empty<VimEvent>();
            return [.. fault.Concat(actions.Select(EventOf)).OrderByDescending(e => e.At).Take(VimEvent.MaxListed)];
        });
    }

    public async Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken)
    {
        NetworkRules.CheckNetwork(networkId, operationNumber, spec);
        return await AtCloudAsync(() => home.Networks.EnsureAsync(networkId, operationNumber, spec, cancellationToken));
    }

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => Task.FromResult(home.Networks.All);

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken)
    {
        NetworkRules.CheckNetworkKey(networkId, operationNumber);
        return AtCloudAsync(async () =>
        {
            await home.Networks.DeleteIfAnyAsync(networkId, operationNumber, () => home.Table.All.FirstOrDefault(r => r.Spec.Networks.Contains(networkId))?.ComputeId, cancellationToken);
            return true;
        });
    }

    private static VimEvent EventOf(ServerAction action)
    {
        var at = DateTimeOffset.TryParse(action.StartTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed) ? parsed : default;
        return new(at, action.Action, $"{(action.Message is { Length: > 0 } message ? message : "asked for")} ({action.RequestId})", action.Message is { Length: > 0 });
    }
}
