using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.Notifications;

/// <summary>MEC 010-2 clauses 7.3.3, 7.3.4, 7.4.7 and 7.4.8: who wants to be told.</summary>
internal sealed class SubscriptionEndpoints(Subscriptions subscriptions, Notifier notifier, IdempotencyKeys keys, CallbackPolicy callbacks, RestOptions options)
{
    private const string Root = "/subscriptions";

    public void Map(RestRoutes routes, string api)
    {
        routes.Post(Root, context => Subscribe(context, api), RestExchange.Json);
        routes.Get(Root, context => List(context, api), RestExchange.Json);
        routes.Get(Root + "/{subscriptionId}", context => Get(context, api), RestExchange.Json);
        routes.Delete(Root + "/{subscriptionId}", context => Unsubscribe(context, api));
    }

    private async Task Subscribe(HttpContext context, string api)
    {
        var body = await context.ReadBody(RestJson.Default.SubscriptionRequest);
        var wanted = SubscriptionRules.Check(body, api, context.Origin());
        var cancel = context.RequestAborted;
        await RefuseCallback(wanted.CallbackUri, cancel);
        var made = (await keys.Once(
            context.Key(body, RestJson.Default.SubscriptionRequest),
            again: known => subscriptions.Get(api, known.Subject, cancel),
            first: use => subscriptions.Add(wanted, use, cancel),
            cancel)).Value;
        await notifier.Knows(cancel);
        context.Response.Headers.Location = made.Url;
        await context.WriteBody(SubscriptionInfo.Of(made), RestJson.Default.SubscriptionInfo, StatusCodes.Status201Created);
    }

    private async Task RefuseCallback(string callback, CancellationToken cancel)
    {
        if ((callbacks.Fault(callback) ?? (options.TestsCallbacks ? await callbacks.Test(callback, cancel) : null)) is { } fault)
        {
            throw Failure.InvalidInput("CALLBACK", $"callbackUri is '{callback}', where nothing is sent to: {fault}.", "callbackUri").ToException();
        }
    }

    private async Task List(HttpContext context, string api)
    {
        var type = context.Request.Query["subscriptionType"].ToString();
        var all = (await subscriptions.List(api, null, Subscriptions.Most, context.RequestAborted)).Items.Where(s => type.Length == 0 || s.Type == type);
        await context.WriteBody(
            new SubscriptionLinkList(new(Link.To(context.Url()), [.. all.Select(s => new SubscriptionLink($"{context.Url()}/{s.Id}", s.Type, api == SubscriptionRules.Pkgm ? s.Type : null))])),
            RestJson.Default.SubscriptionLinkList);
    }

    private async Task Get(HttpContext context, string api) => await context.WriteTagged(
        SubscriptionInfo.Of((await subscriptions.Get(api, context.Named("subscriptionId"), context.RequestAborted)).Value), RestJson.Default.SubscriptionInfo);

    private async Task Unsubscribe(HttpContext context, string api)
    {
        _ = (await subscriptions.Remove(api, context.Named("subscriptionId"), context.RequestAborted)).Value;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
