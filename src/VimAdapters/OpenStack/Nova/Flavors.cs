using System.Net;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Glance;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack.Nova;

/// <summary>Which flavor a compute gets: the smallest that holds it, or one of exactly its size where we may make it.</summary>
internal sealed class Flavors(NovaClient nova, Mark mark, OpenStackOptions options, ServerTable table, TimeProvider clock, ILogger logger)
{
    /// <summary>Flavors change when an operator does something.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly KeyedLock making = new();
    private (IReadOnlyList<FlavorDetails> Flavors, long At)? known;

    /// <summary>
    /// Records a compute with the flavor that it gets; a refusal says which there are. Where we make flavors no sweep comes between: it would
    /// take one that nobody has yet.
    /// </summary>
    /// <param name="computeId">The compute's id, for the refusal.</param>
    /// <param name="spec">What it is to have.</param>
    /// <param name="image">What it starts from, which has needs of its own.</param>
    /// <param name="put">Puts the record that names the flavor into the table.</param>
    /// <param name="cancellationToken">Ends the choice; nothing is recorded then.</param>
    public async Task<ServerRecord> RecordAsync(
        string computeId, ComputeSpec spec, UsableImage image, Func<FlavorDetails, ServerRecord> put, CancellationToken cancellationToken)
    {
        using var alone = options.MakeFlavors ? await making.TakeAsync("", cancellationToken) : null;
        var flavor = await ChooseAsync(computeId, spec, image, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return put(flavor);
    }

    private async Task<FlavorDetails> ChooseAsync(string computeId, ComputeSpec spec, UsableImage image, CancellationToken cancellationToken)
    {
        var need = NeedOf(spec, image, options);
        var offered = await OfferedAsync(cancellationToken);
        if (Smallest(offered, need, options) is { } found && (!options.MakeFlavors || (found.Vcpus == need.Vcpus && found.Ram == need.RamMib && found.Disk == need.DiskGib)))
        {
            return found;
        }

        return options.MakeFlavors ? await MakeAsync(need, cancellationToken) : throw VimFailures.NoRoom($"compute/{computeId}",
            $"It needs {need}; no flavor that may be used holds that: {(offered.Count == 0 ? "there is none" : string.Join(", ", offered.Take(20).Select(Shown)))}.").ToException();
    }

    /// <summary>The flavors that may be used.</summary>
    public async Task<IReadOnlyList<FlavorDetails>> OfferedAsync(CancellationToken cancellationToken) =>
        [.. (await AllAsync(cancellationToken)).Where(f => !f.IsDisabled && (options.Flavors.Count == 0 || options.Flavors.Contains(f.Name)))];

    private async Task<IReadOnlyList<FlavorDetails>> AllAsync(CancellationToken cancellationToken)
    {
        if (known is not { } before || options.MakeFlavors || clock.GetElapsedTime(before.At) > Fresh)
        {
            known = before = (await nova.FlavorsAsync(cancellationToken), clock.GetTimestamp());
        }

        return before.Flavors;
    }

    /// <summary>Removes the flavors that we made and no compute has.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (!options.MakeFlavors)
        {
            return;
        }

        using var alone = await making.TakeAsync("", cancellationToken);
        var used = table.All.Select(r => r.FlavorName).ToHashSet(StringComparer.Ordinal);
        foreach (var flavor in (await nova.FlavorsAsync(cancellationToken)).Where(f => mark.IsFlavor(f.Name) && !used.Contains(f.Name)))
        {
            Log.RemovedLeftover(logger, "Flavor", flavor.Name, flavor.Id);
            await nova.DeleteFlavorAsync(flavor.Id, cancellationToken);
        }
    }

    /// <summary>
    /// The smallest that holds it. One with extra specifications (a GPU, pinned CPUs) is only taken where the settings name it: such
    /// machines are few, and not meant for everybody.
    /// </summary>
    internal static FlavorDetails? Smallest(IReadOnlyList<FlavorDetails> offered, FlavorNeed need, OpenStackOptions options) => offered
        .Where(f => f.Vcpus >= need.Vcpus && f.Ram >= need.RamMib && (f.Disk >= need.DiskGib || options.BootFromVolume))
        .Where(f => options.Flavors.Count > 0 || f.ExtraSpecs is not { Count: > 0 })
        .OrderBy(f => f.Vcpus).ThenBy(f => f.Ram).ThenBy(f => f.Disk).ThenBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault();

    internal static FlavorNeed NeedOf(ComputeSpec spec, UsableImage image, OpenStackOptions options) => new(
        Math.Max(1, (spec.Resources.MilliCpu + 999) / 1000),
        Math.Max(Math.Max(1, image.MinRamMib), spec.Resources.MemoryMib),
        options.BootFromVolume ? 0 : Math.Max(image.MinDiskGib, RootDiskOf(spec)));

    /// <summary>What is left of the disk for the root: the caller counts volumes in.</summary>
    internal static long RootDiskOf(ComputeSpec spec) => Math.Max(0, spec.Resources.DiskGib - spec.Volumes.Sum(v => v.SizeGib));

    private async Task<FlavorDetails> MakeAsync(FlavorNeed need, CancellationToken cancellationToken)
    {
        var name = mark.Flavor(need.Vcpus, need.RamMib, need.DiskGib);
        try
        {
            return await nova.CreateFlavorAsync(new(name, need.Vcpus, need.RamMib, need.DiskGib) { Description = mark.Tag }, cancellationToken);
        }
        catch (OpenStackRefusedException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return (await nova.FlavorsAsync(cancellationToken)).FirstOrDefault(f => f.Name == name) ?? throw new Mesh.Failures.FailureException(OpenStackFailures.General(e), e);
        }
    }

    private static string Shown(FlavorDetails flavor) => $"{flavor.Name} ({flavor.Vcpus} vCPU, {flavor.Ram} MiB, {flavor.Disk} GiB)";
}

/// <summary>What a flavor must hold.</summary>
internal readonly record struct FlavorNeed(long Vcpus, long RamMib, long DiskGib)
{
    public override string ToString() => $"{Vcpus} vCPU, {RamMib} MiB memory, {DiskGib} GiB disk";
}
