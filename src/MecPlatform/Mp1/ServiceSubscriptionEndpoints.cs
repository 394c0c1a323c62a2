using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.ServiceRegistry;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;

namespace Mano.MecPlatform.Mp1;

/// <summary>MEC 011 subscriptions to the availability of services.</summary>
internal sealed class ServiceSubscriptionEndpoints(Residents residents, ServiceSubscriptions subscriptions)
{
    public void Map(WebApplication app, string path)
    {
        app.MapPost(path, (RequestDelegate)Subscribe);
        app.MapGet(path, (RequestDelegate)List);
        app.MapGet(path + "/{subscriptionId}", (RequestDelegate)Get);
        app.MapDelete(path + "/{subscriptionId}", (RequestDelegate)Unsubscribe);
    }

    private async Task Subscribe(HttpContext context)
    {
        var resident = residents.Require(context.Instance());
        var body = await context.ReadBody(Mp1Json.Default.SerAvailabilityNotificationSubscription);
        if (body.SubscriptionType != SerAvailabilityNotificationSubscription.Type)
        {
            throw Failure.InvalidInput("BAD_SUBSCRIPTION", $"subscriptionType is '{body.SubscriptionType}'; {SerAvailabilityNotificationSubscription.Type} is the only one here.").ToException();
        }

        var callback = body.CallbackReference ?? throw Failure.InvalidInput("BAD_CALLBACK", "callbackReference is missing.").ToException();
        var made = await subscriptions.Subscribe(resident.AppInstanceId, resident.Tenant, callback, body.FilteringCriteria);
        var self = $"{context.Url()}/{made.Id}";
        context.Response.Headers.Location = self;
        await context.WriteBody(Shown(made, self), Mp1Json.Default.SerAvailabilityNotificationSubscription, StatusCodes.Status201Created);
    }

    private Task List(HttpContext context)
    {
        const string type = SerAvailabilityNotificationSubscription.Type;
        var own = subscriptions.Of(residents.Require(context.Instance()).AppInstanceId);
        return context.WriteBody(
            new SubscriptionLinkList(new(new(context.Url()), [.. own.Select(s => new SubscriptionLink($"{context.Url()}/{s.Id}", type, type))])),
            Mp1Json.Default.SubscriptionLinkList);
    }

    private Task Get(HttpContext context) => context.WriteBody(Shown(Require(context), context.Url()), Mp1Json.Default.SerAvailabilityNotificationSubscription);

    private async Task Unsubscribe(HttpContext context)
    {
        await subscriptions.Unsubscribe(Require(context));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private ServiceSubscription Require(HttpContext context) =>
        subscriptions.Require(residents.Require(context.Instance()).AppInstanceId, context.Named("subscriptionId"));

    private static SerAvailabilityNotificationSubscription Shown(ServiceSubscription subscription, string self) =>
        new(SerAvailabilityNotificationSubscription.Type, subscription.CallbackReference, subscription.Filter, new(new(self)));
}
