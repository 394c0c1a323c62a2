using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Rest.Queries;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Mano.Sagas;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.AppLcm;

/// <summary>MEC 010-2 clauses 7.4.1 to 7.4.6: application instances, and what is asked of them.</summary>
internal sealed class AppInstanceEndpoints(LifecycleCalls calls, InstantiateCalls instantiations, IdempotencyKeys keys, RestLists lists)
{
    private const string Root = "/app_instances";

    /// <summary>Without a wish everything is given: the OpenAPI file requires more than the standard's text leaves out by default.</summary>
    private static readonly ResourceList<AppInstanceInfo> Listed = new(
        RestJson.Default.AppInstanceInfo, Required: ["_links"], ExcludedByDefault: ["_links/instantiate", "_links/terminate", "_links/operate"]);

    public void Map(RestRoutes routes)
    {
        routes.Post(Root, Create, RestExchange.Json);
        routes.Get(Root, List, RestExchange.Json);
        routes.Get(Root + "/{appInstanceId}", Get, RestExchange.Json);
        routes.Delete(Root + "/{appInstanceId}", Delete);
        routes.Post(Root + "/{appInstanceId}/instantiate", Instantiate);
        routes.Post(Root + "/{appInstanceId}/operate", Operate);
        routes.Post(Root + "/{appInstanceId}/terminate", Terminate);
    }

    private async Task Create(HttpContext context)
    {
        var body = await context.ReadBody(RestJson.Default.CreateAppInstanceRequest);
        var wanted = AppLcmRules.Check(body);
        var cancel = context.RequestAborted;
        var created = (await keys.Once(
            context.Key(body, RestJson.Default.CreateAppInstanceRequest),
            again: known => calls.GetOrAsMade(known, cancel),
            first: use => calls.Creation.Create(wanted, use, cancel),
            cancel)).Value;
        var url = $"{context.Url()}/{created.AppInstanceId}";
        context.Response.Headers.Location = url;
        await context.WriteBody(AppInstanceInfo.Of(await calls.Views.Show(created, cancel), url), RestJson.Default.AppInstanceInfo, StatusCodes.Status201Created);
    }

    private async Task Get(HttpContext context)
    {
        var record = (await calls.Get(Id(context), context.RequestAborted)).Value;
        await context.WriteTagged(AppInstanceInfo.Of(await calls.Views.ShowFresh(record, context.RequestAborted), context.Url()), RestJson.Default.AppInstanceInfo);
    }

    private Task List(HttpContext context) => lists.Answer(
        context,
        Listed,
        (after, size, cancel) => calls.Instances.List(after, size, siteId: "", cancel),
        record => record.AppInstanceId,
        async (record, cancel) => AppInstanceInfo.Of(await calls.Views.Show(record, cancel), $"{context.Url()}/{record.AppInstanceId}"));

    private async Task Delete(HttpContext context)
    {
        var (id, cancel) = (Id(context), context.RequestAborted);
        _ = (await keys.Once(
            context.Key(),
            again: known => Task.FromResult<Outcome<string>>(known.Subject),
            first: use => calls.Creation.Delete(id, subject => calls.Operations.RunningOn(Tenants.Default, subject, cancel), use, cancel),
            cancel)).Value;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task Instantiate(HttpContext context)
    {
        var body = await context.ReadBodyIfAny(RestJson.Default.InstantiateAppRequest) ?? new();
        OpOccEndpoints.Answer(context, Root, (await instantiations.Accept(AppLcmRules.Check(Id(context), body), context.KeyText(), context.RequestAborted)).Value);
    }

    private async Task Operate(HttpContext context)
    {
        var body = await context.ReadBody(RestJson.Default.OperateAppRequest);
        var (start, graceful) = AppLcmRules.Check(body);
        await Accept(
            context,
            context.Key(body, RestJson.Default.OperateAppRequest),
            use => calls.Termination.Operate(Id(context), start, graceful, timeout: null, use, context.RequestAborted));
    }

    private async Task Terminate(HttpContext context)
    {
        var body = await context.ReadBody(RestJson.Default.TerminateAppRequest);
        var graceful = AppLcmRules.Check(body);
        await Accept(
            context,
            context.Key(body, RestJson.Default.TerminateAppRequest),
            use => calls.Termination.Terminate(Id(context), graceful, timeout: null, use, context.RequestAborted));
    }

    private async Task Accept(HttpContext context, Northbound.IdempotencyKey? key, Func<FirstUse, Task<Outcome<OperationRecord>>> accept) => OpOccEndpoints.Answer(
        context,
        Root,
        (await keys.Once(key, again: known => calls.Operation(known.Subject, context.RequestAborted), first: accept, context.RequestAborted)).Value);

    private static string Id(HttpContext context) => context.Named("appInstanceId");
}
