using System.Collections.Concurrent;
using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Cinder;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Networks;
using Mano.VimAdapters.OpenStack.Neutron;
using Mano.VimAdapters.OpenStack.Nova;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What servers are made with.</summary>
internal sealed record ServerParts(ServerPorts Ports, ServerVolumes Volumes, ServerGroups Groups, CloudNetworks Networks);

/// <summary>How what is ours is known, how it is to be, and when it is.</summary>
internal sealed record SiteTerms(Mark Mark, OpenStackOptions Options, TimeProvider Clock, ILogger Logger);

/// <summary>Brings one server to what its record intends. Every step may have been done before. Callers hold the key.</summary>
internal sealed class ServerMover(ServerParts parts, NovaClient nova, CloudState cloud, ServerTable table, SiteTerms terms)
{
    private readonly ConcurrentDictionary<string, Sight> seen = new(StringComparer.Ordinal);

    private sealed record Sight(ServerDetails Server, long At);

    /// <summary>The server as it was last seen; null: none was.</summary>
    public ServerDetails? LastSeen(string computeId) => seen.GetValueOrDefault(computeId)?.Server;

    /// <summary>
    /// The server of a record as it is now, or was at a look that is younger than the looks at what is on its way. Nova asks Neutron about
    /// every server that it shows: many callers that each ask anew slow both down for all.
    /// </summary>
    public Task<ServerDetails?> SeeAsync(ServerRecord record, CancellationToken cancellationToken) =>
        seen.GetValueOrDefault(record.ComputeId) is { } sight && sight.Server.Id == record.ServerId && terms.Clock.GetElapsedTime(sight.At) < terms.Options.FastPoll
            ? Task.FromResult<ServerDetails?>(sight.Server) : FindAsync(record, cancellationToken);

    /// <summary>Looks at all servers in one request, so that seeing each asks for none.</summary>
    public async Task LookAtAllAsync(CancellationToken cancellationToken)
    {
        if (table.All.Count(r => r.ServerId is not null) < 2)
        {
            return;
        }

        foreach (var server in await nova.ListAsync(terms.Mark.AllServers, null, cancellationToken))
        {
            if (terms.Mark.IsOurs(server) && table.Find(server.Metadata[Mark.Compute]) is { } record && record.ServerId == server.Id)
            {
                Saw(record.ComputeId, server);
            }
        }
    }

    /// <summary>The server of a record as it is now; null where there is none of this life.</summary>
    public async Task<ServerDetails?> FindAsync(ServerRecord record, CancellationToken cancellationToken)
    {
        var server = record.ServerId is { } id
            ? await nova.FindAsync(id, cancellationToken)
            : ServerChoice.Winner(record, Of(record, await nova.ListAsync(terms.Mark.OneServer(record.ComputeId), null, cancellationToken)));
        return Saw(record.ComputeId, server is { Status: "DELETED" } ? null : server);
    }

    /// <summary>Does what the record intends, as far as it is not done, and returns the record as it is then.</summary>
    /// <param name="known">Its server as it was seen just now; null: it is looked for.</param>
    public async Task<ServerRecord> MoveAsync(ServerRecord record, ServerDetails? known, CancellationToken cancellationToken)
    {
        if (record.Deleting || record.GaveUp is not null)
        {
            return record;
        }

        if ((known is not null ? Saw(record.ComputeId, known) : await FindAsync(record, cancellationToken)) is not { } server)
        {
            return record.ServerId is null ? await MakeAsync(record)
                : table.Put(record with { GaveUp = "its server was deleted by somebody else; not made again, because its disk is gone" });
        }

        if (record.ServerId != server.Id)
        {
            record = table.Put(record with { ServerId = server.Id });
        }

        return await PowerAsync(record, server, cancellationToken);
    }

    /// <summary>Removes servers of a record's key that are not its own: an answer was lost, and what was asked for came twice.</summary>
    public async Task<ServerRecord> RemoveTwinsAsync(ServerRecord record, IReadOnlyList<ServerDetails> servers, CancellationToken cancellationToken)
    {
        var all = servers.Where(s => terms.Mark.IsOurs(s) && s.Metadata[Mark.Compute] == record.ComputeId && s.Status != "DELETED").ToList();
        if (record.ServerId is { } id && all.TrueForAll(s => s.Id != id) && await FindAsync(record, cancellationToken) is { } own)
        {
            all.Add(own);
        }

        var winner = ServerChoice.Winner(record, Of(record, all));
        foreach (var twin in all.Where(s => s.Id != winner?.Id && s.TaskState != "deleting"))
        {
            Log.RemovedServer(terms.Logger, twin.Id, record.ComputeId, $"{winner?.Id ?? "none"} is its server");
            await nova.DeleteAsync(twin.Id, cancellationToken);
        }

        return winner is null || winner.Id == record.ServerId ? record : table.Put(record with { ServerId = winner.Id });
    }

    /// <summary>
    /// Gives a compute its port back. Nova takes a port from a server when another one, which had claimed it too, ends; two of one key
    /// may have met so.
    /// </summary>
    public async Task AttachAsync(ServerRecord record, string portId, CancellationToken cancellationToken)
    {
        // It was seen loose some requests ago, perhaps before Nova bound it: what runs now may have it.
        if (await FindAsync(record, cancellationToken) is { Status: "ACTIVE", TaskState: null } server
            && (await parts.Ports.OfAsync(record.ComputeId, cancellationToken)).Any(p => p.Id == portId && p.DeviceId is not { Length: > 0 }))
        {
            Log.PortLost(terms.Logger, portId, record.ComputeId);
            await nova.TryAttachAsync(server.Id, portId, cancellationToken);
        }
    }

    /// <summary>Removes all of a compute: its servers, then what they were made with; returns when nothing is left.</summary>
    public async Task RemoveAsync(string computeId, ServerRecord? record, CancellationToken cancellationToken)
    {
        var started = terms.Clock.GetTimestamp();
        while (await LeftAsync(computeId, record, cancellationToken) is { Count: > 0 } left)
        {
            RefuseIfLong(started, computeId, $"Its server ({left[0].Id}) is {left[0].Status}");
            await Task.Delay(terms.Options.FastPoll, terms.Clock, cancellationToken);
        }

        await parts.Ports.RemoveAsync(computeId, record, cancellationToken);
        if (record is { Spec.Groups.Count: > 0 })
        {
            await parts.Groups.SweepAsync(computeId, cancellationToken);
        }

        if ((await cloud.FactsAsync(cancellationToken)).HasCinder)
        {
            while (await parts.Volumes.RemoveAsync(computeId, cancellationToken) is (> 0, var why))
            {
                RefuseIfLong(started, computeId, $"One of its volumes is still there: {why}");
                await Task.Delay(terms.Options.FastPoll, terms.Clock, cancellationToken);
            }
        }

        seen.TryRemove(computeId, out _);
    }

    /// <summary>The servers that are left, each asked to go.</summary>
    private async Task<IReadOnlyList<ServerDetails>> LeftAsync(string computeId, ServerRecord? record, CancellationToken cancellationToken)
    {
        // One that is DELETED is counted among what the project uses until Nova forgets it, a moment later.
        var left = (await nova.ListAsync(terms.Mark.OneServer(computeId), null, cancellationToken))
            .Where(s => terms.Mark.IsOurs(s) && s.Metadata[Mark.Compute] == computeId && s.Status != "SOFT_DELETED").ToList();

        // A name can be changed by hand; the id cannot.
        if (record?.ServerId is { } id && left.TrueForAll(s => s.Id != id) && await nova.FindAsync(id, cancellationToken) is { Status: not "SOFT_DELETED" } renamed)
        {
            left.Add(renamed);
        }

        foreach (var server in left.Where(s => s.TaskState != "deleting" && s.Status != "DELETED"))
        {
            await nova.DeleteAsync(server.Id, cancellationToken);
        }

        return left;
    }

    private IReadOnlyList<ServerDetails> Of(ServerRecord record, IReadOnlyList<ServerDetails> servers) =>
        [.. servers.Where(s => terms.Mark.IsOurs(s) && s.Metadata[Mark.Compute] == record.ComputeId && s.Metadata.GetValueOrDefault(Mark.Life) == record.Life && s.Status != "DELETED")];

    private ServerDetails? Saw(string computeId, ServerDetails? server)
    {
        if (server is null)
        {
            seen.TryRemove(computeId, out _);
        }
        else
        {
            seen[computeId] = new(server, terms.Clock.GetTimestamp());
        }

        return server;
    }

    private async Task<ServerRecord> PowerAsync(ServerRecord record, ServerDetails server, CancellationToken cancellationToken)
    {
        if (server is { Status: "ACTIVE", TaskState: null } && record.Desired == PowerState.Stopped)
        {
            await nova.TryStopAsync(server.Id, cancellationToken);
            await FindAsync(record, cancellationToken);
        }
        else if (server is { Status: "SHUTOFF", TaskState: null } && record is { Desired: PowerState.Started, StartPending: true })
        {
            await nova.TryStartAsync(server.Id, cancellationToken);
            await FindAsync(record, cancellationToken);
        }
        else if (server is { Status: "ACTIVE" } && record is { Desired: PowerState.Started, StartPending: true })
        {
            return table.Put(record with { StartPending = false });
        }

        return record;
    }

    /// <summary>
    /// A compute that has no server yet. What an answer was lost about is looked for before it is asked for again, here by the caller
    /// that comes back and by every later look.
    /// </summary>
    private async Task<ServerRecord> MakeAsync(ServerRecord record)
    {
        var facts = await cloud.FactsAsync(CancellationToken.None);
        var networks = record.Spec.Networks.Count == 0 ? [facts.Network.Id]
            : record.Spec.Networks.Select(n => parts.Networks.CloudIdOf(n) ?? throw VimFailures.NoNetwork(record.ComputeId, n).ToException()).ToArray();
        var ports = await parts.Ports.EnsureAsync(record, networks);
        if (record.Address.Length == 0 && ports[0].FixedIps.Select(f => f.IpAddress).FirstOrDefault(a => a is { Length: > 0 }) is { } address)
        {
            record = table.Put(record with { Address = address });
        }

        IReadOnlyList<VolumeDetails>? volumes = [];
        if (record.Spec.Volumes.Count > 0 && (volumes = await parts.Volumes.EnsureAsync(record)) is null)
        {
            return record;
        }

        using var group = await parts.Groups.TakeAsync(record.Spec, CancellationToken.None);
        var request = ServerRequest.Of(record, terms.Mark, terms.Options, [.. ports.Select(p => p.Id)], await parts.Groups.EnsureAsync(record.Spec), volumes);
        Log.Starts(terms.Logger, record.ComputeId, record.Fence.Last, record.FlavorName);
        return table.Put(record with { ServerId = await CreateAsync(record, request) });
    }

    private async Task<string> CreateAsync(ServerRecord record, CreateServerRequest request)
    {
        try
        {
            return await nova.CreateAsync(request, CancellationToken.None);
        }
        catch (Exception e) when (e is FailureException { Failure.Kind: FailureKind.Unavailable or FailureKind.DeadlineExceeded or FailureKind.Internal } or OpenStackRefusedException { Status: >= HttpStatusCode.InternalServerError })
        {
            Log.AnswerLost(terms.Logger, record.ComputeId, e.Message);
            var there = ServerChoice.Winner(record, Of(record, await nova.ListAsync(terms.Mark.OneServer(record.ComputeId), null, CancellationToken.None)));
            if (there is null)
            {
                throw;
            }

            return there.Id;
        }
    }

    private void RefuseIfLong(long started, string computeId, string what)
    {
        if (terms.Clock.GetElapsedTime(started) >= terms.Options.DeletePatience)
        {
            Log.DoesNotGo(terms.Logger, computeId, terms.Options.DeletePatience);
            throw VimFailures.DoesNotGo(computeId, $"{what}, {terms.Options.DeletePatience.TotalSeconds} s after it was deleted; that goes on.").ToException();
        }
    }
}

/// <summary>Which of several servers of one life is the compute's, the same whoever asks. Pure.</summary>
internal static class ServerChoice
{
    public static ServerDetails? Winner(ServerRecord record, IReadOnlyList<ServerDetails> servers) => servers
        .OrderBy(s => s.Id == record.ServerId ? 0 : 1).ThenBy(s => s.Status == "ERROR" ? 1 : 0).ThenBy(s => s.Created).ThenBy(s => s.Id, StringComparer.Ordinal).FirstOrDefault();
}
