using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Glance;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Nova;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// A VIM that runs applications as servers of an OpenStack project. How, and why so: docs/adr/0018-openstack-vim.md.
/// </summary>
public sealed partial class OpenStackVim : IVimAdapter, IAsyncDisposable
{
    public const string AdapterName = "OpenStack";

    private readonly CloudHome home;
    private readonly TimeProvider clock;
    private int disposed;

    public OpenStackVim(OpenStackOptions options, TimeProvider clock, ILogger<OpenStackVim> logger)
    {
        this.clock = clock;
        home = CloudHome.Open(options, clock, logger);
        home.Keeper.Begin();
    }

    public async Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => (await home.Cloud.FactsAsync(cancellationToken)).Capabilities;

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => AtCloudAsync(() => home.Capacity.AskAsync(cancellationToken));

    public async Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken)
    {
        RequestRules.CheckImage(source.Image);
        RequestRules.CheckClaimed(source.Image.Format, await GetCapabilitiesAsync(cancellationToken));
        return await AtCloudAsync(() => home.Images.EnsureAsync(source, cancellationToken));
    }

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => AtCloudAsync(() => home.Images.AllAsync(cancellationToken));

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken)
    {
        RequestRules.CheckDigest(digest);
        return AtCloudAsync(async () =>
        {
            await home.Images.DeleteIfAnyAsync(digest, () => home.Table.All.FirstOrDefault(r => r.Spec.Images.Any(i => i.Digest == digest))?.ComputeId, cancellationToken);
            return true;
        });
    }

    public async Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckSpec(computeId, spec, await GetCapabilitiesAsync(cancellationToken));
        using var key = await home.Keeper.TakeAsync(computeId, cancellationToken);
        RequestRules.Refuse(home.Table.FenceOf(computeId).RefuseEnsure(computeId, operationNumber));
        return await AtCloudAsync(async () =>
        {
            if (home.Table.Find(computeId) is { } existing)
            {
                return home.Keeper.Tell(await home.Keeper.MoveAsync(EnsureExisting(existing, operationNumber, spec), cancellationToken));
            }

            RequestRules.Refuse(ServerGroups.Refuse(computeId, spec)
                ?? (spec.Networks.FirstOrDefault(n => home.Networks.CloudIdOf(n) is null) is { } missing ? VimFailures.NoNetwork(computeId, missing) : null));
            var image = await home.Images.FindAsync(spec.Images[0].Digest, cancellationToken) ?? throw VimFailures.NoImage(computeId, spec.Images[0].Digest).ToException();

            // Once it is recorded the compute is intended: it is completed even when the caller goes away, or we do, or the cloud.
            var record = await home.Flavors.RecordAsync(
                computeId, spec, image, flavor => home.Table.Put(NewRecord(computeId, operationNumber, spec, image, flavor)), cancellationToken);
            return home.Keeper.Tell(await home.Keeper.StartNewAsync(record));
        });
    }

    public async Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return await AtCloudAsync(async () => home.Table.Find(computeId) is { } record ? await home.Keeper.SeeAsync(record, cancellationToken) : null);
    }

    public async Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => await AtCloudAsync(async () =>
    {
        await home.Mover.LookAtAllAsync(cancellationToken);
        var computes = new List<Compute>();
        foreach (var record in home.Table.All)
        {
            computes.Add(await home.Keeper.SeeAsync(record, cancellationToken));
        }

        return computes;
    });

    public async Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckPower(computeId, powerState);
        using var key = await home.Keeper.TakeAsync(computeId, cancellationToken);
        var fence = home.Table.FenceOf(computeId);
        RequestRules.Refuse(fence.RefusePower(computeId, operationNumber, powerState));
        var record = home.Table.Find(computeId) is { Deleting: false } found ? found : throw VimFailures.NoCompute(computeId).ToException();
        return await AtCloudAsync(async () =>
        {
            var startsAnew = fence.PowerNumber != operationNumber && powerState == PowerState.Started;
            record = home.Table.Put(record with
            {
                Fence = fence.Powered(operationNumber, powerState), Desired = powerState, StartPending = startsAnew || record.StartPending,
            });
            return home.Keeper.Tell(await home.Keeper.MoveAsync(record, cancellationToken));
        });
    }

    public async Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        using var key = await home.Keeper.TakeAsync(computeId, cancellationToken);
        var fence = home.Table.FenceOf(computeId);
        RequestRules.Refuse(fence.RefuseDelete(computeId, operationNumber));
        fence = fence.Seal(operationNumber);
        home.Table.Bury(computeId, fence, clock.GetUtcNow());
        await AtCloudAsync(async () =>
        {
            if (home.Table.Find(computeId) is { } record)
            {
                record = home.Table.Put(record with { Deleting = true, Fence = fence });
                home.Keeper.Tell(record);
                await home.Keeper.DeleteAsync(record, cancellationToken);
            }
            else
            {
                // Also what bears our mark and of which we know nothing: an earlier create whose answer was lost.
                await home.Mover.RemoveAsync(computeId, null, cancellationToken);
            }

            return true;
        });
    }

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in home.Keeper.Feed.WatchAsync(ListComputesAsync, cancellationToken))
        {
            yield return change;
        }
    }

    public async Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var limit = RequestRules.CheckTail(computeId, tailBytes);
        var record = home.Table.Find(computeId) ?? throw VimFailures.NoCompute(computeId).ToException();
        return await AtCloudAsync(async () => await home.Mover.FindAsync(record, cancellationToken) is { } server
            ? await home.Nova.ReadConsoleAsync(server.Id, limit, cancellationToken)
            : new ComputeLog("", false));
    }

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) =>
        throw VimFailures.Cannot(AdapterName, "statistics", "Nova's diagnostics are for administrators and differ by hypervisor").ToException();

    /// <summary>Stops looking after the computes, which go on running.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref disposed, 1) == 0 ? home.DisposeAsync() : ValueTask.CompletedTask;

    private ServerRecord EnsureExisting(ServerRecord existing, long number, ComputeSpec spec)
    {
        RequestRules.Refuse(existing.Deleting ? VimFailures.BeingDeleted(existing.ComputeId)
            : DifferenceFrom(existing, spec) is { } field ? VimFailures.OtherSpec(existing.ComputeId, field)
            : null);
        return existing is { IsAdopted: false } && existing.Fence.Last == number
            ? existing
            : home.Table.Put(existing with { Fence = existing.Fence.Saw(number), Spec = spec, IsAdopted = false });
    }

    private static string? DifferenceFrom(ServerRecord existing, ComputeSpec spec) =>
        !existing.IsAdopted ? existing.Spec.DifferenceFrom(spec)
        : existing.SpecDigest != Mark.DigestOf(spec) ? "specification (its digest, which is all that is known of it, differs)"
        : null;

    private ServerRecord NewRecord(string computeId, long number, ComputeSpec spec, UsableImage image, FlavorDetails flavor) => new()
    {
        ComputeId = computeId,
        Spec = spec,
        SpecDigest = Mark.DigestOf(spec),
        Fence = home.Table.FenceOf(computeId).Saw(number),
        CreatedAt = clock.GetUtcNow(),
        Address = spec.Address,
        StartPending = true,
        FlavorId = flavor.Id,
        FlavorName = flavor.Name,
        FlavorSize = new(flavor.Vcpus * 1000L, flavor.Ram, home.Options.BootFromVolume ? 0 : flavor.Disk),
        ImageId = image.GlanceId,
        ImageMinDiskGib = image.MinDiskGib,
        ImageBytes = image.Image.Size,
    };

    /// <summary>A refusal of a service that no inner border has understood.</summary>
    private static async Task<T> AtCloudAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (OpenStackRefusedException e)
        {
            throw new FailureException(OpenStackFailures.General(e), e);
        }
    }
}
