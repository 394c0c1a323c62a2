using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;

namespace Mano.MecPlatform.Mp1;

/// <summary>What an application may ask for over Mp1, whichever way it comes.</summary>
internal sealed class ApplicationRequests(Applications applications, IIdSource ids, TimeProvider clock)
{
    private const int MaxSubscriptions = 32;

    public Task ConfirmReady(string appInstanceId, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => Moves.Ready(present, clock.GetUtcNow()), cancel);

    public Task ConfirmTermination(string appInstanceId, OperationAction action, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => DrainMoves.Confirmed(present, action, clock.GetUtcNow()), cancel);

    /// <summary>Subscribes the callback; the one that is subscribed already keeps its subscription.</summary>
    public async Task<TerminationSubscription> Subscribe(string appInstanceId, string callback, string root, CancellationToken cancel)
    {
        CallbackPoster.Require(callback);
        var id = ids.NewId();
        var view = await applications.Happened(appInstanceId, present => Subscribed(present, new(id, callback, root)), cancel);
        return view.Record.Subscriptions.First(s => s.CallbackReference == callback);
    }

    public Task Unsubscribe(string appInstanceId, string subscriptionId, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => Unsubscribed(present, subscriptionId), cancel);

    /// <summary>Switches one of the application's own rules on or off.</summary>
    public Task<ApplicationView> Switch(string appInstanceId, bool traffic, string ruleId, bool on, CancellationToken cancel) =>
        applications.Happened(appInstanceId, present => Moves.RuleSwitched(present, traffic, ruleId, on, clock.GetUtcNow()), cancel);

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
