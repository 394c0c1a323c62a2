using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;

namespace Mano.MecPlatform.Mp1;

/// <summary>MEC 011 application support over REST, under <c>/mec_app_support/v1</c> and <c>/v2</c>.</summary>
internal sealed class Mp1Endpoints(Applications applications, ApplicationRequests requests, PlatformOptions options, TimeProvider clock)
{
    /// <summary>What NTP itself takes where nothing is said: 64 to 1,024 seconds.</summary>
    private const int MinPoll = 6;
    private const int MaxPoll = 10;

    public static readonly string[] Roots = ["/mec_app_support/v1", "/mec_app_support/v2"];

    public void Map(WebApplication app, RuleEndpoints rules)
    {
        foreach (var root in Roots)
        {
            var instance = $"{root}/applications/{{appInstanceId}}";
            app.MapPost($"{instance}/confirm_ready", (RequestDelegate)ConfirmReady);
            app.MapPost($"{instance}/confirm_termination", (RequestDelegate)ConfirmTermination);
            app.MapPost($"{instance}/subscriptions", (RequestDelegate)(context => Subscribe(context, root)));
            app.MapGet($"{instance}/subscriptions", (RequestDelegate)ListSubscriptions);
            app.MapGet($"{instance}/subscriptions/{{subscriptionId}}", (RequestDelegate)GetSubscription);
            app.MapDelete($"{instance}/subscriptions/{{subscriptionId}}", (RequestDelegate)Unsubscribe);
            app.MapGet($"{root}/timing/current_time", (RequestDelegate)GetCurrentTime);
            app.MapGet($"{root}/timing/timing_caps", (RequestDelegate)GetTimingCaps);
            rules.Map(app, instance);
        }
    }

    private async Task ConfirmReady(HttpContext context)
    {
        var body = await context.ReadBody(Mp1Json.Default.AppReadyConfirmation);
        if (body.Indication != "READY")
        {
            throw Failure.InvalidInput("BAD_INDICATION", $"indication is '{body.Indication}'; READY is the only one.").ToException();
        }

        await requests.ConfirmReady(context.Instance(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ConfirmTermination(HttpContext context)
    {
        var body = await context.ReadBody(Mp1Json.Default.AppTerminationConfirmation);
        var action = body.OperationAction
            ?? throw Failure.InvalidInput("BAD_ACTION", "operationAction is missing; STOPPING or TERMINATING is needed.").ToException();
        await requests.ConfirmTermination(context.Instance(), action, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task Subscribe(HttpContext context, string root)
    {
        var instance = context.FindInstance(applications).Record.AppInstanceId;
        var body = await context.ReadBody(Mp1Json.Default.AppTerminationNotificationSubscription);
        if (body.SubscriptionType != AppTerminationNotificationSubscription.Type)
        {
            throw Failure.InvalidInput("BAD_SUBSCRIPTION", $"subscriptionType is '{body.SubscriptionType}'; {AppTerminationNotificationSubscription.Type} is the only one here.").ToException();
        }

        if (body.AppInstanceId != instance)
        {
            throw Failure.InvalidInput("BAD_SUBSCRIPTION", $"appInstanceId is '{body.AppInstanceId}', the path says '{instance}'; they must be the same.").ToException();
        }

        var callback = body.CallbackReference ?? throw Failure.InvalidInput("BAD_CALLBACK", "callbackReference is missing.").ToException();
        var subscription = await requests.Subscribe(instance, callback, root, context.RequestAborted);
        var self = $"{context.Url()}/{subscription.Id}";
        context.Response.Headers.Location = self;
        await context.WriteBody(Shown(instance, subscription, self), Mp1Json.Default.AppTerminationNotificationSubscription, StatusCodes.Status201Created);
    }

    private Task ListSubscriptions(HttpContext context)
    {
        const string type = AppTerminationNotificationSubscription.Type;
        var subscriptions = context.FindInstance(applications).Record.Subscriptions;
        var list = new SubscriptionLinkList(new(
            new(context.Url()), [.. subscriptions.Select(s => new SubscriptionLink($"{context.Url()}/{s.Id}", type, type))]));
        return context.WriteBody(list, Mp1Json.Default.SubscriptionLinkList);
    }

    private Task GetSubscription(HttpContext context)
    {
        var record = context.FindInstance(applications).Record;
        var id = context.Named("subscriptionId");
        var found = record.Subscriptions.FirstOrDefault(s => s.Id == id)
            ?? throw Failure.NotFound("SUBSCRIPTION_UNKNOWN", $"The instance has no subscription {id}.", record.Subject).ToException();
        return context.WriteBody(Shown(record.AppInstanceId, found, context.Url()), Mp1Json.Default.AppTerminationNotificationSubscription);
    }

    private async Task Unsubscribe(HttpContext context)
    {
        await requests.Unsubscribe(context.Instance(), context.Named("subscriptionId"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task GetCurrentTime(HttpContext context)
    {
        var now = Now();
        return context.WriteBody(new(now.Seconds, now.NanoSeconds, "NONTRACEABLE"), Mp1Json.Default.CurrentTime);
    }

    private Task GetTimingCaps(HttpContext context) => context.WriteBody(
        new(Now(), [.. options.NtpServers.Select(Server)], []), Mp1Json.Default.TimingCaps);

    private static NtpServer Server(string address, int index) => new(
        System.Net.IPAddress.TryParse(address, out _) ? "IP_ADDRESS" : "DNS_NAME", address, MinPoll, MaxPoll, index + 1, "NONE", 0);

    private TimeStamp Now()
    {
        var ticks = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        return new((uint)(ticks / TimeSpan.TicksPerSecond), (uint)(ticks % TimeSpan.TicksPerSecond * 100));
    }

    private static AppTerminationNotificationSubscription Shown(string instance, TerminationSubscription subscription, string self) =>
        new(AppTerminationNotificationSubscription.Type, subscription.CallbackReference, instance, new(new(self)));
}
