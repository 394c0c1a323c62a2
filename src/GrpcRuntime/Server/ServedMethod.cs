using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>What all calls of a method have in common.</summary>
/// <param name="Name">The path: <c>/service/method</c>.</param>
internal sealed record ServedMethod(string Name, ServiceSettings Settings, ILogger Log);
