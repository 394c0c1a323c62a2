using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.ServiceRegistry;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;

namespace Mano.MecPlatform.Mp1;

/// <summary>MEC 011 service management over REST, under <c>/mec_service_mgmt/v1</c>: registration, query, heartbeats.</summary>
internal sealed class ServiceEndpoints(Residents residents, RegisteredServices services, Mp1Access access)
{
    public const string Root = "/mec_service_mgmt/v1";

    public void Map(WebApplication app, ServiceSubscriptionEndpoints subscriptions)
    {
        const string own = Root + "/applications/{appInstanceId}/services";
        app.MapGet(Root + "/services", (RequestDelegate)(context => List(context, appInstanceId: null)));
        app.MapGet(Root + "/services/{serviceId}", (RequestDelegate)(context => Get(context, appInstanceId: null)));
        app.MapGet(Root + "/transports", (RequestDelegate)(context => context.WriteBody([.. services.Transports], ServiceJson.Default.TransportInfoArray)));
        app.MapGet(own, (RequestDelegate)(context => List(context, Caller(context).AppInstanceId)));
        app.MapPost(own, (RequestDelegate)Register);
        app.MapGet(own + "/{serviceId}", (RequestDelegate)(context => Get(context, Caller(context).AppInstanceId)));
        app.MapPut(own + "/{serviceId}", (RequestDelegate)Replace);
        app.MapDelete(own + "/{serviceId}", (RequestDelegate)Remove);
        app.MapGet(Root + "/liveness/{serviceId}", (RequestDelegate)GetLiveness);
        app.MapPatch(Root + "/liveness/{serviceId}", (RequestDelegate)Heartbeat);
        app.MapPut(Root + "/liveness/{serviceId}", (RequestDelegate)Heartbeat);
        subscriptions.Map(app, Root + "/applications/{appInstanceId}/subscriptions");
    }

    private Task List(HttpContext context, string? appInstanceId)
    {
        var query = ServiceQuery.Parse(context.Request.Query);
        var found = services.All.Where(s => (appInstanceId is null || s.AppInstanceId == appInstanceId) && query.Matches(s.Service));
        return context.WriteBody([.. found.Select(s => Shown(context, s))], ServiceJson.Default.ServiceInfoArray);
    }

    private Task Get(HttpContext context, string? appInstanceId) => Write(context, Require(context, appInstanceId));

    private async Task Register(HttpContext context)
    {
        var resident = Caller(context);
        var given = await context.ReadBody(ServiceJson.Default.ServiceInfo);
        if (resident.Instance is { Phase: Phase.Draining or Phase.Drained or Phase.Configured } record)
        {
            throw Failure.IllegalState(
                "NOT_IN_SERVICE", $"Instance {record.AppInstanceId} is {record.Phase.Spell()}; services are registered by one that runs.", record.Subject, record.Phase.Spell(), ["AWAITING_READY", "ACTIVE"]).ToException();
        }

        var made = await services.Register(resident.AppInstanceId, resident.Tenant, given, context.RequestAborted);
        context.Response.Headers.Location = $"{context.Url()}/{made.Id}";
        await Write(context, made, StatusCodes.Status201Created);
    }

    private async Task Replace(HttpContext context)
    {
        var resident = Caller(context);
        var given = await context.ReadBody(ServiceJson.Default.ServiceInfo);
        var made = await services.Replace(
            resident.AppInstanceId, context.Named("serviceId"), given, present => context.RequireMatch(EtagOf(context, present)), context.RequestAborted);
        await Write(context, made);
    }

    private async Task Remove(HttpContext context)
    {
        await services.Remove(Caller(context).AppInstanceId, context.Named("serviceId"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task GetLiveness(HttpContext context)
    {
        var found = RequireLiveness(context);
        return context.WriteBody(Liveness(found), Mp1Json.Default.ServiceLiveness);
    }

    private async Task Heartbeat(HttpContext context)
    {
        var found = RequireLiveness(context);
        access.Require(found.AppInstanceId, context.Connection.RemoteIpAddress);
        var body = await context.ReadBody(Mp1Json.Default.ServiceLivenessUpdate);
        if (body.State != ServiceState.Active)
        {
            throw Failure.InvalidInput("BAD_STATE", $"state is '{body.State}'; a heartbeat says ACTIVE.").ToException();
        }

        if (found.Service.State == ServiceState.Inactive)
        {
            throw Failure.Conflict(RestFailures.StaleEtag, $"Service {found.Id} is INACTIVE by its own word; put it ACTIVE before it sends heartbeats.").ToException();
        }

        await services.Heartbeat(found.Id, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static ServiceLiveness Liveness(ServiceRegistration found)
    {
        var ticks = (found.Heard - DateTimeOffset.UnixEpoch).Ticks;
        return new(found.Service.State!.Value, new((uint)(ticks / TimeSpan.TicksPerSecond), (uint)(ticks % TimeSpan.TicksPerSecond * 100)), found.Service.LivenessInterval!.Value);
    }

    private Resident Caller(HttpContext context) => residents.Require(context.Instance());

    private ServiceRegistration Require(HttpContext context, string? appInstanceId) => services.Find(context.Named("serviceId"), appInstanceId)
        ?? throw Failure.NotFound(
            "SERVICE_UNKNOWN",
            $"{(appInstanceId is null ? "There is" : $"Instance {appInstanceId} has")} no service '{context.Named("serviceId")}'.",
            "service/" + context.Named("serviceId")).ToException();

    private ServiceRegistration RequireLiveness(HttpContext context)
    {
        var found = Require(context, appInstanceId: null);
        return found.Service.LivenessInterval is > 0
            ? found
            : throw Failure.NotFound("NO_LIVENESS", $"Service {found.Id} was registered without heartbeats.", "service/" + found.Id).ToException();
    }

    private static string EtagOf(HttpContext context, ServiceRegistration service) => RestExchange.EtagOf(Shown(context, service), ServiceJson.Default.ServiceInfo);

    private static Task Write(HttpContext context, ServiceRegistration service, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.ETag = EtagOf(context, service);
        return context.WriteBody(Shown(context, service), ServiceJson.Default.ServiceInfo, status);
    }

    private static ServiceInfo Shown(HttpContext context, ServiceRegistration service)
    {
        var root = $"{context.Request.Scheme}://{context.Request.Host}{Root}";
        return service.Service with
        {
            Links = new(
                new($"{root}/services/{service.Id}"),
                service.Service.LivenessInterval is > 0 ? new($"{root}/liveness/{service.Id}") : null),
        };
    }
}
