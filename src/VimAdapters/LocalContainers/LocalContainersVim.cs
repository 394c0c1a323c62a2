using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;
using Mano.VimAdapters.LocalContainers.Images;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>
/// A VIM that runs applications as containers of dockerd, or of Podman's service, on this machine. How, and why so:
/// docs/adr/0014-local-containers-vim.md.
/// </summary>
public sealed partial class LocalContainersVim : IVimAdapter, IAsyncDisposable
{
    public const string AdapterName = "LocalContainers";

    private readonly LocalContainersHome home;
    private readonly EngineLink link;
    private readonly ContainerTable table;
    private readonly ContainerKeeper keeper;
    private readonly ContainerImages images;

    public LocalContainersVim(LocalContainersOptions options, TimeProvider clock, ILogger<LocalContainersVim> logger)
    {
        home = LocalContainersHome.Open(options, clock, logger);
        (link, table, keeper, images) = (home.Link, home.Table, home.Keeper, home.Images);
        keeper.Begin();
    }

    public async Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => (await link.FactsAsync(cancellationToken)).Capabilities;

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => AtEngineAsync(async () =>
        Capacity((await link.FactsAsync(cancellationToken)).Total, await home.Foreign.AskAsync(cancellationToken), table.All));

    public async Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken)
    {
        RequestRules.CheckImage(source.Image);
        var facts = await link.FactsAsync(cancellationToken);
        RequestRules.CheckClaimed(source.Image.Format, facts.Capabilities);
        return await AtEngineAsync(() => images.EnsureAsync(source, facts.Architecture, cancellationToken));
    }

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => AtEngineAsync(() => images.AllAsync(cancellationToken));

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken)
    {
        RequestRules.CheckDigest(digest);
        return AtEngineAsync(async () =>
        {
            await images.DeleteIfAnyAsync(digest, () => table.All.FirstOrDefault(r => r.Spec.Images.Any(i => i.Digest == digest))?.ComputeId, cancellationToken);
            return true;
        });
    }

    public async Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        var facts = await link.FactsAsync(cancellationToken);
        RequestRules.CheckSpec(computeId, spec, facts.Capabilities);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        RequestRules.Refuse(table.FenceOf(computeId).RefuseEnsure(computeId, operationNumber));
        return await AtEngineAsync(async () =>
        {
            if (table.Find(computeId) is { } existing)
            {
                return await keeper.TellAsync(await keeper.MoveAsync(EnsureExisting(existing, operationNumber, spec), cancellationToken), cancellationToken);
            }

            var missing = await images.FindAsync(spec.Images[0].Digest, cancellationToken) is null;
            RequestRules.Refuse(missing ? VimFailures.NoImage(computeId, spec.Images[0].Digest) : null);
            var foreign = await home.Foreign.AskAsync(cancellationToken);

            // From here on the compute is intended: it is completed even when the caller goes away, or we do, or the engine.
            cancellationToken.ThrowIfCancellationRequested();
            var record = table.Add(others => NewRecord(computeId, operationNumber, spec, Capacity(facts.Total, foreign, others), others));
            return await keeper.TellAsync(await keeper.StartNewAsync(record), CancellationToken.None);
        });
    }

    public async Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return await AtEngineAsync(async () => table.Find(computeId) is { } record ? await keeper.SeeAsync(record, cancellationToken) : null);
    }

    public async Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => await AtEngineAsync(async () =>
    {
        var computes = new List<Compute>();
        foreach (var record in table.All)
        {
            computes.Add(await keeper.SeeAsync(record, cancellationToken));
        }

        return computes;
    });

    public async Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckPower(computeId, powerState);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        var fence = table.FenceOf(computeId);
        RequestRules.Refuse(fence.RefusePower(computeId, operationNumber, powerState));
        var record = table.Find(computeId) is { Deleting: false } found ? found : throw VimFailures.NoCompute(computeId).ToException();
        return await AtEngineAsync(async () =>
        {
            var isNew = fence.PowerNumber != operationNumber;
            var startsAnew = isNew && powerState == PowerState.Started && !ContainerView.IsLive(await home.Mover.FindAsync(record, cancellationToken));
            record = record with { Fence = fence.Powered(operationNumber, powerState), Desired = powerState };
            record = table.Put(startsAnew ? record with { StartPending = true, OwnRestarts = 0, GaveUp = null } : record);
            return await keeper.TellAsync(await keeper.MoveAsync(record, cancellationToken), cancellationToken);
        });
    }

    public async Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        var fence = table.FenceOf(computeId);
        RequestRules.Refuse(fence.RefuseDelete(computeId, operationNumber));
        fence = fence.Seal(operationNumber);
        table.Bury(computeId, fence, link.Clock.GetUtcNow());
        await AtEngineAsync(async () =>
        {
            if (table.Find(computeId) is { } record)
            {
                record = table.Put(record with { Deleting = true, Fence = fence });
                await keeper.TellAsync(record, cancellationToken);
                await keeper.DeleteAsync(record, cancellationToken);
            }
            else
            {
                // Also what bears our mark and of which we know nothing: an earlier create whose answer was lost.
                await home.Mover.RemoveAsync(computeId, cancellationToken);
            }

            return true;
        });
    }

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in keeper.Feed.WatchAsync(ListComputesAsync, cancellationToken))
        {
            yield return change;
        }
    }

    public async Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var limit = RequestRules.CheckTail(computeId, tailBytes);
        var record = table.Find(computeId) ?? throw VimFailures.NoCompute(computeId).ToException();
        return await AtEngineAsync(async () => await home.Mover.FindAsync(record, cancellationToken) is { } container
            ? await link.Engine.ReadLogAsync(container.Id, limit, cancellationToken)
            : new ComputeLog("", false));
    }

    public async Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var record = table.Find(computeId) ?? throw VimFailures.NoCompute(computeId).ToException();
        return await AtEngineAsync(async () => await home.Mover.FindAsync(record, cancellationToken) is { State.Status: "running" or "paused" } container
            ? ContainerView.Of(await link.Engine.StatisticsAsync(container.Id, cancellationToken), link.Clock.GetUtcNow())
            : new ComputeStatistics(link.Clock.GetUtcNow()));
    }

    /// <summary>Stops looking after the computes, which go on running.</summary>
    public ValueTask DisposeAsync() => home.DisposeAsync();

    private ContainerRecord EnsureExisting(ContainerRecord existing, long number, ComputeSpec spec)
    {
        RequestRules.Refuse(existing.Deleting ? VimFailures.BeingDeleted(existing.ComputeId)
            : DifferenceFrom(existing, spec) is { } field ? VimFailures.OtherSpec(existing.ComputeId, field)
            : null);
        return existing is { IsAdopted: false } && existing.Fence.Last == number
            ? existing
            : table.Put(existing with { Fence = existing.Fence.Saw(number), Spec = spec, IsAdopted = false });
    }

    private static string? DifferenceFrom(ContainerRecord existing, ComputeSpec spec) =>
        !existing.IsAdopted ? existing.Spec.DifferenceFrom(spec)
        : existing.SpecDigest != Mark.DigestOf(spec) ? "specification (its digest, which is all that is known of it, differs)"
        : null;

    private ContainerRecord NewRecord(string computeId, long number, ComputeSpec spec, VimCapacity capacity, IReadOnlyCollection<ContainerRecord> others)
    {
        RequestRules.Refuse((capacity.Used + spec.Resources).FitsIn(capacity.Total) ? null : VimFailures.NoCapacity(computeId, spec.Resources, capacity));
        return new()
        {
            ComputeId = computeId,
            Spec = spec,
            SpecDigest = Mark.DigestOf(spec),
            Fence = table.FenceOf(computeId).Saw(number),
            CreatedAt = link.Clock.GetUtcNow(),
            Address = home.Network.Choose(computeId, spec.Address, others),
            StartPending = true,
        };
    }

    private static VimCapacity Capacity(VimResources total, VimResources foreign, IEnumerable<ContainerRecord> records) =>
        new(total, records.Aggregate(foreign, (sum, r) => sum + r.Spec.Resources));

    /// <summary>A refusal of the engine that no inner border has understood.</summary>
    private static async Task<T> AtEngineAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (EngineRefusedException e)
        {
            throw new FailureException(EngineFailures.General(e), e);
        }
    }
}
