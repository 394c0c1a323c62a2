using Grpc.AspNetCore.Server;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Options;

namespace Mano.GrpcRuntime.Server;

/// <summary>Answers UNIMPLEMENTED for what no service has; leaves requests that are not gRPC to other endpoints.</summary>
internal sealed class UnknownServiceRoutes(IOptions<GrpcServiceOptions> options)
{
    private readonly HashSet<IEndpointRouteBuilder> _mapped = new(ReferenceEqualityComparer.Instance);

    public void Map(IEndpointRouteBuilder routes)
    {
        if (options.Value.IgnoreUnknownServices == true || !_mapped.Add(routes))
        {
            return;
        }

        Map(routes, "{unknownService}/{unknownMethod}", "Service is unimplemented.", "gRPC - Unimplemented service");
    }

    public static IEndpointConventionBuilder MapUnknownMethod(IEndpointRouteBuilder routes, string serviceName) =>
        Map(routes, $"{serviceName}/{{unknownMethod}}", "Method is unimplemented.", $"gRPC - Unimplemented method for {serviceName}");

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string pattern, string detail, string name)
    {
        var parsed = RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: new { unknownMethod = new GrpcRequestConstraint() });
        return routes.Map(parsed, context => Refuse(context, detail))
            .WithDisplayName(name)
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Post]), new UnknownMethodMetadata());
    }

    private static Task Refuse(HttpContext context, string detail)
    {
        GrpcResponse.Refuse(context, StatusCode.Unimplemented, detail);
        return Task.CompletedTask;
    }

    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && GrpcProtocol.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
