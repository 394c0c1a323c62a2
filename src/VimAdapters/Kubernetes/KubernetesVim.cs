using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Capacity;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Images;
using Mano.VimAdapters.Kubernetes.Keeping;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes;

/// <summary>
/// A VIM that is a Kubernetes cluster, spoken to over its REST API. How, and why so: docs/adr/0019-kubernetes-vim.md.
/// </summary>
public sealed partial class KubernetesVim : IVimAdapter, IAsyncDisposable
{
    public const string AdapterName = "Kubernetes";

    /// <summary>How often a decision is taken anew because somebody else changed the record first.</summary>
    private const int MaxContests = 50;

    private readonly KubernetesHome home;
    private readonly KubernetesParts parts;
    private readonly ClusterFacts facts;
    private readonly ImageShelf images;
    private readonly ComputeKeeper keeper;
    private readonly SemaphoreSlim capacityGate = new(1);
    private readonly ILogger logger;
    private int closed;

    public KubernetesVim(KubernetesOptions options, TimeProvider clock, ILogger<KubernetesVim> logger)
    {
        this.logger = logger;
        home = KubernetesHome.Open(options, clock, logger);
        (parts, facts, images, keeper) = (home.Parts, home.Facts, home.Images, home.Keeper);
        keeper.Begin();
    }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => AtClusterAsync("", () => facts.CapabilitiesAsync(cancellationToken));

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => AtClusterAsync("", () => CapacityAsync(cancellationToken));

    public async Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken)
    {
        RequestRules.CheckImage(source.Image);
        RequestRules.CheckClaimed(source.Image.Format, await GetCapabilitiesAsync(cancellationToken));
        return await images.EnsureAsync(source, cancellationToken);
    }

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => Task.FromResult(images.All);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken)
    {
        RequestRules.CheckDigest(digest);
        return AtClusterAsync($"image/{digest}", async () =>
        {
            await images.DeleteIfAnyAsync(digest, async () => (await parts.Records.AllAsync(cancellationToken))
                .FirstOrDefault(r => r.Record.Spec?.Images.Any(i => i.Digest == digest) == true)?.Record.ComputeId, cancellationToken);
            return true;
        });
    }

    public async Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckSpec(computeId, spec, await GetCapabilitiesAsync(cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        return await ContestAsync(computeId, async stored =>
        {
            RequestRules.Refuse((stored?.Record.Fence ?? new()).RefuseEnsure(computeId, operationNumber));
            if (stored is not { Record.IsLive: true })
            {
                return await MakeAsync(stored, computeId, operationNumber, spec, cancellationToken);
            }

            var record = stored.Record;
            RequestRules.Refuse(record.Deleting ? VimFailures.BeingDeleted(computeId) : record.Spec!.DifferenceFrom(spec) is { } field ? VimFailures.OtherSpec(computeId, field) : null);
            if (record.Fence.Last != operationNumber
                && (stored = await parts.Records.TryPutAsync(stored, record with { Fence = record.Fence.Saw(operationNumber) }, cancellationToken)) is null)
            {
                return null;
            }

            return await keeper.TellAsync(stored.Record, cancellationToken);
        }, cancellationToken);
    }

    public async Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return await AtClusterAsync($"compute/{computeId}", async () =>
            await parts.Records.FindAsync(computeId, cancellationToken) is { Record: { IsLive: true } record } ? await keeper.SeeAsync(record, cancellationToken) : null);
    }

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => AtClusterAsync<IReadOnlyList<Compute>>("", async () =>
    {
        var computes = new List<Compute>();
        foreach (var stored in (await parts.Records.AllAsync(cancellationToken)).Where(r => r.Record.IsLive).OrderBy(r => r.Record.ComputeId, StringComparer.Ordinal))
        {
            computes.Add(await keeper.SeeAsync(stored.Record, cancellationToken));
        }

        return computes;
    });

    public async Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckPower(computeId, powerState);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        return await ContestAsync(computeId, async stored =>
        {
            RequestRules.Refuse((stored?.Record.Fence ?? new()).RefusePower(computeId, operationNumber, powerState));
            if (stored is not { Record: { IsLive: true, Deleting: false } record })
            {
                throw VimFailures.NoCompute(computeId).ToException();
            }

            if (record.Fence.PowerNumber != operationNumber)
            {
                // A start of what runs moves the number and nothing else.
                var isSo = (powerState == PowerState.Started) == record.ShallRun && (!record.ShallRun || await keeper.IsLiveAsync(record, cancellationToken));
                var next = record with { Fence = record.Fence.Powered(operationNumber, powerState), Desired = powerState };
                stored = await parts.Records.TryPutAsync(stored, isSo ? next : next with { Switched = operationNumber, Ended = null, ExitCode = null }, cancellationToken);
                if (stored is null)
                {
                    return null;
                }
            }

            return await keeper.MoveAsync(stored, cancellationToken);
        }, cancellationToken);
    }

    public async Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        await ContestAsync(computeId, async stored =>
        {
            var fence = stored?.Record.Fence ?? new();
            RequestRules.Refuse(fence.RefuseDelete(computeId, operationNumber));
            var sealedFence = fence.Seal(operationNumber);
            if (stored is null)
            {
                await parts.Spaces.EnsureHomeAsync(cancellationToken);
            }

            var next = stored is { Record.IsLive: true }
                ? stored.Record with { Deleting = true, Fence = sealedFence }
                : new KubeRecord { ComputeId = computeId, Fence = sealedFence, BuriedAt = parts.Clock.GetUtcNow() };
            if (stored?.Record.Fence != sealedFence || stored.Record is { IsLive: true, Deleting: false })
            {
                if ((stored = await parts.Records.TryPutAsync(stored, next, cancellationToken)) is null)
                {
                    return null;
                }
            }

            if (stored.Record.IsLive)
            {
                await keeper.TellAsync(stored.Record, cancellationToken);
                await keeper.DeleteAsync(stored, cancellationToken);
            }

            return new object();
        }, cancellationToken);
    }

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in keeper.Feed.WatchAsync(ListComputesAsync, cancellationToken))
        {
            yield return change;
        }
    }

    /// <summary>Stops looking after the computes, which go on running.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            await home.DisposeAsync();
            capacityGate.Dispose();
        }
    }

    private async Task<VimCapacity> CapacityAsync(CancellationToken cancellationToken)
    {
        var offer = await facts.OfferAsync(cancellationToken);
        var used = (await parts.Records.AllAsync(cancellationToken)).Where(r => r.Record.IsLive).Aggregate(default(VimResources), (sum, r) => sum + r.Record.Spec!.Resources);
        return new(offer.Total, used);
    }

    /// <summary>Records a new compute and makes it; null where somebody else wrote the record first.</summary>
    private async Task<Compute?> MakeAsync(StoredRecord? before, string computeId, long number, ComputeSpec spec, CancellationToken cancellationToken)
    {
        var image = spec.Images[0];
        RequestRules.Refuse(images.Find(image.Digest) is null ? VimFailures.NoImage(computeId, image.Digest) : null);
        RequestRules.Refuse(image.Format == ImageFormat.HelmChart ? WhyNoChart(spec) : null);
        var record = new KubeRecord
        {
            ComputeId = computeId,
            Fence = (before?.Record.Fence ?? new()).Saw(number),
            Spec = spec,
            SpecDigest = ComputeMark.DigestOf(spec),
            CreatedAt = parts.Clock.GetUtcNow(),
            Kind = ComputeObjects.KindFor(spec),
            Namespace = parts.Spaces.Of(spec.Labels.Tenant),
            Image = image.Format == ImageFormat.NameOnly ? images.NameOf(image.Digest) : "",
            Life = number,
        };
        await parts.Spaces.EnsureHomeAsync(cancellationToken);
        StoredRecord? stored;
        await capacityGate.WaitAsync(cancellationToken);
        try
        {
            var capacity = await CapacityAsync(cancellationToken);
            RequestRules.Refuse((capacity.Used + spec.Resources).FitsIn(capacity.Total) ? null : VimFailures.NoCapacity(computeId, spec.Resources, capacity));
            await RefuseGroupsAsync(computeId, spec, cancellationToken);
            stored = await parts.Records.TryPutAsync(before, record, cancellationToken);
        }
        finally
        {
            capacityGate.Release();
        }

        // From here on the compute is intended: it is completed even when the caller goes away, or we do, or the cluster.
        return stored is null ? null : await keeper.StartNewAsync(stored, before?.Record.Fence);
    }

    private static Failure? WhyNoChart(ComputeSpec spec) =>
        spec.Volumes.Count > 0 ? VimFailures.Cannot(AdapterName, "volumes with a chart", "a chart brings its own claims")
        : spec.BootData.Length > 0 ? VimFailures.Cannot(AdapterName, "boot data with a chart", "give it as a value of the chart")
        : spec.Command.Count > 0 ? VimFailures.Cannot(AdapterName, "a command with a chart", "its pods' commands are the chart's own")
        : spec.Groups.Count > 0 ? VimFailures.Cannot(AdapterName, "affinity groups with a chart", "give its affinity as a value of the chart")
        : null;

    private async Task RefuseGroupsAsync(string computeId, ComputeSpec spec, CancellationToken cancellationToken)
    {
        var nodes = (await facts.OfferAsync(cancellationToken)).Nodes;
        foreach (var group in nodes == 0 ? [] : spec.Groups.Where(g => g.Rule == AffinityRule.Apart))
        {
            var others = (await parts.Records.AllAsync(cancellationToken)).Count(r => r.Record.Spec is { } other && other.Labels.Tenant == spec.Labels.Tenant && other.Groups.Contains(group));
            RequestRules.Refuse(others < nodes ? null : VimFailures.GroupCannotBeKept(computeId, group, $"{others} of it are there, and the cluster has {nodes} nodes that take it."));
        }
    }

    /// <summary>Decides over the record as it is now, and again where somebody else changed it first (null).</summary>
    private Task<T> ContestAsync<T>(string computeId, Func<StoredRecord?, Task<T?>> decide, CancellationToken cancellationToken)
        where T : class => AtClusterAsync($"compute/{computeId}", async () =>
    {
        for (var attempt = 0; attempt < MaxContests; attempt++)
        {
            try
            {
                if (await decide(await parts.Records.FindAsync(computeId, cancellationToken)) is { } done)
                {
                    return done;
                }
            }
            catch (FailureException e) when (e.Failure.Reason == RecordTable.MovedReason)
            {
                // In the middle of moving: what was decided is in the record, and is gone on with.
            }

            Log.RecordMoved(logger, computeId);
        }

        throw Failure.Conflict("VIM_BUSY", "Others change its record all the time; ask again.", $"compute/{computeId}").ToException();
    });

    /// <summary>A refusal of the API server that no inner border has understood.</summary>
    private static async Task<T> AtClusterAsync<T>(string subject, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ApiRefusedException e)
        {
            throw new FailureException(ApiFailures.Of(e, subject.Length == 0 ? AdapterName : subject), e);
        }
    }
}
