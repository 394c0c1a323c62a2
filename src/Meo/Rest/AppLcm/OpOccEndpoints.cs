using Mano.Meo.Lifecycle;
using Mano.Meo.Rest.Queries;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Mano.Sagas;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.AppLcm;

/// <summary>MEC 010-2 clauses 7.4.9 to 7.4.13: operation occurrences.</summary>
internal sealed class OpOccEndpoints(LifecycleCalls calls, OperationLists operations, OperationAsks asks, RestLists lists)
{
    public const string Root = "/app_lcm_op_occs";

    private static readonly ResourceList<AppLcmOpOcc> Listed = new(
        RestJson.Default.AppLcmOpOcc, Required: ["_links", "stateEnteredTime", "startTime"], ExcludedByDefault: ["operationParams", "_links"]);

    public void Map(RestRoutes routes)
    {
        routes.Get(Root, List, RestExchange.Json);
        routes.Get(Root + "/{appLcmOpOccId}", Get, RestExchange.Json);
        routes.Post(Root + "/{appLcmOpOccId}/cancel", Cancel);
        routes.Post(Root + "/{appLcmOpOccId}/fail", Fail, RestExchange.Json);
        routes.Post(Root + "/{appLcmOpOccId}/retry", Retry);
    }

    /// <summary>202 with where an operation is, whichever tree it was asked of.</summary>
    /// <param name="context">Its request.</param>
    /// <param name="tree">The resources it was asked of.</param>
    /// <param name="operation">What was accepted, or asked of.</param>
    public static void Answer(HttpContext context, string tree, OperationRecord operation) =>
        context.Accept($"{context.UrlBefore(tree)}{Root}/{operation.Id}");

    private Task List(HttpContext context) => lists.Answer(
        context,
        Listed,
        (after, size, cancel) => operations.Page(after, size, appInstanceId: "", unfinishedOnly: false, cancel),
        OperationLists.TokenOf,
        (record, _) => ValueTask.FromResult<AppLcmOpOcc?>(AppLcmOpOcc.Of(record, RootOf(context))));

    private async Task Get(HttpContext context)
    {
        var operation = (await calls.Operation(Id(context), context.RequestAborted)).Value;
        await context.WriteTagged(AppLcmOpOcc.Of(operation, RootOf(context)), RestJson.Default.AppLcmOpOcc);
    }

    private async Task Cancel(HttpContext context)
    {
        var body = await context.ReadBody(RestJson.Default.CancelRequest);
        AppLcmRules.Check(body);
        Answer(context, Root, (await asks.Cancel(Id(context), context.Key(body, RestJson.Default.CancelRequest), context.RequestAborted)).Value);
    }

    private async Task Retry(HttpContext context) => Answer(context, Root, (await asks.Retry(Id(context), context.Key(), context.RequestAborted)).Value);

    private async Task Fail(HttpContext context)
    {
        var failed = (await asks.Fail(Id(context), context.Key(), context.RequestAborted)).Value;
        await context.WriteBody(AppLcmOpOcc.Of(failed, RootOf(context)), RestJson.Default.AppLcmOpOcc);
    }

    private static string RootOf(HttpContext context) => context.UrlBefore(Root);

    private static string Id(HttpContext context) => context.Named("appLcmOpOccId");
}
