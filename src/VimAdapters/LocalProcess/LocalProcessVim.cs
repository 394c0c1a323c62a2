using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Images;
using Mano.VimAdapters.LocalProcess.Machine;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>
/// A VIM that runs applications as supervised processes of this machine, each apart from the others as far as the
/// machine allows, and no container engine needed. How, and why so: docs/adr/0007-local-process-vim.md.
/// </summary>
public sealed partial class LocalProcessVim : IVimAdapter, IAsyncDisposable
{
    public const string AdapterName = "LocalProcess";

    private readonly VimCapabilities capabilities;
    private readonly ImageStore images;
    private readonly ComputeTable table;
    private readonly ComputeKeeper keeper;
    private readonly AddressPool addresses;
    private readonly LocalProcessHome home;
    private readonly TimeProvider clock;

    public LocalProcessVim(LocalProcessOptions options, TimeProvider clock, ILogger<LocalProcessVim> logger)
    {
        home = LocalProcessHome.Open(options, clock, logger);
        (images, table, keeper, addresses, capabilities) = (home.Images, home.Table, home.Keeper, home.Addresses, home.Capabilities);
        this.clock = clock;
        keeper.Begin();
    }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => Task.FromResult(capabilities);

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => Task.FromResult(Capacity(table.All));

    public Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken)
    {
        RequestRules.CheckImage(source.Image);
        RequestRules.CheckClaimed(source.Image.Format, capabilities);
        return images.EnsureAsync(source, cancellationToken);
    }

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => Task.FromResult(images.All);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken)
    {
        RequestRules.CheckDigest(digest);
        return images.DeleteIfAnyAsync(digest, () => table.All.FirstOrDefault(r => r.Spec.Images.Any(i => i.Digest == digest))?.ComputeId, cancellationToken);
    }

    public async Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckSpec(computeId, spec, capabilities);
        RequestRules.Refuse(spec.Volumes.FirstOrDefault(v => v.Path.Length > 0) is { } placed
            ? VimFailures.Cannot(AdapterName, $"a volume at {placed.Path}", "volumes lie in the application's home; MANO_VOLUME_… says where") : null);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        RequestRules.Refuse(table.FenceOf(computeId).RefuseEnsure(computeId, operationNumber));
        if (table.Find(computeId) is { } existing)
        {
            return keeper.Tell(EnsureExisting(existing, operationNumber, spec));
        }

        var missing = spec.Images.FirstOrDefault(i => images.Find(i.Digest) is null);
        RequestRules.Refuse(missing is null ? null : VimFailures.NoImage(computeId, missing.Digest));

        // From here on the compute is intended: it is completed even when the caller goes away, or we do.
        cancellationToken.ThrowIfCancellationRequested();
        var record = table.Add(others => NewRecord(computeId, operationNumber, spec, others));
        return keeper.Tell(await keeper.StartNewAsync(record));
    }

    public Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return Task.FromResult(table.Find(computeId) is { } record ? keeper.See(record) : null);
    }

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Compute>>([.. table.All.Select(keeper.See)]);

    public async Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckPower(computeId, powerState);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        var fence = table.FenceOf(computeId);
        RequestRules.Refuse(fence.RefusePower(computeId, operationNumber, powerState));
        var record = table.Find(computeId) is { Deleting: false } found ? found : throw VimFailures.NoCompute(computeId).ToException();

        // A new run tells this start from the one before, also to whoever finishes it after a crash.
        var startsAnew = powerState == PowerState.Started && fence.PowerNumber != operationNumber && !keeper.Runs(record);
        record = record with { Fence = fence.Powered(operationNumber, powerState), Desired = powerState };
        record = table.Put(startsAnew ? record with { Run = record.Run + 1, Restarts = 0, GaveUp = null } : record);
        return keeper.Tell(await keeper.MoveAsync(record, cancellationToken));
    }

    public async Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        using var key = await keeper.TakeAsync(computeId, cancellationToken);
        var fence = table.FenceOf(computeId);
        RequestRules.Refuse(fence.RefuseDelete(computeId, operationNumber));
        table.Bury(computeId, fence.Seal(operationNumber), clock.GetUtcNow());
        if (table.Find(computeId) is { } record)
        {
            record = table.Put(record with { Deleting = true, Fence = fence.Seal(operationNumber) });
            keeper.Tell(record);
            await keeper.DeleteAsync(record, cancellationToken);
        }
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
        return table.Find(computeId) is null
            ? throw VimFailures.NoCompute(computeId).ToException()
            : await LogFiles.ReadTailAsync(home.Folder.Log(computeId), limit, cancellationToken);
    }

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var record = table.Find(computeId) ?? throw VimFailures.NoCompute(computeId).ToException();
        return Task.FromResult(
            !capabilities.Has(VimCapability.Statistics) ? throw VimFailures.Cannot(AdapterName, "statistics", "the machine has no control groups for it").ToException()
            : keeper.Runs(record) ? GroupUsage.Read(record.Groups, clock.GetUtcNow())
            : new ComputeStatistics(clock.GetUtcNow()));
    }

    /// <summary>Stops looking after the computes, which go on running; with Ephemeral, ends them first.</summary>
    public ValueTask DisposeAsync() => home.DisposeAsync();

    private ComputeRecord EnsureExisting(ComputeRecord existing, long number, ComputeSpec spec)
    {
        RequestRules.Refuse(existing.Deleting ? VimFailures.BeingDeleted(existing.ComputeId)
            : existing.Spec.DifferenceFrom(spec) is { } field ? VimFailures.OtherSpec(existing.ComputeId, field)
            : null);
        return existing.Fence.Last == number ? existing : table.Put(existing with { Fence = existing.Fence.Saw(number) });
    }

    private ComputeRecord NewRecord(string computeId, long number, ComputeSpec spec, IReadOnlyCollection<ComputeRecord> others)
    {
        var capacity = Capacity(others);
        RequestRules.Refuse((capacity.Used + spec.Resources).FitsIn(capacity.Total) ? null : VimFailures.NoCapacity(computeId, spec.Resources, capacity));
        var slot = addresses.Choose(computeId, spec, others.Select(o => o.Slot).ToHashSet());
        return new()
        {
            ComputeId = computeId,
            Spec = spec,
            Fence = table.FenceOf(computeId).Saw(number),
            CreatedAt = clock.GetUtcNow(),
            Slot = slot,
            Address = addresses.At(slot),
        };
    }

    private VimCapacity Capacity(IEnumerable<ComputeRecord> records) =>
        new(home.Total, records.Aggregate(default(VimResources), (sum, r) => sum + r.Spec.Resources));
}
