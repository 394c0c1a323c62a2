using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Sites;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// What is done about a difference. The decision is one commit with the finding: it holds only if the record is still the one that was judged and no
/// operation has begun meanwhile; else somebody else has taken the instance in hand, and nothing is done.
/// </summary>
internal sealed class Repairs(
    IStateStore store, Findings findings, Recreation recreation, InstanceTermination termination, SagaEngine engine, ReconciliationOptions options, ILogger<Repairs> logger)
{
    public OperationReader Operations => engine.Operations;

    public Task Act(Difference kind, Suspect suspect, Stored<AppInstanceRecord>? found, SiteInstance? observed, CancellationToken cancel) => kind switch
    {
        Difference.Orphan => Orphan(suspect, found, observed!, cancel),
        Difference.Residue => Residue(suspect, found!, cancel),
        _ => Missing(kind, suspect, found!, observed, cancel),
    };

    /// <summary>It is right again.</summary>
    public async Task Resolved(Finding was, Suspect suspect, CancellationToken cancel)
    {
        if (await findings.Resolve(was, suspect.Fence, cancel))
        {
            logger.Resolved(was.SiteId, was.AppInstanceId, was.Kind);
        }
    }

    /// <summary>An operation that gave up, most likely because of the site, which has just been listed anew: it is tried again.</summary>
    public async Task RetryIfStuck(string operationId, string siteId, CancellationToken cancel)
    {
        if (await engine.Operations.Find(Tenants.Default, operationId, cancel) is { Value: { State: OperationState.NeedsAttention, Asked: null } stuck }
            && !(await engine.Retry(Tenants.Default, operationId, $"the return of site {siteId}", cancel: cancel)).IsRefused)
        {
            logger.Retried(operationId, stuck.Subject, siteId);
        }
    }

    private async Task Orphan(Suspect suspect, Stored<AppInstanceRecord>? found, SiteInstance observed, CancellationToken cancel)
    {
        var whose = found?.Value.Location is { } at ? $"it belongs to site {at.SiteId}" : found is null ? "there is no such instance" : "it is NOT_INSTANTIATED";
        var message = $"site {suspect.SiteId} has the instance at generation {observed.Generation}, but {whose}";
        if (options.Orphans == OrphanPolicy.Report)
        {
            await Report(findings.New(suspect.SiteId, suspect.AppInstanceId, Difference.Orphan, Finding.Reported, message, suspect.Before), suspect, cancel);
            return;
        }

        var finding = findings.New(suspect.SiteId, suspect.AppInstanceId, Difference.Orphan, Finding.Removed, message, suspect.Before);
        var debt = new Debt
        {
            SiteId = suspect.SiteId,
            HostId = observed.HostId,
            AppInstanceId = suspect.AppInstanceId,
            Generation = Math.Max(found?.Value.Generation ?? 0, observed.Generation) + 1,
            Since = finding.FoundAt,
            Reason = Debt.Orphan,
            Message = message,
        };
        await Commit(Debts.Put(Claim(suspect, found, debt.Generation), debt), finding, suspect, cancel);
    }

    private async Task Residue(Suspect suspect, Stored<AppInstanceRecord> found, CancellationToken cancel)
    {
        var finding = findings.New(
            suspect.SiteId, suspect.AppInstanceId, Difference.Residue, Finding.Terminated,
            $"an operation was given up that may have left something of the instance at site {suspect.SiteId}", suspect.Before);
        if (!(await termination.TerminateJudged(found, cancel)).IsRefused)
        {
            await Commit(new Batch(), finding, suspect, cancel);
        }
    }

    private async Task Missing(Difference kind, Suspect suspect, Stored<AppInstanceRecord> found, SiteInstance? observed, CancellationToken cancel)
    {
        var what = observed is null
            ? $"site {suspect.SiteId} does not have the instance, which is {found.Value.State.Spelled()} there"
            : $"site {suspect.SiteId} has the instance at generation {observed.Generation}, after it had confirmed {found.Value.LastReport!.Generation}";
        if (options.Lost == LostPolicy.Report)
        {
            await Report(findings.New(suspect.SiteId, suspect.AppInstanceId, kind, Finding.Reported, what, suspect.Before), suspect, cancel);
            return;
        }

        var finding = findings.New(suspect.SiteId, suspect.AppInstanceId, kind, Finding.Recreated, what, suspect.Before);
        var again = recreation.GenerationTold(found.Value);
        var generation = again ?? found.Value.Generation + 1;
        if (again is null && !await Commit(Claim(suspect, found, generation), finding, suspect, cancel))
        {
            return;
        }

        if (await recreation.Ensure(found.Value, generation, cancel) is { } failure)
        {
            await Report(finding with { Message = $"{what}; it was told again and refused: {failure.Message}" }, suspect with { Before = finding }, cancel);
        }
    }

    /// <summary>The instance is ours under this generation, unless its record has changed or an operation has begun.</summary>
    internal static Batch Claim(Suspect suspect, Stored<AppInstanceRecord>? found, long generation)
    {
        var batch = OperationReader.CheckIdle(new Batch(), Tenants.Default, AppInstanceRecord.SubjectOf(suspect.AppInstanceId));
        return found is null
            ? batch.Check(AppInstances.Key(suspect.AppInstanceId), Batch.MustNotExist)
            : AppInstances.Put(batch, found.Value with { Generation = generation }, found.Version);
    }

    private async Task Report(Finding finding, Suspect suspect, CancellationToken cancel)
    {
        if (suspect.Before is not { } before || before.Kind != finding.Kind || before.Action != finding.Action || before.Message != finding.Message)
        {
            await Commit(new Batch(), finding, suspect, cancel);
        }
    }

    private async Task<bool> Commit(Batch batch, Finding finding, Suspect suspect, CancellationToken cancel)
    {
        if (!(await store.Commit(Findings.Put(batch, finding).Under(suspect.Fence), cancel)).IsCommitted)
        {
            return false;
        }

        findings.Stored(finding);
        if (suspect.Before?.Kind != finding.Kind)
        {
            logger.Found(finding.SiteId, finding.AppInstanceId, finding.Kind, finding.Action, finding.Message);
            ReconciliationMetrics.Found(finding);
        }

        return true;
    }
}
