using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Mano.Mesh.Failures;

/// <summary>
/// Turns a <see cref="FailureException"/> that leaves a gRPC method into its status with details. Every other exception
/// is a bug: the runtime answers UNKNOWN without its text, and logs it.
/// </summary>
public sealed class FailureInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (FailureException e)
        {
            throw e.Failure.ToRpcException(RequestIds.Of(context));
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (FailureException e)
        {
            throw e.Failure.ToRpcException(RequestIds.Of(context));
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (FailureException e)
        {
            throw e.Failure.ToRpcException(RequestIds.Of(context));
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (FailureException e)
        {
            throw e.Failure.ToRpcException(RequestIds.Of(context));
        }
    }
}
