using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>
/// The bridge network of our computes, with addresses that we give: the engine forgets the address of a container that
/// stands still, and gives it to the next one.
/// </summary>
internal sealed class ContainerNetwork(EngineClient engine, Mark mark, AddressRange range, TimeProvider clock)
{
    // A network is made in a fifth of a second.
    private const int Looks = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Sees to it that the network is there, with our range.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (await engine.NetworkIfAnyAsync(mark.Network, cancellationToken) is { } there)
        {
            Check(there);
            return;
        }

        try
        {
            await engine.CreateNetworkAsync(new()
            {
                Name = mark.Network,
                Addresses = new([new(range.ToString(), range.At(0))]),
                Labels = new Dictionary<string, string> { [Mark.Vim] = mark.Owner },
            }, cancellationToken);
        }
        catch (EngineRefusedException e) when (e.Status != HttpStatusCode.ServiceUnavailable)
        {
            // Another call of ours may be making it at this moment, or one of a process before us whose answer nobody heard.
            Check(await SoonAsync(cancellationToken) ?? throw Refused($"The engine could not make the network {mark.Network} with {range}: "
                + $"{e.Message}. Where the range is in use, AddressRange names another one.").ToException());
        }
    }

    /// <summary>The address for a compute; refuses when the wanted one, or every one, is taken.</summary>
    public string Choose(string computeId, string wanted, IReadOnlyCollection<ContainerRecord> others)
    {
        var taken = others.Select(o => o.Address).ToHashSet(StringComparer.Ordinal);
        if (wanted.Length > 0)
        {
            return range.SlotOf(wanted) is not > 0
                ? throw VimFailures.NoRoom($"compute/{computeId}", $"Address {wanted} lies outside {range}, the range of this VIM, or is the machine's own.").ToException()
                : taken.Contains(range.At(range.SlotOf(wanted)!.Value))
                    ? throw VimFailures.NoRoom($"compute/{computeId}", $"Address {wanted} is taken by another compute.").ToException()
                    : range.At(range.SlotOf(wanted)!.Value);
        }

        // Slot 0 is the machine's own.
        return Enumerable.Range(1, range.Count - 1).Select(range.At).FirstOrDefault(a => !taken.Contains(a))
            ?? throw VimFailures.NoRoom($"compute/{computeId}", $"All {range.Count - 1} addresses of {range} are taken.").ToException();
    }

    private async Task<NetworkDetails?> SoonAsync(CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (await engine.NetworkIfAnyAsync(mark.Network, cancellationToken) is { } there)
            {
                return there;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }

        return null;
    }

    private void Check(NetworkDetails there)
    {
        var has = there.Addresses?.Config is { Count: > 0 } ranges ? ranges[0].Subnet : null;
        if (there.Labels?.GetValueOrDefault(Mark.Vim) != mark.Owner)
        {
            throw Refused($"The engine has a network {mark.Network} that is not ours; remove it, or name another Owner.").ToException();
        }

        if (AddressRange.TryParse(has ?? "", out _) is not { } ours || ours.At(0) != range.At(0) || ours.Count != range.Count)
        {
            throw Refused($"The engine's network {mark.Network} has {has}, and AddressRange is {range}; delete the computes and `docker network rm {mark.Network}`, or set the range back.").ToException();
        }
    }

    private Failure Refused(string message) => new(FailureKind.IllegalState, "VIM_NETWORK", message, mark.Network);
}
