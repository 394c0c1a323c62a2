using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;

namespace Mano.GrpcRuntime.Server;

/// <summary>Reads messages out of a request's body, where they lie in the server's own buffers.</summary>
internal static class RequestReader
{
    /// <summary>The next message; null at the end of the request.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<T?> ReadAsync<T>(
        HttpServerCallContext context, PipeReader body, Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var read = await FillAsync(body, cancellationToken);
            if (read.IsCanceled)
            {
                throw new OperationCanceledException("The read was cancelled.");
            }

            if (TryTake(context, body, read, deserializer, out var message))
            {
                return message;
            }

            if (read.IsCompleted)
            {
                return read.Buffer.IsEmpty ? null : throw Failures.Truncated();
            }
        }
    }

    /// <summary>The one message of a request, and the end behind it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<T> ReadSingleAsync<T>(HttpServerCallContext context, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        var body = context.HttpContext.Request.BodyReader;
        var token = context.ReadToken;
        var message = await ReadAsync(context, body, deserializer, token) ?? throw Failures.NoMessage();
        while (true)
        {
            var rest = await FillAsync(body, token);
            if (!rest.Buffer.IsEmpty)
            {
                throw Failures.SecondMessage();
            }

            Advance(body, rest.Buffer.End, rest.Buffer.End);
            if (rest.IsCompleted)
            {
                return message;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ReadResult> FillAsync(PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
        }
        catch (IOException gone) when (gone is not BadHttpRequestException)
        {
            // The reader learns of a reset before RequestAborted does, so nothing else says yet that the caller is gone.
            throw new CallerGoneException(gone);
        }
    }

    private static void Advance(PipeReader body, SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            body.AdvanceTo(consumed, examined);
        }
        catch (IOException gone) when (gone is not BadHttpRequestException)
        {
            throw new CallerGoneException(gone);
        }
    }

    private static bool TryTake<T>(
        HttpServerCallContext context, PipeReader body, in ReadResult read, Func<DeserializationContext, T> deserializer, out T? message)
    {
        var buffer = read.Buffer;
        var whole = FrameReader.TryRead(
            buffer, deserializer, context.RequestsMayBePacked, context.Settings.MaxReceiveMessageSize, out message, out var consumed);
        if (whole)
        {
            Advance(body, buffer.GetPosition(consumed), buffer.GetPosition(consumed));
        }
        else
        {
            Advance(body, buffer.Start, buffer.End);
        }

        return whole;
    }
}
