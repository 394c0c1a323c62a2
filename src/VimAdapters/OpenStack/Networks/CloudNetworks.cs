using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Neutron;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.OpenStack.Networks;

/// <summary>Networks that were asked for: one of Neutron's with one subnet each, under a name that can be looked for.</summary>
internal sealed class CloudNetworks(NetworkTable table, NeutronClient neutron, Mark mark, OpenStackOptions options, TimeProvider clock)
{
    private readonly KeyedLock keys = new();
    private readonly KeyedLock choosing = new();

    public IReadOnlyList<VimNetwork> All => [.. table.All.Where(r => !r.Deleting).Select(View)];

    /// <summary>Neutron's id of a network; null: there is none.</summary>
    public string? CloudIdOf(string networkId) => table.Find(networkId) is { Deleting: false, CloudId: { Length: > 0 } id } ? id : null;

    public async Task<VimNetwork> EnsureAsync(string networkId, long number, NetworkSpec spec, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(networkId, cancellationToken);
        var subject = VimFailures.NetworkSubject(networkId);
        var fence = table.FenceOf(networkId);
        RequestRules.Refuse(fence.RefuseEnsure(subject, number));
        var existing = table.Find(networkId);
        RequestRules.Refuse(existing is null ? null
            : existing.Deleting ? VimFailures.BeingDeleted(subject)
            : existing.Spec!.DifferenceFrom(spec) is { } field ? VimFailures.OtherSpec(subject, field) : null);
        cancellationToken.ThrowIfCancellationRequested();
        var record = existing is not null
            ? existing.Fence.Last == number ? existing : table.Put(existing with { Fence = fence.Saw(number) })
            : await AddAsync(networkId, number, spec, fence, cancellationToken);
        return View(await MakeAsync(record, existing is null ? fence : null));
    }

    public async Task DeleteIfAnyAsync(string networkId, long number, Func<string?> userOf, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(networkId, cancellationToken);
        var subject = VimFailures.NetworkSubject(networkId);
        var fence = table.FenceOf(networkId);
        RequestRules.Refuse(fence.RefuseDelete(subject, number));
        var record = table.Find(networkId);
        RequestRules.Refuse(record is not null && userOf() is { } user ? VimFailures.NetworkInUse(networkId, user) : null);
        fence = fence.Seal(number);
        if (record is not null)
        {
            table.Put(record with { Fence = fence, Deleting = true });
        }

        await RemoveAsync(networkId, cancellationToken);
        table.Put(new() { NetworkId = networkId, Fence = fence, At = clock.GetUtcNow() });
    }

    /// <summary>Drops the numbers of what is long gone, and finishes deletes that were begun.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        table.Forget(clock.GetUtcNow() - options.FenceRetention);
        foreach (var record in table.All.Where(r => r.Deleting))
        {
            using var key = keys.TryTake(record.NetworkId);
            if (key is not null && table.Find(record.NetworkId) is { Deleting: true } still)
            {
                await RemoveAsync(still.NetworkId, cancellationToken);
                table.Put(new() { NetworkId = still.NetworkId, Fence = still.Fence, At = clock.GetUtcNow() });
            }
        }
    }

    private async Task<NetworkRecord> AddAsync(string networkId, long number, NetworkSpec spec, Fence fence, CancellationToken cancellationToken)
    {
        using var alone = await choosing.TakeAsync("", cancellationToken);
        var taken = table.All.Select(r => r.Cidr).Where(c => c.Length > 0).Select(IPNetwork.Parse).ToArray();
        var cidr = spec.Cidr.Length == 0 ? NetworkChoice.Free(options.NetworkPool, taken) : NetworkChoice.Overlaps(IPNetwork.Parse(spec.Cidr), taken) ? null : spec.Cidr;
        return cidr is null
            ? throw VimFailures.NoRoom(VimFailures.NetworkSubject(networkId), spec.Cidr.Length == 0
                ? $"Every network of {options.NetworkPool} is taken; enlarge NetworkPool, or ask for a cidr." : $"{spec.Cidr} overlaps with another of our networks.").ToException()
            : table.Put(new() { NetworkId = networkId, Spec = spec, Fence = fence.Saw(number), At = clock.GetUtcNow(), Cidr = cidr });
    }

    private async Task<NetworkRecord> MakeAsync(NetworkRecord record, Fence? before)
    {
        try
        {
            var network = await EnsureNetworkAsync(record);
            await EnsureSubnetAsync(record, network);
            return record.CloudId == network.Id ? record : table.Put(record with { CloudId = network.Id });
        }
        catch (OpenStackRefusedException e)
        {
            var failure = OpenStackFailures.General(e) with { Subject = VimFailures.NetworkSubject(record.NetworkId) };
            if (before is not null && !failure.Retryable)
            {
                // What is refused is not left behind, and does not move the number.
                await RemoveAsync(record.NetworkId, CancellationToken.None);
                table.Put(new() { NetworkId = record.NetworkId, Fence = before, At = clock.GetUtcNow() });
            }

            throw new FailureException(failure, e);
        }
    }

    private async Task<NetworkDetails> EnsureNetworkAsync(NetworkRecord record)
    {
        var same = await OfAsync(record.NetworkId, CancellationToken.None);
        foreach (var twin in same.Where(n => n.Id != (record.CloudId.Length > 0 ? record.CloudId : same[0].Id)))
        {
            await neutron.DeleteNetworkAsync(twin.Id, CancellationToken.None);
        }

        if (same.FirstOrDefault(n => record.CloudId.Length == 0 || n.Id == record.CloudId) is { } there)
        {
            return there;
        }

        var network = await neutron.CreateNetworkAsync(new(mark.Network(record.NetworkId), mark.Shared), CancellationToken.None);
        await neutron.TagAsync("networks", network.Id, [mark.Tag], CancellationToken.None);
        return network;
    }

    private async Task EnsureSubnetAsync(NetworkRecord record, NetworkDetails network)
    {
        if ((await neutron.SubnetsAsync(network.Id, CancellationToken.None)).Count == 0)
        {
            await neutron.CreateSubnetAsync(
                new()
                {
                    Name = mark.Network(record.NetworkId),
                    Description = mark.Shared,
                    NetworkId = network.Id,
                    Cidr = record.Cidr,
                    IpVersion = record.Cidr.Contains(':', StringComparison.Ordinal) ? 6 : 4,
                },
                CancellationToken.None);
        }
    }

    private async Task RemoveAsync(string networkId, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var network in await OfAsync(networkId, cancellationToken))
            {
                await neutron.DeleteNetworkAsync(network.Id, cancellationToken);
            }
        }
        catch (OpenStackRefusedException e) when (e.Status == HttpStatusCode.Conflict)
        {
            throw new FailureException(VimFailures.DoesNotGo(VimFailures.NetworkSubject(networkId), $"Something that is not a compute of ours is on it: {e.Message}"), e);
        }
        catch (OpenStackRefusedException e)
        {
            throw new FailureException(OpenStackFailures.General(e), e);
        }
    }

    private async Task<IReadOnlyList<NetworkDetails>> OfAsync(string networkId, CancellationToken cancellationToken) =>
        [.. (await neutron.NetworksAsync(mark.Network(networkId), cancellationToken)).Where(n => n.Description == mark.Shared).OrderBy(n => n.Id, StringComparer.Ordinal)];

    private static VimNetwork View(NetworkRecord record) => new(record.NetworkId, record.Spec!, record.Fence.Last, record.Cidr);
}

/// <summary>Which addresses a network gets. Pure.</summary>
internal static class NetworkChoice
{
    private const int PrefixLength = 24;

    /// <summary>The first /24 of the pool that overlaps with none that is taken; null: there is none.</summary>
    public static string? Free(string pool, IReadOnlyList<IPNetwork> taken)
    {
        var whole = IPNetwork.Parse(pool);
        var first = BitConverter.ToUInt32([.. whole.BaseAddress.GetAddressBytes().Reverse()]);
        for (var i = 0L; i < 1L << Math.Max(0, PrefixLength - whole.PrefixLength); i++)
        {
            var address = new IPAddress([.. BitConverter.GetBytes((uint)(first + (i << (32 - PrefixLength)))).Reverse()]);
            var candidate = new IPNetwork(address, PrefixLength);
            if (!Overlaps(candidate, taken))
            {
                return candidate.ToString();
            }
        }

        return null;
    }

    public static bool Overlaps(IPNetwork one, IReadOnlyList<IPNetwork> others) => others.Any(o => o.Contains(one.BaseAddress) || one.Contains(o.BaseAddress));
}
