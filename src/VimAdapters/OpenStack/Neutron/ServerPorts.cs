using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack.Neutron;

/// <summary>
/// The computes' ports: one for each of its networks, made by us before the server and under a name that can be looked for, so that a
/// crash leaves nothing that cannot be found. Computes that declare the same ports share a security group. Callers hold the compute's key.
/// </summary>
internal sealed class ServerPorts(NeutronClient neutron, Mark mark, OpenStackOptions options, ServerTable table, ILogger logger)
{
    private readonly KeyedLock groups = new();

    /// <summary>Sees to it that the ports are there, in the order of the networks.</summary>
    public async Task<IReadOnlyList<PortDetails>> EnsureAsync(ServerRecord record, IReadOnlyList<string> networkIds)
    {
        var there = await neutron.PortsAsync(mark.PortsOf(record.ComputeId), CancellationToken.None);
        var ports = new List<PortDetails>();
        using var key = await groups.TakeAsync(mark.SecurityGroup(record.Spec.Ports), CancellationToken.None);
        IReadOnlyList<string>? security = null;
        for (var place = 0; place < networkIds.Count; place++)
        {
            var name = mark.Port(record.ComputeId, place);
            var same = there.Where(p => p.Name == name && p.NetworkId == networkIds[place]).OrderBy(p => p.Id, StringComparer.Ordinal).ToArray();
            foreach (var twin in same.Skip(1))
            {
                Log.RemovedLeftover(logger, "Port", twin.Name, twin.Id);
                await neutron.DeletePortAsync(twin.Id, CancellationToken.None);
            }

            if (same.Length > 0)
            {
                ports.Add(same[0]);
                continue;
            }

            security ??= options.SecurityGroups ? await SecurityGroupsAsync(record.Spec) : null;
            ports.Add(await MakeAsync(record, name, networkIds[place], place == 0 ? record.Spec.Address : "", security));
        }

        return ports;
    }

    /// <summary>The ports of a compute.</summary>
    public Task<IReadOnlyList<PortDetails>> OfAsync(string computeId, CancellationToken cancellationToken) =>
        neutron.PortsAsync(mark.PortsOf(computeId), cancellationToken);

    /// <summary>Removes a compute's ports, and the security group that only they used.</summary>
    public async Task RemoveAsync(string computeId, ServerRecord? record, CancellationToken cancellationToken)
    {
        foreach (var port in await OfAsync(computeId, cancellationToken))
        {
            await neutron.DeletePortAsync(port.Id, cancellationToken);
        }

        if (record is not null && options.SecurityGroups)
        {
            await RemoveUnusedGroupsAsync(mark.SecurityGroup(record.Spec.Ports), record.ComputeId, cancellationToken);
        }
    }

    /// <summary>Removes what is ours and of no compute that is known.</summary>
    /// <param name="isKnown">Whether a compute is known, or its server is there.</param>
    /// <returns>The ports of known computes that no server has.</returns>
    public async Task<IReadOnlyList<(string ComputeId, string PortId)>> SweepAsync(Func<string, bool> isKnown, CancellationToken cancellationToken)
    {
        var loose = new List<(string, string)>();
        foreach (var port in await neutron.PortsAsync(null, cancellationToken))
        {
            if (mark.OwnerOfPort(port.Description) is not { } owner)
            {
                continue;
            }

            if (isKnown(owner))
            {
                loose.AddRange(port.DeviceId is { Length: > 0 } ? [] : [(owner, port.Id)]);
                await TagAsync(port, owner, cancellationToken);
            }
            else
            {
                Log.RemovedLeftover(logger, "Port", port.Name, port.Id);
                await neutron.DeletePortAsync(port.Id, cancellationToken);
            }
        }

        foreach (var name in (await neutron.SecurityGroupsAsync(null, cancellationToken)).Where(g => mark.IsSecurityGroup(g.Name) && g.Description == mark.Shared).Select(g => g.Name).Distinct())
        {
            await RemoveUnusedGroupsAsync(name, "", cancellationToken);
        }

        return loose;
    }

    // Tags are for people, and take a request of their own: nobody waits for them.
    private Task TagAsync(PortDetails port, string owner, CancellationToken cancellationToken) => port.Tags is not { Count: 0 } ? Task.CompletedTask
        : neutron.TagAsync("ports", port.Id, [mark.Tag, $"{Mark.Compute}={owner}"], cancellationToken);

    private Task<PortDetails> MakeAsync(ServerRecord record, string name, string networkId, string address, IReadOnlyList<string>? security) => neutron.CreatePortAsync(
        new()
        {
            Name = name,
            Description = mark.PortsOf(record.ComputeId),
            NetworkId = networkId,
            FixedIps = address.Length > 0 ? [new() { IpAddress = address }] : null,
            SecurityGroups = security,
        },
        CancellationToken.None);

    private async Task<IReadOnlyList<string>> SecurityGroupsAsync(ComputeSpec spec)
    {
        var ids = new List<string> { await EnsureGroupAsync(spec.Ports) };
        foreach (var more in options.MoreSecurityGroups)
        {
            ids.Add(Guid.TryParse(more, out _) ? more
                : (await neutron.SecurityGroupsAsync(more, CancellationToken.None)).Select(g => g.Id).FirstOrDefault()
                    ?? throw new Mesh.Failures.FailureException(new(Mesh.Failures.FailureKind.IllegalState, "VIM_NO_SECURITY_GROUP",
                        $"There is no security group '{more}' in the project; make it, or correct MoreSecurityGroups.", OpenStackVim.AdapterName)));
        }

        return ids;
    }

    private async Task<string> EnsureGroupAsync(IReadOnlyList<ComputePort> ports)
    {
        var name = mark.SecurityGroup(ports);
        var group = (await neutron.SecurityGroupsAsync(name, CancellationToken.None)).Where(g => g.Description == mark.Shared).OrderBy(g => g.Id, StringComparer.Ordinal).FirstOrDefault();
        if (group is null)
        {
            group = await neutron.CreateSecurityGroupAsync(new(name, mark.Shared), CancellationToken.None);
            await neutron.TagAsync("security-groups", group.Id, [mark.Tag], CancellationToken.None);
        }

        foreach (var (protocol, number) in ports.Select(p => (p.Transport == Transport.Udp ? "udp" : "tcp", p.Number)).Distinct())
        {
            foreach (var family in new[] { "IPv4", "IPv6" })
            {
                if (!group.SecurityGroupRules.Any(r => r.Direction == "ingress" && r.Ethertype == family && r.Protocol == protocol && r.PortRangeMin == number && r.PortRangeMax == number))
                {
                    await neutron.EnsureRuleAsync(
                        new() { SecurityGroupId = group.Id, Ethertype = family, Protocol = protocol, PortRangeMin = number, PortRangeMax = number }, CancellationToken.None);
                }
            }
        }

        return group.Id;
    }

    private async Task RemoveUnusedGroupsAsync(string name, string exceptComputeId, CancellationToken cancellationToken)
    {
        using var key = await groups.TakeAsync(name, cancellationToken);
        if (table.All.Any(r => r.ComputeId != exceptComputeId && !r.Deleting && mark.SecurityGroup(r.Spec.Ports) == name))
        {
            return;
        }

        foreach (var group in (await neutron.SecurityGroupsAsync(name, cancellationToken)).Where(g => g.Description == mark.Shared))
        {
            try
            {
                await neutron.DeleteSecurityGroupAsync(group.Id, cancellationToken);
            }
            catch (Http.OpenStackRefusedException e) when (e.Status == System.Net.HttpStatusCode.Conflict)
            {
                // A port still has it: of an adopted compute, or put there by somebody else.
            }
        }
    }
}
