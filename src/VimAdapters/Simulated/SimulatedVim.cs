using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// A VIM in which nothing runs: computes have a state, an address and a log, and capacity is counted. It keeps
/// the contract to the letter and misbehaves as its options and its script say, so that everything above it can
/// be tested against what real VIMs do wrong.
/// </summary>
public sealed partial class SimulatedVim : IVimAdapter, IDisposable
{
    public const string AdapterName = "Simulated";

    private readonly SimulatedVimOptions options;
    private readonly TimeProvider clock;
    private readonly AddressRange range;
    private readonly SimulatedStore store;
    private readonly SimulatedFaults faults;
    private readonly SimulatedBorder border;
    private readonly VimCapabilities capabilities;
    private readonly SimulatedComputes computes;
    private readonly SimulatedLuck luck;
    private readonly SimulatedNetworks networks;
    private readonly SimulatedMischief mischief;
    private readonly SimulatedOrders? orders;
    private readonly Lock gate = new();
    private bool disposed;

    public SimulatedVim(SimulatedVimOptions options, TimeProvider clock)
    {
        range = SimulatedVimRules.Check(options);
        this.options = options;
        this.clock = clock;
        store = new(options.Folder, options.CompactAfter, range);
        faults = new(options, store.ScriptDone, store.Starts);
        luck = new(options);
        networks = new(store, options, clock);
        mischief = new(clock);
        computes = new(store, options.FenceRetention, clock, gate);
        border = new(options, faults, clock, OnCall);
        capabilities = SimulatedVimRules.Capabilities(options);
        lock (gate)
        {
            computes.Begin();
        }

        orders = options is { Orders: true, Folder: { } folder } ? new(folder, CarryOut, clock) : null;
    }

    /// <summary>Adds a fault to the end of the script: the next call of that name, once those before it are used up, meets it.</summary>
    public void FailNext(VimCall call, SimulatedFault fault) => faults.Add(call, fault);

    /// <summary>Lets the process of a compute end by itself.</summary>
    public void Crash(string computeId, int exitCode)
    {
        lock (gate)
        {
            var key = store.Key(computeId);
            var compute = key.Compute ?? throw VimFailures.NoCompute(computeId).ToException();
            computes.Save(key with { Compute = compute.Crashed(exitCode, clock.GetUtcNow(), luck.BootTime(computeId, compute.Boots)) });
        }
    }

    /// <summary>Somebody else deletes a compute if it is there; its numbers stay as they are.</summary>
    public void Drop(string computeId) => CarryOut(new SimulatedOrder(SimulatedDeed.Drop, computeId, 0));

    /// <summary>Somebody else switches a compute off; its numbers stay as they are.</summary>
    public void SwitchOff(string computeId) => CarryOut(new SimulatedOrder(SimulatedDeed.Stop, computeId, 0));

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) =>
        CallAsync(VimCall.GetCapabilities, _ => capabilities, cancellationToken);

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) =>
        CallAsync(VimCall.GetCapacity, _ => Capacity(), cancellationToken);

    public async Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken)
    {
        RequestRules.CheckImage(source.Image);
        RequestRules.CheckClaimed(source.Image.Format, capabilities);
        var fault = await border.EnterAsync(VimCall.EnsureImage, cancellationToken);
        var image = Locked(() => store.Image(source.Image.Digest));
        if (image is null)
        {
            await ImageDigest.CheckAsync(source, cancellationToken);
            image = Locked(() =>
            {
                var made = store.Image(source.Image.Digest) ?? new VimImage(source.Image, source.Size);
                store.PutImage(made);
                return made;
            });
        }

        await border.LeaveAsync(fault, cancellationToken);
        return image;
    }

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) =>
        CallAsync(VimCall.ListImages, IReadOnlyList<VimImage> (_) => [.. store.Images], cancellationToken);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken)
    {
        RequestRules.CheckDigest(digest);
        return CallAsync(VimCall.DeleteImageIfAny, _ =>
        {
            if (store.Keys.FirstOrDefault(k => k.Compute?.Spec.Images.Any(i => i.Digest == digest) == true) is { } user)
            {
                throw VimFailures.ImageInUse(digest, user.ComputeId).ToException();
            }

            store.RemoveImage(digest);
            return true;
        }, cancellationToken);
    }

    public Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckSpec(computeId, spec, capabilities);
        return CallAsync(VimCall.EnsureCompute, fault => EnsureCompute(computeId, operationNumber, spec, fault == SimulatedFault.BootFails || luck.NeverBoots(computeId, operationNumber)), cancellationToken);
    }

    public Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        return CallAsync(VimCall.GetCompute, _ => mischief.Shown(store.Key(computeId)), cancellationToken);
    }

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) =>
        CallAsync(VimCall.ListComputes, _ => Computes(), cancellationToken);

    public Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        RequestRules.CheckPower(computeId, powerState);
        Demand(VimCapability.Power, "power operations");
        return CallAsync(VimCall.SetPowerState, _ => SetPower(computeId, operationNumber, powerState), cancellationToken);
    }

    public async Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken)
    {
        RequestRules.CheckKey(computeId, operationNumber);
        var fault = await border.EnterAsync(VimCall.DeleteComputeIfAny, cancellationToken);
        if (BeginDelete(computeId, operationNumber) is { } goneAt)
        {
            // On a manual clock this waits for the test to move it, as a real VIM would take its time.
            await Task.Delay(Max(goneAt - clock.GetUtcNow(), TimeSpan.Zero), clock, cancellationToken);
            Locked(() => computes.Remove(computeId));
        }

        await border.LeaveAsync(fault, cancellationToken);
    }

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fault = await border.EnterAsync(VimCall.WatchComputes, cancellationToken);
        await border.LeaveAsync(fault, cancellationToken);
        await foreach (var change in computes.Feed.WatchAsync(_ => Task.FromResult(Locked(Computes)), cancellationToken))
        {
            yield return change;
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        var limit = RequestRules.CheckTail(computeId, tailBytes);
        Demand(VimCapability.Logs, "logs");
        return CallAsync(VimCall.ReadLog, _ =>
        {
            var compute = store.Key(computeId).Compute ?? throw VimFailures.NoCompute(computeId).ToException();
            var text = string.Concat(compute.Journal.Select(line => line + "\n"));
            return text.Length <= limit ? new ComputeLog(text, false) : new ComputeLog(text[^limit..], true);
        }, cancellationToken);
    }

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken)
    {
        RequestRules.CheckId(computeId);
        Demand(VimCapability.Statistics, "statistics");
        return CallAsync(VimCall.ReadStatistics, _ =>
            (store.Key(computeId).Compute ?? throw VimFailures.NoCompute(computeId).ToException()).UsedAt(clock.GetUtcNow()), cancellationToken);
    }

    public void Dispose()
    {
        orders?.Dispose();
        lock (gate)
        {
            disposed = true;
            computes.Dispose();
            store.Dispose();
        }
    }

    private Compute EnsureCompute(string computeId, long number, ComputeSpec spec, bool neverBoots)
    {
        var key = store.Key(computeId);
        if (key.Fence.RefuseEnsure(computeId, number) is { } refusal)
        {
            throw refusal.ToException();
        }

        if (key.Compute is { } existing)
        {
            if (existing.GoneAt is not null)
            {
                throw VimFailures.BeingDeleted(computeId).ToException();
            }

            if (existing.Spec.DifferenceFrom(spec) is { } field)
            {
                throw VimFailures.OtherSpec(computeId, field).ToException();
            }

            computes.Save(key with { Fence = key.Fence.Saw(number) });
            return Seen(store.Key(computeId))!;
        }

        if (spec.Images.FirstOrDefault(i => store.Image(i.Digest) is null) is { } missing)
        {
            throw VimFailures.NoImage(computeId, missing.Digest).ToException();
        }

        if (!(Capacity().Used + spec.Resources).FitsIn(Capacity().Total))
        {
            throw VimFailures.NoCapacity(computeId, spec.Resources, Capacity()).ToException();
        }

        var now = clock.GetUtcNow();
        var onNetworks = networks.AddressesOn(computeId, spec);
        var address = onNetworks.Count > 0 ? onNetworks[0] : FreeAddress(computeId, spec.Address);
        var compute = new SimulatedCompute(spec, now, address, now + luck.BootTime(computeId, number))
        {
            NeverBoots = neverBoots,
            FurtherAddresses = [.. onNetworks.Skip(1)],
            Machine = SimulatedMachines.Choose(computeId, spec, store.Keys.Select(k => k.Compute).OfType<SimulatedCompute>(), options.Machines),
        };
        mischief.Settle(computeId);
        computes.Save(key with { Fence = key.Fence.Saw(number), Compute = compute.Noting(now, "accepted") });
        return Seen(store.Key(computeId))!;
    }

    private Compute SetPower(string computeId, long number, PowerState power)
    {
        var key = store.Key(computeId);
        if (key.Fence.RefusePower(computeId, number, power) is { } refusal)
        {
            throw refusal.ToException();
        }

        if (key.Compute is not { GoneAt: null } compute)
        {
            throw VimFailures.NoCompute(computeId).ToException();
        }

        var now = clock.GetUtcNow();
        compute = compute.Switched(power, now, power == PowerState.Started ? luck.BootTime(computeId, number) : options.StopTime);
        computes.Save(key with { Fence = key.Fence.Powered(number, power), Compute = compute });
        return Seen(store.Key(computeId))!;
    }

    private DateTimeOffset? BeginDelete(string computeId, long number)
    {
        lock (gate)
        {
            var key = store.Key(computeId);
            if (key.Fence.RefuseDelete(computeId, number) is { } refusal)
            {
                throw refusal.ToException();
            }

            mischief.Settle(computeId);
            var goneAt = key.Compute is null ? (DateTimeOffset?)null : key.Compute.GoneAt ?? clock.GetUtcNow() + options.DeleteTime;
            computes.Save(key with { Fence = key.Fence.Seal(number), Compute = key.Compute is null ? null : key.Compute with { GoneAt = goneAt } });
            return goneAt;
        }
    }

    private string FreeAddress(string computeId, string wanted) => store.FreeAddress(wanted)
        ?? throw VimFailures.NoRoom($"compute/{computeId}", wanted.Length > 0
            ? $"Address {wanted} is taken." : $"All {range.Count} addresses of {range} are taken.").ToException();

    private VimCapacity Capacity() => new(new(options.MilliCpu, options.MemoryMib, options.DiskGib), options.TakenByOthers + store.Used);

    private IReadOnlyList<Compute> Computes() => [.. store.Keys.Select(mischief.Shown).OfType<Compute>()];

    private Compute? Seen(SimulatedKey key) => key.Compute?.At(clock.GetUtcNow(), key.ComputeId, key.Fence.Last);

    /// <summary>Every call, before its fault: the script moved on, and an absent VIM answers nothing.</summary>
    private void OnCall()
    {
        lock (gate)
        {
            store.SetScriptDone(faults.ScriptDone);
            if (mischief.IsAway)
            {
                throw VimFailures.CannotReach(AdapterName, "The simulated VIM is away.").ToException();
            }
        }
    }

    /// <summary>What somebody else does, by a file.</summary>
    private void CarryOut(SimulatedOrder order)
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            if (order.Deed == SimulatedDeed.Away)
            {
                mischief.GoAway(TimeSpan.FromMilliseconds(order.Argument));
                return;
            }

            if (order.Deed == SimulatedDeed.Hide)
            {
                mischief.Hide(order.ComputeId, TimeSpan.FromMilliseconds(order.Argument));
                return;
            }

            foreach (var key in store.Keys.Where(k => k.Compute is not null && (order.ComputeId == "*" || k.ComputeId == order.ComputeId)).ToArray())
            {
                CarryOut(order, key, key.Compute!);
            }
        }
    }

    private void CarryOut(SimulatedOrder order, SimulatedKey key, SimulatedCompute compute)
    {
        switch (order.Deed)
        {
            case SimulatedDeed.Stop:
                computes.Save(key with { Compute = compute.Switched(PowerState.Stopped, clock.GetUtcNow(), TimeSpan.Zero) });
                break;
            case SimulatedDeed.Crash:
                Crash(key.ComputeId, order.Argument);
                break;
            case SimulatedDeed.Ghost:
                mischief.Haunt(key, TimeSpan.FromMilliseconds(order.Argument));
                computes.Drop(key.ComputeId, tell: false);
                break;
            default:
                computes.Drop(key.ComputeId, tell: order.Deed == SimulatedDeed.Drop);
                break;
        }
    }

    private async Task<T> CallAsync<T>(VimCall call, Func<SimulatedFault, T> effect, CancellationToken cancellationToken)
    {
        var fault = await border.EnterAsync(call, cancellationToken);
        var result = Locked(() => effect(fault));
        await border.LeaveAsync(fault, cancellationToken);
        return result;
    }

    private T Locked<T>(Func<T> effect)
    {
        lock (gate)
        {
            return effect();
        }
    }

    private void Demand(VimCapability capability, string what)
    {
        if (!capabilities.Has(capability))
        {
            throw VimFailures.Cannot(AdapterName, what).ToException();
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
