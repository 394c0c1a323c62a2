using Mano.Meo.Granting;
using Mano.Meo.Sites;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>What an operation wants of a site, without the package's content.</summary>
internal sealed record WantedApp(
    string AppInstanceId, string Name, long Generation, string HostId, bool Started, TimeSpan GracefulStop, Grant Grant, InstanceWishes? Wishes);

/// <summary>The steps that all operations take at a site: tell it, wait for it.</summary>
internal sealed class SiteSteps(ISites sites, IPackageCatalogue packages, IStateStore store, TimeProvider clock)
{
    /// <summary>The site was told something newer: another operation has taken over, and this one's wish is void.</summary>
    public const string Superseded = "GENERATION_SUPERSEDED";

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // Not the engine's own, which is made of the operations that these steps belong to.
    private readonly OperationReader operations = new(store);

    /// <summary>Tells the site what is desired; done when that is durable there.</summary>
    public async Task<Outcome<Done>> Ensure(string siteId, WantedApp wanted, string appPkgId, CancellationToken cancel)
    {
        if (!(await packages.GetOnboarded(Tenants.Default, appPkgId, cancel)).TryGet(out var package, out var failure))
        {
            return failure;
        }

        var answer = await sites.Ensure(siteId, Desired(wanted, package), cancel);
        return answer.Then<Done>(_ => Done.It);
    }

    /// <summary>Waits until those who make room have left. One of them that could not be taken down makes none, and this is given up.</summary>
    public async Task<Outcome<Done>> UntilLeft(IReadOnlyList<string> terminations, Action<string, int?> report, CancellationToken cancel)
    {
        for (var i = 0; i < terminations.Count; i++)
        {
            report($"waits for room: {terminations.Count - i} of {terminations.Count} instances are being terminated", null);
            var ended = (await operations.Ended(Tenants.Default, terminations[i], cancel)).Value;
            if (ended.State != OperationState.Completed)
            {
                return new Failure(
                    FailureKind.Conflict, "ROOM_NOT_MADE", $"Operation {ended.Id} was to terminate {ended.Subject} and make room, and ended {ended.State}: {ended.Failure?.Message}", ended.Id);
            }
        }

        return Done.It;
    }

    /// <summary>
    /// Waits over the watch stream until the site has done what is wanted, reporting the first condition that does not
    /// hold yet. A site that came back without the instance is told again.
    /// </summary>
    public async Task<Outcome<SiteInstance>> UntilSteady(
        string siteId, WantedApp wanted, string appPkgId, Action<string, int?> report, CancellationToken cancel)
    {
        var told = sites.View(siteId, wanted.AppInstanceId).Snapshot;
        await foreach (var view in sites.Watch(siteId, wanted.AppInstanceId, cancel))
        {
            if (!view.IsSynced)
            {
                report($"waits for site {siteId}, which cannot be reached at the moment", null);
            }
            else if (view.Instance is not { } seen || seen.Generation < wanted.Generation)
            {
                if (view.Snapshot != told && (await Ensure(siteId, wanted, appPkgId, cancel)).Failure is { } failure)
                {
                    return failure;
                }

                told = view.Snapshot;
            }
            else if (seen.Generation > wanted.Generation)
            {
                return new Failure(
                    FailureKind.Conflict, Superseded, $"Site {siteId} was told generation {seen.Generation} meanwhile.", "site/" + siteId);
            }
            else if (seen.HasFailedAt(wanted.Generation))
            {
                return seen.Failure ?? new(FailureKind.IllegalState, "SITE_GAVE_UP", $"Site {siteId} gave up without saying why.", "site/" + siteId);
            }
            else if (seen.IsSteadyAt(wanted.Generation))
            {
                return seen;
            }
            else
            {
                report(ConditionProgress.Say(seen), ConditionProgress.Percent(seen));
            }
        }

        throw new OperationCanceledException(cancel);
    }

    /// <summary>
    /// Tells the site that nothing shall be left of the instance, and waits until nothing is. Throws the failure when the
    /// site cannot be told.
    /// </summary>
    public async Task RemoveUntilGone(
        string siteId, string appInstanceId, long generation, TimeSpan graceful, Action<string, int?> report, CancellationToken cancel)
    {
        for (var asked = 1; ; asked++)
        {
            var answer = await sites.RemoveIfAny(siteId, appInstanceId, generation, graceful, cancel);
            if (answer.Failure?.Reason == Superseded || answer.Value)
            {
                return;
            }

            report($"waits until site {siteId} has taken it down", null);
            await ChangeOrPause(siteId, appInstanceId, mayBeGone: asked == 1, cancel);
        }
    }

    /// <summary>Waits until the stream says that the instance is gone; for a while only, for the stream may be lost.</summary>
    /// <param name="siteId">Which site.</param>
    /// <param name="appInstanceId">Which instance.</param>
    /// <param name="mayBeGone">
    /// Whether the first look counts: a quick site has taken it down before anybody looks. Once only, or a stream that has not heard of the instance yet
    /// would have the site asked without a pause.
    /// </param>
    /// <param name="cancel">Ends it.</param>
    private async Task ChangeOrPause(string siteId, string appInstanceId, bool mayBeGone, CancellationToken cancel)
    {
        using var pause = new CancellationTokenSource(AskAgainAfter, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancel);
        var first = true;
        try
        {
            await foreach (var view in sites.Watch(siteId, appInstanceId, either.Token))
            {
                if ((mayBeGone || !first) && view is { IsSynced: true, Instance: null })
                {
                    return;
                }

                first = false;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Ask the site again.
        }
    }

    private static DesiredApp Desired(WantedApp wanted, OnboardedPackage package) => new()
    {
        AppInstanceId = wanted.AppInstanceId,
        Name = wanted.Name,
        Generation = wanted.Generation,
        HostId = wanted.HostId,
        Started = wanted.Started,
        GracefulStop = wanted.GracefulStop,
        Package = package,
        Wishes = wanted.Wishes,
        Grant = wanted.Grant,
    };
}
