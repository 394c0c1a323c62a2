using Mano.Meo.Granting;
using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Rest.AppLcm;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Mano.Sagas;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.Granting;

/// <summary>
/// MEC 010-2 clause 7.5: grants. An operation's resources are held and granted when it is accepted, so a MEPM that asks is answered at
/// once (201): with the instance's standing grant, or with a refusal (403). Asking again gives the same grant.
/// </summary>
internal sealed class GrantEndpoints(Grants grants, LifecycleCalls calls)
{
    private const string Root = "/grants";

    public void Map(RestRoutes routes)
    {
        routes.Post(Root, Request, RestExchange.Json);
        routes.Get(Root + "/{grantId}", Get, RestExchange.Json);
    }

    private async Task Request(HttpContext context)
    {
        var body = await context.ReadBody(RestJson.Default.GrantRequest);
        Check(body);
        var cancel = context.RequestAborted;
        var instance = (await calls.Get(body.AppInstanceId!, cancel)).Value;
        var operation = (await calls.Operation(body.AppLcmOpOccId!, cancel)).Value;
        if (Refuse(body, instance, operation) is { } refusal)
        {
            throw refusal.ToException();
        }

        var grant = await grants.Find(instance.AppInstanceId, cancel)
            ?? throw Failure.Forbidden("NOT_GRANTED", $"Nothing is granted to instance {instance.AppInstanceId}; instantiate it first.", instance.Subject).ToException();
        context.Response.Headers.Location = $"{context.Url()}/{grant.Value.GrantId}";
        await context.WriteBody(GrantBody.Of(grant.Value, Lcm(context)).For(body), RestJson.Default.GrantBody, StatusCodes.Status201Created);
    }

    private async Task Get(HttpContext context)
    {
        var id = context.Named("grantId");
        var found = id.Length <= 200 && !id.AsSpan().ContainsAnyExceptInRange('!', '~') ? await grants.Find(id, context.RequestAborted) : null;
        if (found is null)
        {
            throw Failure.NotFound("GRANT_NOT_FOUND", $"There is no grant '{id}'; an instance's grant has the instance's id, while it is INSTANTIATED.", "grant/" + id).ToException();
        }

        context.Response.Headers.Location = context.Url(); // asked for by the conformance suite (GRANT_006)
        await context.WriteTagged(GrantBody.Of(found.Value, Lcm(context)), RestJson.Default.GrantBody);
    }

    private static void Check(GrantRequest request) => new Faults()
        .Require(request.AppInstanceId is { Length: > 0 }, "appInstanceId", "is missing")
        .Require(request.AppLcmOpOccId is { Length: > 0 }, "appLcmOpOccId", "is missing: the operation for which it is asked")
        .Require(request.AppDId is { Length: > 0 }, "appDId", "is missing")
        .Require(request.Operation is "INSTANTIATE" or "OPERATE" or "TERMINATE", "operation", $"is '{request.Operation}'; INSTANTIATE, OPERATE or TERMINATE is needed")
        .ThrowIfAny("The request");

    private static Failure? Refuse(GrantRequest request, AppInstanceRecord instance, OperationRecord operation) =>
        AppLcmOpOcc.InstanceOf(operation) != instance.AppInstanceId
            ? Failure.Forbidden("OTHER_OPERATION", $"Operation {operation.Id} is at work on instance {AppLcmOpOcc.InstanceOf(operation)}, not on {instance.AppInstanceId}.", operation.Id)
        : AppLcmOpOcc.KindOf(operation) != request.Operation
            ? Failure.Forbidden("OTHER_OPERATION", $"Operation {operation.Id} is {AppLcmOpOcc.KindOf(operation)}, not {request.Operation}.", operation.Id)
        : operation.State.IsFinal()
            ? Failure.Forbidden("OPERATION_ENDED", $"Operation {operation.Id} has ended {AppLcmOpOcc.StateOf(operation)}; nothing is granted for it any more.", operation.Id)
        : instance.AppDId != request.AppDId
            ? Failure.Forbidden("OTHER_DESCRIPTOR", $"Instance {instance.AppInstanceId} is made of {instance.AppDId}, not of {request.AppDId}.", instance.Subject)
        : null;

    private static string Lcm(HttpContext context) => context.Origin() + "/app_lcm/v1";
}
