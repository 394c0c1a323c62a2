using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Mano.GrpcRuntime.Server;

/// <summary>
/// Takes the endpoints for unknown methods out of the choice where a known one has matched: it would win anyway, but every call would first
/// have its path cut into route values for those that lose.
/// </summary>
internal sealed class KnownMethodPolicy : MatcherPolicy, INodeBuilderPolicy
{
    /// <summary>The last to choose: what is left of a method then matches by verb and host, and nothing behind it can be asked for.</summary>
    public override int Order => int.MaxValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        !ContainsDynamicEndpoints(endpoints) && endpoints.Any(IsKnown) && endpoints.Any(IsUnknown);

    public IReadOnlyList<PolicyNodeEdge> GetEdges(IReadOnlyList<Endpoint> endpoints) =>
        [new PolicyNodeEdge(state: this, [.. endpoints.Where(endpoint => !IsUnknown(endpoint))])];

    public PolicyJumpTable BuildJumpTable(int exitDestination, IReadOnlyList<PolicyJumpTableEdge> edges) => new OneWay(edges[0].Destination);

    private static bool IsKnown(Endpoint endpoint) => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null;

    private static bool IsUnknown(Endpoint endpoint) => endpoint.Metadata.GetMetadata<UnknownMethodMetadata>() is not null;

    private sealed class OneWay(int destination) : PolicyJumpTable
    {
        public override int GetDestination(HttpContext httpContext) => destination;
    }
}

/// <summary>Marks the endpoints that answer for methods nobody has.</summary>
internal sealed class UnknownMethodMetadata;
