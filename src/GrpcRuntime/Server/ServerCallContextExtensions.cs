using Mano.GrpcRuntime.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>What a handler finds below gRPC.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request that carries the call.</summary>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        return serverCallContext is HttpServerCallContext own
            ? own.HttpContext
            : serverCallContext.UserState.TryGetValue("__HttpContext", out var context) && context is HttpContext http
                ? http
                : throw new InvalidOperationException("This call did not come over HTTP: it has no HttpContext.");
    }
}
