using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Vims;

/// <summary>Which hosts use which VIM, and which instances are on which host.</summary>
internal sealed class VimUsers(MecHosts hosts, InstanceBook instances)
{
    public IReadOnlyList<string> HostsOn(string vim) =>
        [.. hosts.All.Where(h => VimNames.Referred(h.Options.Vim) == vim).Select(h => h.HostId).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> InstancesOn(string hostId) =>
        [.. instances.All().Where(v => v.Record.Desired.HostId == hostId).Select(v => v.Record.AppInstanceId)];
}

/// <summary>The MEC hosts of this site as an operator changes them at run time.</summary>
internal sealed class SiteHosts(VimChanges changes, MecHosts hosts, VimUsers users)
{
    /// <summary>How many instances a refusal names.</summary>
    private const int Named = 5;

    public Task<StoredHost> Add(StoredHost host, CancellationToken cancel) => changes.InTurn(async () =>
    {
        if (changes.Book.Host(host.HostId) is { } present)
        {
            return present.SameAs(host)
                ? present
                : throw Exists(host.HostId, $"This site has a host {host.HostId} that is otherwise; 'mano host remove {host.HostId}' first.");
        }

        if (hosts.Find(host.HostId) is not null)
        {
            throw Exists(host.HostId, $"Host {host.HostId} is in the configuration of this site's MEPM; take another id.");
        }

        _ = changes.Book.NeededVim(host.Vim);
        if (await VimZones.Refuse(changes.Connections.Of(host.Vim), host.Vim, host.VimZone ?? "", changes.Clock, cancel) is { } noZone)
        {
            throw noZone.ToException();
        }

        var made = host with { AddedAt = changes.Now };
        await changes.Book.Put(made);
        hosts.Add(made.ToOptions());
        VimLog.HostAdded(changes.Logger, host.HostId, host.Vim);
        return made;
    }, cancel);

    /// <summary>Takes a host away; nothing happens where there is none. Refused while instances are there.</summary>
    public Task<bool> RemoveIfAny(string hostId, CancellationToken cancel) => changes.InTurn(async () =>
    {
        if (hosts.Find(hostId) is not { } host)
        {
            return false;
        }

        if (changes.Book.Host(hostId) is null)
        {
            throw Failure.IllegalState("HOST_CONFIGURED", $"Host {hostId} is in the configuration of this site's MEPM: take it out of its flags or site file, and start it again.",
                $"host/{hostId}", "CONFIGURED", "ADDED").ToException();
        }

        // The door closes first: an instance that is on its way here is either counted below, or finds no host.
        await host.Door.Close();
        try
        {
            if (users.InstancesOn(hostId) is { Count: > 0 } there)
            {
                var more = there.Count > Named ? $" and {there.Count - Named} more" : "";
                throw Failure.IllegalState("HOST_IN_USE", $"Host {hostId} has {there.Count} instance{(there.Count == 1 ? "" : "s")} ({string.Join(", ", there.Take(Named))}{more}); "
                    + $"'mano host maintenance on {hostId}' keeps new ones away, then terminate these.", $"host/{hostId}", "IN_USE", "EMPTY").ToException();
            }

            await changes.Book.ForgetHost(hostId);
            hosts.Remove(host);
        }
        catch
        {
            host.Door.Open();
            throw;
        }

        VimLog.HostRemoved(changes.Logger, hostId);
        return true;
    }, cancel);

    private static FailureException Exists(string hostId, string message) => Failure.AlreadyExists("HOST_EXISTS", message, $"host/{hostId}").ToException();
}
