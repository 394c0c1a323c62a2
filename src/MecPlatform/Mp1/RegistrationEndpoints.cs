using System.Net;
using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;

namespace Mano.MecPlatform.Mp1;

/// <summary>MEC 011 v3 registrations over REST: applications that MEC did not instantiate join the site; those that it did say more of themselves.</summary>
internal sealed class RegistrationEndpoints(Residents residents, Mp1Access access)
{
    public void Map(WebApplication app)
    {
        foreach (var root in Mp1Endpoints.Roots)
        {
            app.MapPost($"{root}/registrations", (RequestDelegate)Register);
            app.MapGet($"{root}/registrations/{{appInstanceId}}", (RequestDelegate)Get);
            app.MapPut($"{root}/registrations/{{appInstanceId}}", (RequestDelegate)Replace);
            app.MapDelete($"{root}/registrations/{{appInstanceId}}", (RequestDelegate)Remove);
        }
    }

    private async Task Register(HttpContext context)
    {
        var given = await context.ReadBody(Mp1Json.Default.AppInfo);
        var instantiated = given.IsInsByMec == true && given.AppInstanceId is { } id ? OurInstance(context, id) : null;
        AppInfoCheck.Require(given, instantiated);
        if (instantiated is null && given.AppInstanceId is not null)
        {
            throw Failure.InvalidInput("BAD_APP_INFO", "appInstanceId must be absent: the platform gives one to an application that MEC management did not instantiate. With isInsByMec true it names the instance.").ToException();
        }

        var made = await residents.Registrations.Register(given, Caller(context), instantiated, context.RequestAborted);
        context.Response.Headers.Location = $"{context.Url()}/{made.AppInstanceId}";
        await Write(context, made, StatusCodes.Status201Created);
    }

    private Task Get(HttpContext context) => Write(context, residents.Registrations.Require(context.Instance()));

    private async Task Replace(HttpContext context)
    {
        var id = context.Instance();
        var given = await context.ReadBody(Mp1Json.Default.AppInfo);
        residents.Registrations.Require(id);
        AppInfoCheck.Require(given, residents.Applications.TryGetRecord(id, out var record) ? record : null);
        await residents.Registrations.Replace(id, given, present => context.RequireMatch(EtagOf(present)), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task Remove(HttpContext context)
    {
        await residents.Registrations.Remove(context.Instance(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private ApplicationRecord OurInstance(HttpContext context, string appInstanceId)
    {
        access.Require(appInstanceId, context.Connection.RemoteIpAddress);
        return InstanceIds.Find(residents.Applications, appInstanceId).Record;
    }

    private static IPAddress Caller(HttpContext context) => InstanceAddresses.Plain(context.Connection.RemoteIpAddress ?? IPAddress.Loopback);

    private static string EtagOf(AppRegistration registration) => RestExchange.EtagOf(registration.Info, Mp1Json.Default.AppInfo);

    private static Task Write(HttpContext context, AppRegistration registration, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.ETag = EtagOf(registration);
        return context.WriteBody(registration.Info, Mp1Json.Default.AppInfo, status);
    }
}
