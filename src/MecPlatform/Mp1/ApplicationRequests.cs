using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;

namespace Mano.MecPlatform.Mp1;

/// <summary>A rule's new state, asked for by its application.</summary>
/// <param name="IsTraffic">Else it is a DNS rule.</param>
/// <param name="RuleId">Which.</param>
/// <param name="On">ACTIVE or INACTIVE.</param>
/// <param name="Check">Sees the present state in the instance's turn, and may refuse.</param>
internal sealed record RuleSwitch(bool IsTraffic, string RuleId, bool On, Action<ApplicationView> Check);

/// <summary>What an application may ask for over Mp1, whichever way it comes.</summary>
internal sealed class ApplicationRequests(Applications applications, CallbackPoster poster, IIdSource ids, TimeProvider clock)
{
    private const int MaxSubscriptions = 32;

    public Task ConfirmReady(string appInstanceId, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => Moves.Ready(present, clock.GetUtcNow()), cancel);

    public Task ConfirmTermination(string appInstanceId, OperationAction action, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => DrainMoves.Confirmed(present, action, clock.GetUtcNow()), cancel);

    /// <summary>What the application was to be told already, if it is still waited for.</summary>
    public TerminationNotice? PendingNotice(string appInstanceId)
    {
        var now = clock.GetUtcNow();
        return applications.TryGetRecord(appInstanceId, out var record) && record is { Phase: Phase.Draining, Drain: { } drain } && drain.IsWaiting(now)
            ? new(drain.Action, (uint)Math.Max(1, Math.Ceiling((drain.Deadline - now).TotalSeconds)))
            : null;
    }

    /// <summary>Subscribes the callback; the one that is subscribed already keeps its subscription.</summary>
    public async Task<TerminationSubscription> Subscribe(string appInstanceId, string callback, string root, CancellationToken cancel)
    {
        poster.Require(callback, appInstanceId);
        var id = ids.NewId();
        var view = await applications.Happened(appInstanceId, present => Subscribed(present, new(id, callback, root)), cancel);
        return view.Record.Subscriptions.First(s => s.CallbackReference == callback);
    }

    public Task Unsubscribe(string appInstanceId, string subscriptionId, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => Unsubscribed(present, subscriptionId), cancel);

    /// <summary>Switches one of the application's own rules on or off.</summary>
    public Task<ApplicationView> Switch(string appInstanceId, RuleSwitch change, CancellationToken cancel) => applications.Happened(
        appInstanceId,
        present =>
        {
            var view = InstanceIds.Find(applications, appInstanceId);
            change.Check(view);
            RequireSwitchable(view, change);
            return Moves.RuleSwitched(present, change.IsTraffic, change.RuleId, change.On, clock.GetUtcNow());
        },
        cancel);

    /// <summary>A rule that can never act is not promised to; one that will act once the instance is ready is.</summary>
    private static void RequireSwitchable(ApplicationView view, RuleSwitch change)
    {
        var record = view.Record;
        if (record.Phase == Phase.Drained)
        {
            throw Failure.IllegalState(
                "NOT_IN_SERVICE", $"Instance {record.AppInstanceId} is out of service, and its rules with it.", record.Subject, record.Phase.Spell(), ["AWAITING_READY", "ACTIVE"]).ToException();
        }

        if (change is { On: true, IsTraffic: true } && view.TrafficRules.FirstOrDefault(r => r.Rule.Id == change.RuleId) is { Enforcement: { Level: EnforcementLevel.NotEnforced } lacking })
        {
            throw Failure.IllegalState(
                "RULE_NOT_ENFORCED", $"Rule {change.RuleId} cannot be ACTIVE at this platform: {lacking.Message}", record.Subject, "INACTIVE", ["INACTIVE"]).ToException();
        }
    }

    private static ApplicationRecord Subscribed(ApplicationRecord present, TerminationSubscription subscription)
    {
        if (present.Subscriptions.Any(s => s.CallbackReference == subscription.CallbackReference))
        {
            return present;
        }

        return present.Subscriptions.Count < MaxSubscriptions
            ? present with { Subscriptions = [.. present.Subscriptions, subscription] }
            : throw Failure.NoCapacity("TOO_MANY_SUBSCRIPTIONS", $"The instance has {MaxSubscriptions} subscriptions, as many as it may; delete one first.", present.Subject).ToException();
    }

    private static ApplicationRecord Unsubscribed(ApplicationRecord present, string subscriptionId) =>
        present.Subscriptions.Any(s => s.Id == subscriptionId)
            ? present with { Subscriptions = [.. present.Subscriptions.Where(s => s.Id != subscriptionId)] }
            : throw Failure.NotFound("SUBSCRIPTION_UNKNOWN", $"The instance has no subscription {subscriptionId}.", present.Subject).ToException();
}
