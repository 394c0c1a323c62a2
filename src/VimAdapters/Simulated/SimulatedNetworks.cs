using System.Buffers.Binary;
using System.Net;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>What the simulated VIM knows of one network's key: its numbers, and what it is while there is one.</summary>
internal sealed record SimulatedNetwork(string NetworkId, Fence Fence, NetworkSpec? Spec, string Cidr, DateTimeOffset TouchedAt)
{
    public VimNetwork Seen() => new(NetworkId, Spec!, Fence.Last, Cidr);
}

/// <summary>The networks, keyed and fenced like computes, and the addresses on them. Not thread-safe; called under the VIM's lock.</summary>
internal sealed class SimulatedNetworks(SimulatedStore store, SimulatedVimOptions options, TimeProvider clock)
{
    public IReadOnlyList<VimNetwork> All => [.. store.Networks.Where(n => n.Spec is not null).Select(n => n.Seen())];

    public VimNetwork Ensure(string networkId, long number, NetworkSpec spec)
    {
        var subject = VimFailures.NetworkSubject(networkId);
        var known = store.Network(networkId);
        RequestRules.Refuse(known.Fence.RefuseEnsure(subject, number));
        RequestRules.Refuse(known.Spec?.DifferenceFrom(spec) is { } field ? VimFailures.OtherSpec(subject, field) : null);
        var cidr = known.Spec is null ? Choose(subject, spec.Cidr) : known.Cidr;
        return Put(known with { Fence = known.Fence.Saw(number), Spec = spec, Cidr = cidr }).Seen();
    }

    public void DeleteIfAny(string networkId, long number)
    {
        var known = store.Network(networkId);
        RequestRules.Refuse(known.Fence.RefuseDelete(VimFailures.NetworkSubject(networkId), number));
        var user = store.Keys.FirstOrDefault(k => k.Compute?.Spec.Networks.Contains(networkId) == true);
        RequestRules.Refuse(user is null ? null : VimFailures.NetworkInUse(networkId, user.ComputeId));
        Put(known with { Fence = known.Fence.Seal(number), Spec = null, Cidr = "" });
    }

    /// <summary>An address on each network of the specification, in order; the first is the one that was asked for, if one was.</summary>
    public IReadOnlyList<string> AddressesOn(string computeId, ComputeSpec spec)
    {
        var given = new List<string>();
        foreach (var networkId in spec.Networks)
        {
            var network = store.Network(networkId);
            RequestRules.Refuse(network.Spec is null ? VimFailures.NoNetwork(computeId, networkId) : null);
            given.Add(AddressOn(computeId, network, given.Count == 0 ? spec.Address : ""));
        }

        return given;
    }

    private string AddressOn(string computeId, SimulatedNetwork network, string wanted)
    {
        var cidr = IPNetwork.Parse(network.Cidr);
        var taken = store.Keys.Where(k => k.Compute?.Spec.Networks.Contains(network.NetworkId) == true)
            .SelectMany(k => k.Compute!.FurtherAddresses.Append(k.Compute.Address)).ToHashSet(StringComparer.Ordinal);
        var found = wanted.Length > 0
            ? IPAddress.TryParse(wanted, out var address) && cidr.Contains(address) && !taken.Contains(wanted) ? wanted : null
            : Hosts(cidr).FirstOrDefault(a => !taken.Contains(a));
        return found ?? throw VimFailures.NoRoom($"compute/{computeId}", wanted.Length > 0
            ? $"Address {wanted} is taken, or not of network {network.NetworkId}, which is {cidr}." : $"All addresses of network {network.NetworkId}, {cidr}, are taken.").ToException();
    }

    /// <summary>Without the network's own address, the gateway's and the broadcast.</summary>
    private static IEnumerable<string> Hosts(IPNetwork cidr)
    {
        var bytes = cidr.BaseAddress.GetAddressBytes();
        var tail = bytes.AsSpan(bytes.Length - 4).ToArray();
        var first = BinaryPrimitives.ReadUInt32BigEndian(tail);
        var bits = Math.Min(16, (bytes.Length * 8) - cidr.PrefixLength);
        for (var i = 2L; i < (1L << bits) - 1; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(tail, (uint)(first + i));
            tail.CopyTo(bytes.AsSpan(bytes.Length - 4));
            yield return new IPAddress(bytes).ToString();
        }
    }

    private string Choose(string subject, string wanted)
    {
        var taken = store.Networks.Where(n => n.Spec is not null).Select(n => IPNetwork.Parse(n.Cidr)).ToArray();
        var cidr = wanted.Length > 0
            ? new[] { IPNetwork.Parse(wanted) }.Where(c => !taken.Any(t => Overlap(t, c))).Cast<IPNetwork?>().FirstOrDefault()
            : Subnets().Where(c => !taken.Any(t => Overlap(t, c))).Cast<IPNetwork?>().FirstOrDefault();
        return cidr?.ToString() ?? throw VimFailures.NoRoom(subject, wanted.Length > 0
            ? $"{wanted} is taken, in part or whole, by another network." : $"All of {options.NetworkRange} is taken.").ToException();
    }

    private IEnumerable<IPNetwork> Subnets()
    {
        var range = IPNetwork.Parse(options.NetworkRange);
        var first = BinaryPrimitives.ReadUInt32BigEndian(range.BaseAddress.GetAddressBytes());
        for (var i = 0L; i < 1L << (24 - range.PrefixLength); i++)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(first + (i << 8)));
            yield return new IPNetwork(new IPAddress(bytes), 24);
        }
    }

    private static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.BaseAddress.AddressFamily == other.BaseAddress.AddressFamily && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress));

    private SimulatedNetwork Put(SimulatedNetwork network)
    {
        var now = clock.GetUtcNow();
        network = network with { TouchedAt = now };
        store.PutNetwork(network, now - options.FenceRetention);
        return network;
    }
}
