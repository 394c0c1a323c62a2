using System.IO.Compression;
using Grpc.AspNetCore.Server;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Server;

/// <summary>What holds for the calls of one service: its own options before those of the server.</summary>
internal sealed record ServiceSettings(
    int? MaxSendMessageSize,
    int? MaxReceiveMessageSize,
    bool DetailedErrors,
    bool Compresses,
    CompressionLevel CompressionLevel,
    bool IgnoresUnknown,
    IReadOnlyList<InterceptorRegistration> Interceptors)
{
    public static ServiceSettings Of(GrpcServiceOptions server, GrpcServiceOptions service)
    {
        var algorithm = service.ResponseCompressionAlgorithm ?? server.ResponseCompressionAlgorithm;
        if (algorithm is not (null or GrpcProtocol.Gzip or GrpcProtocol.Identity))
        {
            throw new InvalidOperationException($"ResponseCompressionAlgorithm '{algorithm}' is unknown; 'gzip' and 'identity' are known.");
        }

        return new ServiceSettings(
            service.MaxSendMessageSizeSpecified ? service.MaxSendMessageSize : server.MaxSendMessageSize,
            service.MaxReceiveMessageSizeSpecified ? service.MaxReceiveMessageSize : server.MaxReceiveMessageSize,
            service.EnableDetailedErrors ?? server.EnableDetailedErrors ?? false,
            algorithm == GrpcProtocol.Gzip,
            service.ResponseCompressionLevel ?? server.ResponseCompressionLevel ?? CompressionLevel.Fastest,
            service.IgnoreUnknownServices ?? server.IgnoreUnknownServices ?? false,
            [.. server.Interceptors, .. service.Interceptors]);
    }
}
