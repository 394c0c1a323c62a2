using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Further registrations of the gRPC server.</summary>
public interface IGrpcServerBuilder
{
    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}
