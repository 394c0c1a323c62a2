using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Mano.Mesh.Failures;

/// <summary>
/// Turns a <see cref="FailureException"/> that leaves a gRPC method into its status with details. Every other exception
/// is a bug: the runtime answers UNKNOWN without its text, and logs it.
/// </summary>
public sealed class FailureInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            // What answers at once is handed on as it is.
            var answer = continuation(request, context);
            return answer.IsCompletedSuccessfully ? answer : MappedAsync(answer, context);
        }
        catch (FailureException e)
        {
            return Task.FromException<TResponse>(e.Failure.ToRpcException(RequestIds.Of(context)));
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

    private static async Task<TResponse> MappedAsync<TResponse>(Task<TResponse> answer, ServerCallContext context)
    {
        try
        {
            return await answer;
        }
        catch (FailureException e)
        {
            throw e.Failure.ToRpcException(RequestIds.Of(context));
        }
    }
}
