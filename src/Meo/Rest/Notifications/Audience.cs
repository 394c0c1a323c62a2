using Mano.Meo.Lifecycle;
using Mano.Meo.Onboarding;
using Mano.Meo.Rest.AppLcm;
using Mano.Mesh.Ids;

namespace Mano.Meo.Rest.Notifications;

/// <summary>Who is told what of an occurrence: one notification a subscriber, all with one id.</summary>
internal sealed class Audience(AppInstances instances, PackageContents contents, IIdSource ids, TimeProvider clock)
{
    public async Task<IReadOnlyList<(Subscription Subscription, Notification Notification)>> Of(
        Occurrence occurrence, IEnumerable<Subscription> subscriptions, CancellationToken cancel)
    {
        var (id, time) = (ids.NewId(), TimeStamp.Of(clock.GetUtcNow()));
        var told = new List<(Subscription, Notification)>();
        foreach (var subscription in subscriptions.Where(s => s.Topic == occurrence.Topic))
        {
            if (await Wants(subscription.Filter, occurrence, cancel))
            {
                told.Add((subscription, NotificationOf(occurrence, subscription, id, time)));
            }
        }

        return told;
    }

    private async ValueTask<bool> Wants(SubscriptionFilter filter, Occurrence occurrence, CancellationToken cancel)
    {
        if (occurrence.Package is { } package)
        {
            var content = filter.Packages.Count == 0 ? null : await contents.Get(package.Tenant, package.AppPkgId, cancel);
            return filter.Packages.Count == 0 || filter.Packages.Any(p => p.Selects(package, content));
        }

        if (occurrence.Operation is { } operation
            && !(Passes(filter.OperationTypes, AppLcmOpOcc.KindOf(operation)) && Passes(filter.OperationStates, AppLcmOpOcc.StateOf(operation))))
        {
            return false;
        }

        if (occurrence is { Topic: Topic.InstanceState, Instance: { } changed } && !Passes(filter.InstanceStates, changed.State.Spelled()))
        {
            return false;
        }

        return filter.Instances is not { } selector
            || ((occurrence.Instance ?? (await instances.Find(AppLcmOpOcc.InstanceOf(occurrence.Operation!), cancel))?.Value) is { } instance && selector.Selects(instance));
    }

    private static bool Passes(IReadOnlyList<string> wanted, string actual) => wanted.Count == 0 || wanted.Contains(actual);

    private static Notification NotificationOf(Occurrence occurrence, Subscription subscription, string id, TimeStamp time)
    {
        var lcm = $"{subscription.Origin}/app_lcm/v1";
        var self = Link.To(subscription.Url);
        var told = new Notification
        {
            Id = id, NotificationType = occurrence.Type, SubscriptionId = subscription.Id, TimeStamp = time, Links = new(self),
        };
        return occurrence switch
        {
            { Operation: { } operation } => told with
            {
                AppLcmOpOccId = operation.Id,
                AppInstanceId = AppLcmOpOcc.InstanceOf(operation),
                OperationType = AppLcmOpOcc.KindOf(operation),
                OperationState = AppLcmOpOcc.StateOf(operation),
                Links = new(self, Link.To($"{lcm}/app_instances/{AppLcmOpOcc.InstanceOf(operation)}"), Link.To($"{lcm}{OpOccEndpoints.Root}/{operation.Id}")),
            },
            { Package: { } package } => told with
            {
                AppPkgId = package.AppPkgId, AppDId = package.AppDId ?? "", OperationalState = package.Enabled ? "ENABLED" : "DISABLED",
            },
            { Topic: Topic.InstanceState, Instance: { } changed } => told with
            {
                AppInstanceId = changed.AppInstanceId, AppInstanceState = changed.State.Spelled(), AppPkgId = changed.AppPkgId, AppDId = changed.AppDId,
            },
            _ => told with
            {
                AppInstanceId = occurrence.Instance!.AppInstanceId, Links = new(self, Link.To($"{lcm}/app_instances/{occurrence.Instance.AppInstanceId}")),
            },
        };
    }
}
