using System.Collections.Concurrent;
using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;
using Mano.VimAdapters.LocalContainers.Images;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What containers are made with.</summary>
internal sealed record ContainerParts(ContainerNetwork Network, ContainerImages Images, ContainerVolumes Volumes);

/// <summary>Brings one container to what its record intends. Every step may have been done before. Callers hold the key.</summary>
internal sealed class ContainerMover(ContainerParts parts, EngineLink link, ContainerTable table, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, int> lastExits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTimeOffset? Run, long Since)> suspects = new(StringComparer.Ordinal);

    /// <summary>The container of a record; null where there is none of this life.</summary>
    public async Task<ContainerDetails?> FindAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        var container = await link.Engine.InspectIfAnyAsync(link.Mark.Container(record.ComputeId), cancellationToken);
        if (container is { State.Status: "exited" or "restarting" })
        {
            lastExits[record.ComputeId] = container.State.ExitCode;
        }

        return container is not null && IsOf(record, container) ? container : null;
    }

    /// <summary>How it ended last, if that was seen.</summary>
    public int? LastExit(string computeId) => lastExits.TryGetValue(computeId, out var code) ? code : null;

    /// <summary>Remembers how it ended.</summary>
    public void SawExit(string computeId, int exitCode) => lastExits[computeId] = exitCode;

    /// <summary>Does what the record intends, as far as it is not done, and returns the record as it is then.</summary>
    public async Task<ContainerRecord> MoveAsync(ContainerRecord record, CancellationToken cancellationToken)
    {
        if (record.Deleting || record.GaveUp is not null)
        {
            return record;
        }

        var container = await FindAsync(record, cancellationToken);
        if (record.Desired == PowerState.Stopped)
        {
            if (ContainerView.IsLive(container))
            {
                await link.Engine.StopIfAnyAsync(container!.Id, cancellationToken);
            }

            return record;
        }

        return ContainerView.IsLive(container) ? Started(record)
            : container is null ? await MakeAsync(record)
            : record.StartPending || container.State.Status is "created" or "configured" or "initialized" ? await StartAsync(record, container.Id)
            : await RepairAsync(record, container);
    }

    /// <summary>Removes all of a compute, its volumes after its containers; returns when nothing is left.</summary>
    public async Task RemoveAsync(string computeId, CancellationToken cancellationToken)
    {
        await RemoveContainersAsync(computeId, cancellationToken);
        var started = link.Clock.GetTimestamp();
        while (await parts.Volumes.RemoveAsync(computeId, cancellationToken) is (> 0, var why))
        {
            RefuseIfLong(started, computeId, "One of its volumes", why);
            await Task.Delay(Pause, link.Clock, cancellationToken);
        }
    }

    /// <summary>Stops and removes every container of a compute; returns when none is left.</summary>
    private async Task RemoveContainersAsync(string computeId, CancellationToken cancellationToken)
    {
        var last = "";
        var labels = new[] { link.Mark.OwnerLabel, Mark.ComputeLabel(computeId) };
        foreach (var container in await link.Engine.ListAsync(labels, cancellationToken))
        {
            last = await TryAsync(container.State == "running" ? link.Engine.StopIfAnyAsync(container.Id, cancellationToken) : Task.CompletedTask);
        }

        var started = link.Clock.GetTimestamp();
        while (await link.Engine.ListAsync(labels, cancellationToken) is { Count: > 0 } left)
        {
            RefuseIfLong(started, computeId, "Its container", last);
            foreach (var container in left)
            {
                last = await TryAsync(link.Engine.RemoveIfAnyAsync(container.Id, cancellationToken));
            }

            await Task.Delay(Pause, link.Clock, cancellationToken);
        }

        lastExits.TryRemove(computeId, out _);
        suspects.TryRemove(computeId, out _);
    }

    private void RefuseIfLong(long started, string computeId, string what, string why)
    {
        if (link.Clock.GetElapsedTime(started) >= link.Options.KillPatience)
        {
            Log.DoesNotGo(logger, computeId, link.Options.KillPatience);
            throw VimFailures.DoesNotGo(computeId, $"{what} is still there {link.Options.KillPatience.TotalSeconds} s after it was removed{(why.Length > 0 ? $" ({why})" : "")}; that goes on.").ToException();
        }
    }

    private static async Task<string> TryAsync(Task call)
    {
        try
        {
            await call;
            return "";
        }
        catch (EngineRefusedException e)
        {
            return e.Message;
        }
    }

    private bool IsOf(ContainerRecord record, ContainerDetails container) =>
        container.Config?.Labels is { } labels && labels.GetValueOrDefault(Mark.Vim) == link.Mark.Owner
        && labels.GetValueOrDefault(Mark.Compute) == record.ComputeId && labels.GetValueOrDefault(Mark.Life) == record.Life;

    /// <summary>A compute that should run and has no container: never made, or removed from outside.</summary>
    private async Task<ContainerRecord> MakeAsync(ContainerRecord record)
    {
        if (!record.StartPending)
        {
            Log.Mended(logger, record.ComputeId, "its container was removed from outside");
            if (record.Spec.RestartPolicy == RestartPolicy.Never || record.IsAdopted)
            {
                return table.Put(record with { GaveUp = "its container was removed from outside; not made again, by its restart policy" });
            }

            record = table.Put(record with { StartPending = true, OwnRestarts = record.OwnRestarts + 1, RestartsBefore = 0 });
        }

        var facts = await link.FactsAsync(CancellationToken.None);
        await parts.Network.EnsureAsync(CancellationToken.None);
        await parts.Volumes.EnsureAsync(record);
        var digest = record.Spec.Images[0].Digest;
        var image = await parts.Images.FindAsync(digest, CancellationToken.None) ?? throw VimFailures.NoImage(record.ComputeId, digest).ToException();
        Log.Starts(logger, record.ComputeId, record.Fence.Last, record.Address);
        var request = ContainerRequest.Of(record, image.EngineId, link.Mark, facts, link.Options);
        return await StartAsync(record, await CreateAsync(record, request));
    }

    /// <summary>Creates the container. A name that is taken is our own earlier create whose answer was lost, or its remains.</summary>
    private async Task<string> CreateAsync(ContainerRecord record, CreateContainer request)
    {
        var name = link.Mark.Container(record.ComputeId);
        try
        {
            return await link.Engine.CreateAsync(name, request, CancellationToken.None);
        }
        catch (EngineRefusedException e) when (e.Status is HttpStatusCode.Conflict or HttpStatusCode.InternalServerError)
        {
            var there = await link.Engine.InspectIfAnyAsync(name, CancellationToken.None);
            if (there is null)
            {
                throw;
            }

            if (IsOf(record, there))
            {
                return there.Id;
            }

            if (there.Config?.Labels?.GetValueOrDefault(Mark.Vim) != link.Mark.Owner)
            {
                throw new FailureException(new(FailureKind.IllegalState, "VIM_NAME_TAKEN",
                    $"The engine has a container {name} that is not ours; it is left alone, and the compute cannot be made until it is gone.", $"compute/{record.ComputeId}"), e);
            }

            await RemoveContainersAsync(record.ComputeId, CancellationToken.None);
            return await link.Engine.CreateAsync(name, request, CancellationToken.None);
        }
    }

    private async Task<ContainerRecord> StartAsync(ContainerRecord record, string id)
    {
        if (ContainerRequest.NeedsBootFolder(record.Spec))
        {
            await link.Engine.PutAsync(id, ContainerRequest.BootFolder, ContainerRequest.BootFolderContents(record.Spec), CancellationToken.None);
        }

        await link.Engine.StartAsync(id, CancellationToken.None);

        // Some engines count on from before, some from zero; what matters is what comes after this start.
        var counted = record.Fence.PowerNumber > 0 || record.OwnRestarts > 0 ? (await link.Engine.InspectIfAnyAsync(id, CancellationToken.None))?.RestartCount ?? 0 : 0;
        return table.Put(record with { StartPending = false, RestartsBefore = counted });
    }

    private ContainerRecord Started(ContainerRecord record)
    {
        suspects.TryRemove(record.ComputeId, out _);
        return record.StartPending ? table.Put(record with { StartPending = false }) : record;
    }

    /// <summary>It ended, and its policy may want it started. The engine does that by itself unless it was restarted, or somebody stopped it.</summary>
    private async Task<ContainerRecord> RepairAsync(ContainerRecord record, ContainerDetails container)
    {
        if (!ContainerView.StartsAgain(record.Spec.RestartPolicy, container.State.ExitCode))
        {
            return record;
        }

        var (run, since) = suspects.GetOrAdd(record.ComputeId, _ => (container.State.StartedAt, link.Clock.GetTimestamp()));
        if (run != container.State.StartedAt)
        {
            suspects[record.ComputeId] = (container.State.StartedAt, link.Clock.GetTimestamp());
            return record;
        }

        if (link.Clock.GetElapsedTime(since) < link.Options.PollInterval)
        {
            return record;
        }

        suspects.TryRemove(record.ComputeId, out _);
        Log.Mended(logger, record.ComputeId, "its container has ended and the engine does not start it");
        var restarts = Math.Max(0, container.RestartCount - record.RestartsBefore) + record.OwnRestarts;
        return await StartAsync(table.Put(record with { StartPending = true, OwnRestarts = restarts + 1, RestartsBefore = container.RestartCount }), container.Id);
    }
}
