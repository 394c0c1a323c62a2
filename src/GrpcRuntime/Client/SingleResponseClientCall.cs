using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>A call with one response: exactly one message, then an OK status; all else is a failure.</summary>
internal abstract class SingleResponseClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, CancellationToken callerCancels) : ClientCall(channel, callerCancels)
    where TRequest : class
    where TResponse : class
{
    protected sealed override Method<TRequest, TResponse> Method => method;

    /// <summary>What is sent; throws what refuses it.</summary>
    /// <param name="request">The request; null for a stream of them.</param>
    protected abstract HttpContent Content(TRequest? request, in CallOptions options);

    /// <summary>Gives back what the call held, when it has ended.</summary>
    protected virtual void Finished()
    {
    }

    /// <summary>Sends the request; the response, or the failure of the call. To be awaited once.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected async ValueTask<TResponse> RunAsync(TRequest? request, string? host, CallOptions options)
    {
        try
        {
            var head = await SendAsync(Content(request, options), host, options);
            var response = head.TrailersOnly ? null : await ReadAsync(head.MayBePacked);
            EndByTrailers(otherwise: response is null ? Failures.NoMessage() : null);
            return response!;
        }
        catch (Exception ex)
        {
            throw EndBy(ex);
        }
        finally
        {
            Finished();
        }
    }

    /// <summary>The one response; null if there is none.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResponse?> ReadAsync(bool mayBePacked)
    {
        var body = await Channel.BodyOfAsync(Response!, Cancelled);
        var received = new ReceivedBytes();
        try
        {
            TResponse? response = null;
            while (true)
            {
                while (received.TryTake<TResponse>(method.ResponseMarshaller.ContextualDeserializer, mayBePacked, Channel.MaxReceiveMessageSize, out var message))
                {
                    response = response is null ? message : throw Failures.SecondMessage();
                }

                var count = await body.ReadAsync(received.Room(), Cancelled);
                if (count == 0)
                {
                    return received.IsEmpty ? response : throw Failures.Truncated();
                }

                received.Add(count);
            }
        }
        finally
        {
            received.Release();
        }
    }
}
