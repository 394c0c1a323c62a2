using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// Every instance that the platform holds. One change of an instance at a time: the move is decided, stored, and only
/// then takes effect; so after a crash the store says what has to be in effect, and <see cref="Load"/> makes it so.
/// </summary>
internal sealed class Applications(
    ApplicationStore store, RuleActivation rules, ApplicationFeed feed, Attendant attendant, ApplicationsContext context)
{
    private readonly InstanceTurns turns = new();
    private readonly ConcurrentDictionary<string, ApplicationRecord> records = [];

    /// <summary>Removals, oldest first: what is old enough is always in front.</summary>
    private readonly ConcurrentQueue<ApplicationRecord> removals = [];

    private volatile bool attending;
    private int held;
    private int forgetting;
    private long mended;

    private DateTimeOffset Now => context.Clock.GetUtcNow();

    /// <summary>Reads what was stored, and brings into effect what has to be.</summary>
    public async Task Load(CancellationToken cancel)
    {
        var loaded = await store.LoadAll(cancel);
        foreach (var record in loaded.OrderBy(r => r.PhaseTime))
        {
            Remember(record);
        }

        foreach (var record in loaded.Where(r => !r.Removed))
        {
            rules.Claim(record.AppInstanceId, record.Configuration);
        }

        foreach (var record in loaded.Where(r => !r.Removed))
        {
            using var turn = await TakeTurn(record.AppInstanceId, cancel);
            await Converge(record);
        }

        await ForgetOldRemovals(cancel);
    }

    /// <summary>From here on instances are attended to: probed, notified, retried.</summary>
    public async Task StartAttending(CancellationToken cancel)
    {
        attending = true;
        foreach (var id in Ids)
        {
            using var turn = await TakeTurn(id, cancel);
            if (TryGetRecord(id, out var record))
            {
                attendant.Attend(record, this);
            }
        }
    }

    public IReadOnlyList<string> Ids => [.. records.Values.Where(r => !r.Removed).Select(r => r.AppInstanceId).Order(StringComparer.Ordinal)];

    public ApplicationView? Find(string appInstanceId) =>
        TryGetRecord(appInstanceId, out var record) ? rules.View(record) : null;

    public bool TryGetRecord(string appInstanceId, [NotNullWhen(true)] out ApplicationRecord? record) =>
        records.TryGetValue(appInstanceId, out record) && !record.Removed;

    public IAsyncEnumerable<ApplicationEvent> Watch(CancellationToken cancel) => feed.Watch(() => Ids, Find, cancel);

    /// <summary>Stores rules and services (Mm5).</summary>
    public Task<ApplicationView> Ensure(string appInstanceId, long generation, PlatformConfiguration configuration, CancellationToken cancel)
    {
        ConfigurationCheck.Require(appInstanceId, configuration);
        ConfigurationCheck.RequireEnforceable(appInstanceId, configuration, context.Plane, context.Options.StrictRules);
        return Change(appInstanceId, generation, mustExist: false, present =>
        {
            if (present is null or { Removed: true } && Volatile.Read(ref held) >= context.Options.MaxInstances)
            {
                throw Failure.NoCapacity("TOO_MANY_INSTANCES", $"The platform holds {context.Options.MaxInstances} instances, as many as it may.").ToException();
            }

            var next = Moves.Configured(present, appInstanceId, generation, configuration, Now);
            rules.Claim(appInstanceId, next.Configuration);
            return next;
        }, cancel);
    }

    /// <summary>Tells where the instance runs; null: it does not (Mm5).</summary>
    public Task<ApplicationView> SetRunning(string appInstanceId, long generation, InstanceEndpoint? endpoint, string incarnation, CancellationToken cancel)
    {
        if (endpoint is not null && !IPAddress.TryParse(endpoint.Address, out _))
        {
            throw Failure.InvalidInput("BAD_ENDPOINT", $"'{endpoint.Address}' is not an IP address; endpoint.address needs one.", $"app-instance/{appInstanceId}").ToException();
        }

        return Change(
            appInstanceId,
            generation,
            mustExist: true,
            present => endpoint is null
                ? Moves.NotRunning(present!, generation, Now)
                : Moves.Running(present!, generation, endpoint, incarnation, Now),
            cancel);
    }

    /// <summary>Starts to take the instance out of service (Mm5).</summary>
    public Task<ApplicationView> Drain(string appInstanceId, long generation, OperationAction action, TimeSpan timeout, CancellationToken cancel) =>
        Change(
            appInstanceId,
            generation,
            mustExist: true,
            present => DrainMoves.Asked(present!, generation, action, timeout, attendant.SomebodyListens(present!), Now),
            cancel);

    /// <summary>Forgets the instance, except for its generation (Mm5).</summary>
    public async Task RemoveIfAny(string appInstanceId, long generation, CancellationToken cancel)
    {
        using (await TakeTurn(appInstanceId, cancel))
        {
            var present = records.GetValueOrDefault(appInstanceId);
            Moves.Fence(present, generation);
            var removed = Moves.RemovedRecord(appInstanceId, generation, Now);
            await store.Save(removed);
            Remember(removed);
            attendant.Leave(appInstanceId);
            var servicesChanged = await rules.Forget(appInstanceId, CancellationToken.None);
            if (present is { Removed: false })
            {
                AppSupportLog.Removed(context.Log, appInstanceId, generation);
                feed.Publish(appInstanceId);
            }

            PublishConsumers(servicesChanged);
        }

        await ForgetOldRemovals(cancel);
    }

    /// <summary>Something that happens to an instance that exists and says no generation: Mp1, probes, time.</summary>
    public Task<ApplicationView> Happened(string appInstanceId, Func<ApplicationRecord, ApplicationRecord> move, CancellationToken cancel) =>
        Change(appInstanceId, generation: null, mustExist: true, present => move(present!), cancel);

    /// <summary>Compares what acts with what shall, one instance after the other, and mends what differs.</summary>
    public async Task Compare(CancellationToken cancel)
    {
        var (traffic, names) = rules.Acting();
        foreach (var id in traffic.Select(t => t.Key).Concat(names).Concat(records.Keys).ToHashSet(StringComparer.Ordinal))
        {
            using var turn = await TakeTurn(id, cancel);
            var record = TryGetRecord(id, out var found) && RulesAct(found) ? found : null;

            // Read again in the instance's turn: what was read before it may have changed meanwhile.
            if (record is { Phase: Phase.Activating })
            {
                await Converge(record); // waits for its names
                continue;
            }

            if (rules.Difference(id, record, traffic[id]) is null || rules.Difference(id, record, rules.Acting().Traffic[id]) is not { } wrong)
            {
                continue;
            }

            Interlocked.Increment(ref mended);
            AppSupportLog.Mended(context.Log, id, wrong);
            if (found is { Removed: false })
            {
                await Converge(found);
            }
            else
            {
                await rules.Withdraw(id, cancel);
            }
        }
    }

    /// <summary>How often something acted that must not, or did not that must.</summary>
    public long MendedTotal => Interlocked.Read(ref mended);

    private async Task<ApplicationView> Change(
        string appInstanceId, long? generation, bool mustExist, Func<ApplicationRecord?, ApplicationRecord> move, CancellationToken cancel)
    {
        using var turn = await TakeTurn(appInstanceId, cancel);
        var present = records.GetValueOrDefault(appInstanceId);
        if (generation is { } given)
        {
            Moves.Fence(present, given);
        }

        if (mustExist && (present is null || present.Removed))
        {
            throw Unknown(appInstanceId);
        }

        var next = move(present);
        if (next != present)
        {
            await KeepOrGiveNamesBack(present, next);
        }
        else if (next.Phase is not (Phase.Activating or Phase.Draining))
        {
            return rules.View(next); // nothing changed, and nothing was left half-way by a store that failed
        }

        return rules.View(await Converge(next));
    }

    private async Task KeepOrGiveNamesBack(ApplicationRecord? before, ApplicationRecord next)
    {
        try
        {
            await Keep(next);
        }
        catch
        {
            rules.Claim(next.AppInstanceId, before?.Configuration ?? PlatformConfiguration.Empty);
            throw;
        }
    }

    /// <summary>Makes true what the record says. Every step on the way is stored before the next.</summary>
    private async Task<ApplicationRecord> Converge(ApplicationRecord record)
    {
        var servicesChanged = false;
        switch (record.Phase)
        {
            case var _ when RulesAct(record):
                (record, servicesChanged) = await Activate(record);
                break;
            case Phase.Draining when !record.Drain!.IsWaiting(Now):
                servicesChanged = await OutOfService(record);
                record = await Keep(DrainMoves.Drained(record, Now));
                break;
            default:
                servicesChanged = await rules.Withdraw(record.AppInstanceId, CancellationToken.None);
                break;
        }

        feed.Publish(record.AppInstanceId);
        PublishConsumers(servicesChanged);
        if (attending)
        {
            attendant.Attend(record, this);
        }

        return record;
    }

    /// <summary>
    /// Once nothing new comes, what is under way may be answered: a request that had reached the application when it
    /// confirmed its termination is not cut. One that was not asked is not waited for either.
    /// </summary>
    private async Task<bool> OutOfService(ApplicationRecord record)
    {
        var servicesChanged = await rules.Retire(record.AppInstanceId, CancellationToken.None);
        if (record.Drain is { Announced: true } or { Confirmed: true } && context.Options.FlowLinger > TimeSpan.Zero)
        {
            await Task.Delay(context.Options.FlowLinger, context.Clock);
        }

        rules.CloseFlows(record.AppInstanceId);
        return servicesChanged;
    }

    /// <summary>Whether its rules act in this phase.</summary>
    private bool RulesAct(ApplicationRecord record) => record switch
    {
        { Phase: Phase.Activating or Phase.Active } => true,
        { Phase: Phase.Draining, Ready: true, Drain: { } drain } => drain.IsWaiting(Now),
        _ => false,
    };

    private async Task<(ApplicationRecord Record, bool ServicesChanged)> Activate(ApplicationRecord record)
    {
        if ((await rules.Activate(record, CancellationToken.None)).TryGet(out var servicesChanged, out var why))
        {
            return (record.Phase == Phase.Activating ? await Activated(record) : record, servicesChanged);
        }

        servicesChanged = await rules.Withdraw(record.AppInstanceId, CancellationToken.None);
        return (record.Phase is Phase.Activating or Phase.Active ? await Keep(Moves.NotActivated(record, why, Now)) : record, servicesChanged);
    }

    /// <summary>Active, or, while names are not answered yet, waiting for that alone; <see cref="Compare"/> looks again.</summary>
    private async Task<ApplicationRecord> Activated(ApplicationRecord record)
    {
        if (rules.WhyNamesWait(record.AppInstanceId) is not { } why)
        {
            return await Keep(Moves.Activated(record, rules.Describe(record), Now));
        }

        var waiting = Moves.NamesWait(record, why, Now);
        return waiting.Message == record.Message ? record : await Keep(waiting);
    }

    /// <summary>Durable first, then known; watchers hear of it.</summary>
    private async Task<ApplicationRecord> Keep(ApplicationRecord record)
    {
        await store.Save(record);
        var before = Remember(record);
        feed.Publish(record.AppInstanceId);
        if (before?.Phase != record.Phase)
        {
            AppSupportLog.Entered(context.Log, record.AppInstanceId, record.Phase.Spell(), record.Generation, record.Message);
        }

        return record;
    }

    /// <summary>Whose required services may have come or gone.</summary>
    public void PublishConsumers(bool servicesChanged)
    {
        foreach (var record in servicesChanged ? records.Values : [])
        {
            if (!record.Removed && record.Configuration.ServicesRequired.Count > 0)
            {
                feed.Publish(record.AppInstanceId);
            }
        }
    }

    /// <summary>Takes over what is stored by now, in the instance's turn; says what was there before.</summary>
    private ApplicationRecord? Remember(ApplicationRecord record)
    {
        var before = records.GetValueOrDefault(record.AppInstanceId);
        records[record.AppInstanceId] = record;
        context.Addresses.Set(record.AppInstanceId, record.Endpoint is { } endpoint ? IPAddress.Parse(endpoint.Address) : null);
        if (record.Removed)
        {
            removals.Enqueue(record);
        }

        var wasHeld = before is { Removed: false };
        if (wasHeld == record.Removed)
        {
            Interlocked.Add(ref held, record.Removed ? -1 : 1);
        }

        return before;
    }

    /// <summary>Called outside of any turn, for it takes those of the instances it forgets. Once at a time: whoever comes meanwhile has nothing to add.</summary>
    private async Task ForgetOldRemovals(CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref forgetting, 1) == 1)
        {
            return;
        }

        try
        {
            while (removals.TryPeek(out var oldest) && Now - oldest.PhaseTime > context.Options.RemovedKept)
            {
                using var turn = await TakeTurn(oldest.AppInstanceId, cancel);
                if (ReferenceEquals(records.GetValueOrDefault(oldest.AppInstanceId), oldest))
                {
                    await store.Delete(oldest);
                    records.TryRemove(oldest.AppInstanceId, out _);
                }

                removals.TryDequeue(out _);
            }
        }
        finally
        {
            Volatile.Write(ref forgetting, 0);
        }
    }

    private Task<IDisposable> TakeTurn(string appInstanceId, CancellationToken cancel) => turns.Take(appInstanceId, cancel);

    private static FailureException Unknown(string appInstanceId) => Failure.NotFound(
        "APP_INSTANCE_UNKNOWN", $"The platform holds no instance {appInstanceId}: it was never configured here, or was removed.", $"app-instance/{appInstanceId}").ToException();
}
